"""One door to HiGHS: a mixed-integer problem as sparse arrays in, always status, objective, bound and values out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
OPTIMAL, FEASIBLE, INFEASIBLE, NOT_FOUND = "optimal", "feasible", "infeasible", "not found"
"""Proven best; valid, not proven best; proven that there is none; none found and nothing proven."""
INFINITY = float("inf")
INTEGER_SLACK = 1e-6


@dataclass(frozen=True)
class Limits:
    """
    How far to go: stop at `seconds`, or when the objective is proven within `gap` (a share) of the best there can be.

    `is_stopped` is asked now and then and ends the search with what there is; `progress` is told the share of the
    time used and the gap in words.
    """

    seconds: float = 60.0
    gap: float = 0.0
    is_stopped: Callable[[], bool] = lambda: False
    progress: Callable[[float, str], None] | None = None
    clock: Callable[[], float] = lambda: 0.0


@dataclass(frozen=True)
class Programme:
    """
    Minimise cost·x with row_low <= rows·x <= row_high and low <= x <= high, x whole where `is_whole`.
    """

    cost: Floats
    low: Floats
    high: Floats
    is_whole: Flags
    rows: Any
    row_low: Floats
    row_high: Floats


@dataclass(frozen=True)
class Solved:
    """`x` is None where nothing was found; `bound` is what no solution goes below, -inf where nothing is proven."""

    status: str
    objective: float
    bound: float
    x: Floats | None


def solve_programme(
    programme: Programme, limits: Limits, *, start: Floats | None = None, is_pure: bool = False
) -> Solved:
    """
    Solve by HiGHS, in one thread, so that the same problem has the same answer every time.

    `start` is a solution to begin with. With `is_pure`, every value of the objective is a whole number and the bound is
    rounded up to the next one.

    Examples
    --------
    Two of three things, at least one of the first two:

    >>> rows = sparse.csr_array([[1.0, 1, 1], [1, 1, 0]])
    >>> problem = Programme(np.array([3.0, 2, 1]), np.zeros(3), np.ones(3), np.ones(3, bool), rows,
    ...     np.array([2.0, 1]), np.array([2.0, INFINITY]))
    >>> found = solve_programme(problem, Limits())
    >>> found.status, found.objective, found.bound, found.x.tolist()
    ('optimal', 3.0, 3.0, [0.0, 1.0, 1.0])
    """
    import highspy

    if not len(programme.cost):
        return Solved(OPTIMAL, 0.0, 0.0, np.empty(0))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.setOptionValue("time_limit", max(float(limits.seconds), 0.1))
    solver.setOptionValue("mip_rel_gap", float(limits.gap))
    solver.setOptionValue("mip_abs_gap", 0.999 if is_pure else 1e-7)
    _listen(solver, limits)
    solver.passModel(_model(programme))
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = start.tolist()
        solver.setSolution(given)
    solver.run()
    return _answer(solver, programme, is_pure)


@dataclass(frozen=True)
class Relaxed:
    """A point of the relaxation, and a price of 0 or more for each row's upper side; neither need be exact."""

    x: Floats
    price: Floats


def relax_programme(programme: Programme, limits: Limits) -> Relaxed | None:
    """
    Solve without whole numbers, by interior points: the middle of the best points, and prices that prove them.

    None where the time ends before anything is known. What the prices prove is for the caller to work out.

    Examples
    --------
    Two things of which 1.5 fit; the room is worth 2 apiece:

    >>> problem = Programme(np.array([-2.0, -3]), np.zeros(2), np.ones(2), np.ones(2, bool),
    ...     sparse.csr_array([[1.0, 1]]), np.array([-INFINITY]), np.array([1.5]))
    >>> found = relax_programme(problem, Limits())
    >>> found.x.round(6).tolist(), found.price.round(6).tolist()
    ([0.5, 1.0], [2.0])
    """
    import highspy

    solver = highspy.Highs()
    for name, setting in (("output_flag", False), ("threads", 1), ("solver", "ipm"), ("run_crossover", "off")):
        solver.setOptionValue(name, setting)
    solver.setOptionValue("time_limit", max(float(limits.seconds), 0.1))
    solver.cbIpmInterrupt.subscribe(lambda event: event.interrupt() if limits.is_stopped() else None)
    model = _model(programme)
    model.integrality_ = []
    solver.passModel(model)
    solver.run()
    solution = solver.getSolution()
    if not solution.value_valid or not solution.dual_valid:
        return None
    x = np.clip(np.asarray(solution.col_value), programme.low, programme.high)
    return Relaxed(x, np.maximum(-np.asarray(solution.row_dual), 0.0))


def _model(programme: Programme) -> Any:
    import highspy

    rows = sparse.csr_array(programme.rows)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(programme.cost), rows.shape[0]
    model.col_cost_, model.col_lower_, model.col_upper_ = programme.cost, programme.low, programme.high
    model.row_lower_, model.row_upper_ = programme.row_low, programme.row_high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
    model.a_matrix_.value_ = rows.data
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[int(one)] for one in programme.is_whole]
    return model


def _listen(solver: Any, limits: Limits) -> None:
    """Let the caller follow and stop the search."""

    def ask(event: Any) -> None:
        if limits.is_stopped():
            event.interrupt()
        if limits.progress is not None:
            gap = event.data_out.mip_gap
            words = f"{gap:.2%}" if np.isfinite(gap) and gap < 1e6 else ""
            limits.progress(min(event.data_out.running_time / max(limits.seconds, 1e-9), 1.0), words)

    solver.cbMipInterrupt.subscribe(ask)


def _answer(solver: Any, programme: Programme, is_pure: bool) -> Solved:
    import highspy

    status, info = solver.getModelStatus(), solver.getInfo()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Solved(INFEASIBLE, INFINITY, INFINITY, None)
    bound = float(info.mip_dual_bound) if programme.is_whole.any() else float(info.objective_function_value)
    bound = bound if np.isfinite(bound) and abs(bound) < 1e100 else -INFINITY
    if is_pure and np.isfinite(bound):
        bound = float(np.ceil(bound - INTEGER_SLACK * max(1.0, abs(bound) * 1e-3)))
    if info.primal_solution_status != highspy.kSolutionStatusFeasible:
        return Solved(NOT_FOUND, INFINITY, bound, None)
    x = np.asarray(solver.getSolution().col_value, dtype=float)
    x[programme.is_whole] = np.round(x[programme.is_whole])
    objective = float(programme.cost @ x)
    if is_pure:
        objective = float(np.round(objective))
    bound = min(bound, objective)
    is_proven = status == highspy.HighsModelStatus.kOptimal and objective - bound <= 1e-6 * max(1.0, abs(objective))
    return Solved(OPTIMAL if is_proven else FEASIBLE, objective, objective if is_proven else bound, x)
