"""Small parts exactly: CP-SAT, contiguity added where it is broken, to the optimum or the proof that none is valid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.planning.graph import Ints, label_parts
from geo.planning.solve.kernel import CUT, LOAD, MOVED
from geo.planning.solve.problem import Problem

SCALE = 10_000
ROUNDS = 200


@dataclass(frozen=True)
class ExactAnswer:
    """
    `status` is "optimal", "feasible", "infeasible" or "not found"; `zone` is None unless a valid plan is there.

    `bound` is what no valid plan with that number of zones can go below, None where nothing is proven.
    """

    status: str
    zone: Ints | None
    objective: float | None
    bound: float | None


def solve_exactly(problem: Problem, count: int, *, work: float, hint: Ints | None = None, seed: int = 1) -> ExactAnswer:
    """
    Solve one part with `count` zones exactly, or as far as `work` (CP-SAT's deterministic seconds) reaches.

    The objective is that of `Problem.objective` without the workload term and without counting touched zones; with a
    workload the answer can say feasible or infeasible, never optimal. Contiguity is asked for by cuts: each time a
    zone comes in pieces, a unit around the piece has to join.

    Source: Oehrlein and Haunert 2017, "A cutting-plane method for contiguity-constrained spatial aggregation".

    Examples
    --------
    Six units of 1 in a row into two zones of 3; four cannot make two zones of 3 to 4:

    >>> from geo.planning.drawn import draw_plan
    >>> from geo.planning.solve.problem import build_problem
    >>> from geo.planning.units import Band
    >>> row = draw_plan("aaabbb", band=Band(3, 3)).units
    >>> problem = build_problem(row, np.arange(6), is_minimal_change=False, load_weight=0.0)
    >>> answer = solve_exactly(problem, 2, work=1.0)
    >>> answer.status, answer.zone.tolist() in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0]), answer.objective
    ('optimal', True, 1.0)
    >>> row = draw_plan("aabb", band=Band(3, 4)).units
    >>> problem = build_problem(row, np.arange(4), is_minimal_change=False, load_weight=0.0)
    >>> solve_exactly(problem, 2, work=1.0).status
    'infeasible'
    """
    from ortools.sat.python import cp_model

    model, inside = _model(problem, count, hint)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    left, bound, best = work, None, None
    for _ in range(ROUNDS):
        solver.parameters.max_deterministic_time = max(left, 1e-3)
        status = solver.solve(model)
        left -= solver.response_proto.deterministic_time
        if status == cp_model.INFEASIBLE:
            return ExactAnswer("infeasible", None, None, None)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        bound = solver.best_objective_bound / SCALE
        zone = np.array([[solver.boolean_value(x) for x in row] for row in inside]).argmax(axis=1).astype(np.int64)
        if not _cut_pieces(model, inside, problem, zone):
            is_proven = status == cp_model.OPTIMAL and not problem.weights[LOAD]
            best = zone
            return ExactAnswer("optimal" if is_proven else "feasible", zone, _objective(problem, best), bound)
        if left <= 0:
            break
    return ExactAnswer("not found", None, None, bound)


def _objective(problem: Problem, zone: Ints) -> float:
    terms = problem.terms(zone)
    return float(problem.weights[MOVED] * terms[MOVED] + problem.weights[CUT] * terms[CUT])


def comparable(problem: Problem, zone: Ints) -> float:
    """
    Return the objective the exact solver minimises, for any plan: size moved and border cut, weighted.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> from geo.planning.solve.problem import build_problem
    >>> units = draw_plan("aab").units
    >>> comparable(build_problem(units, np.arange(3), is_minimal_change=False, load_weight=0.0), np.array([0, 0, 1]))
    1.0
    """
    return _objective(problem, zone)


def _model(problem: Problem, count: int, hint: Ints | None):  # type: ignore[no-untyped-def]
    """Every unit in one zone, sizes in the band, cut edges counted; zones in the order of their lowest unit."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    n = len(problem.size)
    inside = [[model.new_bool_var(f"x{u}_{z}") for z in range(count)] for u in range(n)]
    for u in range(n):
        model.add_exactly_one(inside[u])
    for z in range(count):
        held = sum(int(problem.size[u]) * inside[u][z] for u in range(n))
        model.add_linear_constraint(held, problem.band.low, problem.band.high)
        model.add_bool_or([inside[u][z] for u in range(n)])
    terms = _moved(problem, inside, count)
    one, other = problem.graph.edges()
    once = np.repeat(np.arange(n), np.diff(problem.graph.start)) < problem.graph.other
    for u, v, cost in zip(one.tolist(), other.tolist(), problem.graph.cost[once].tolist(), strict=True):
        cut = model.new_bool_var(f"c{u}_{v}")
        for z in range(count):
            model.add_bool_or([inside[u][z].negated(), inside[v][z], cut])
            model.add_bool_or([inside[v][z].negated(), inside[u][z], cut])
        terms.append(round(problem.weights[CUT] * cost * SCALE) * cut)
    if not problem.zones_today:
        for z in range(count):
            for u in range(z):
                model.add(inside[u][z] == 0)
        _order_zones(model, inside, n, count)
    model.minimize(sum(terms))
    if hint is not None:
        for u in range(n):
            for z in range(count):
                model.add_hint(inside[u][z], int(hint[u]) == z)
    return model, inside


def _order_zones(model, inside, n: int, count: int) -> None:  # type: ignore[no-untyped-def]
    """A unit may open zone z only where a unit before it is in zone z - 1: without this every plan counts k! times."""
    for z in range(1, count):
        for u in range(n):
            model.add_bool_or([inside[u][z].negated(), *(inside[v][z - 1] for v in range(u))])


def _moved(problem: Problem, inside, count: int) -> list:  # type: ignore[no-untyped-def, type-arg]
    known = [u for u in range(len(problem.size)) if 0 <= problem.current[u] < count]
    price = problem.weights[MOVED]
    return [round(price * int(problem.size[u]) * SCALE) * (1 - inside[u][problem.current[u]]) for u in known]


def _cut_pieces(model, inside, problem: Problem, zone: Ints) -> bool:  # type: ignore[no-untyped-def]
    """Ask each stray piece to have a way out; say whether there was one."""
    graph = problem.graph
    pieces = label_parts(graph, zone)
    found = False
    for z in range(len(inside[0])):
        rows = np.flatnonzero(zone == z)
        names = np.unique(pieces[rows])
        if len(names) < 2:
            continue
        found = True
        held = [problem.size[pieces == name].sum() for name in names]
        main = names[int(np.argmax(held))]
        anchor = int(rows[pieces[rows] == main][0])
        for name in names:
            piece = np.flatnonzero(pieces == name)
            beside = np.unique(np.concatenate([graph.other[graph.start[u] : graph.start[u + 1]] for u in piece]))
            around = [int(v) for v in beside if pieces[v] != name]
            for label in range(len(inside[0])):
                ways = [inside[v][label] for v in around]
                stay = [inside[int(u)][label].negated() for u in piece]
                if problem.size[piece].sum() < problem.band.low:
                    model.add_bool_or([*stay, *ways])
                elif name != main:
                    model.add_bool_or([inside[int(piece[0])][label].negated(), inside[anchor][label].negated(), *ways])
    return found
