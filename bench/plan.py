"""Plans: ours beside METIS, GerryChain and spopt on one graph, judged by a checker that shares no code with ours."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import Delaunay

from bench._plan_check import Verdict, check_plan
from bench._plan_replay import replay_year
from bench._spec import BenchSpec, Check, Progress, Report, Table
from data.planning.run import effort_for
from data.planning.units_file import read_adjacency, read_units
from data.settings import DEFAULTS
from geo.planning.borders import border_graph
from geo.planning.graph import Graph, build_graph
from geo.planning.measures.comparison import match_plans
from geo.planning.solve.county import plan_units
from geo.planning.solve.exact import solve_exactly
from geo.planning.solve.problem import build_problem
from geo.planning.units import Band, Units, build_units

REAL = Path(os.environ.get("WANGGE_REAL") or Path(__file__).resolve().parents[2] / "shared" / "real")
SEEDS = {"small": 10, "full": 200}
STEPS = {"small": 10, "full": 1000}
VILLAGES = {"small": 6, "full": 50}
Part = tuple[Table, list[Check], list[str], dict[str, object]]
COLUMNS = ("planner", "valid", "zones", "cut edges", "largest deviation", "out of band", "pieces too many", "s")


def run(size: str, progress: Progress) -> Report:
    """Plan drawn villages, replay a year; in full also Providence's wards and Arkansas's districts if there."""
    tables, checks, differences, figures = [], [], [], {}
    parts: list[Callable[[str], Part]] = [_exact, _towns, replay_year]
    if size == "full":
        parts += [_providence, _arkansas]
    for at, part in enumerate(parts):
        progress(at / len(parts), part.__name__.strip("_"))
        table, found, wrong, told = part(size)
        tables.append(table)
        checks += found
        differences += wrong
        figures[part.__name__.strip("_")] = told
    return Report(tables, checks, differences, figures)


def village(rng: np.random.Generator, count: int, band: Band, *, counts_edges: bool = False) -> Units:
    """Draw one village: micro-grids of 50 to 80 households on a triangulated cloud of points."""
    points = rng.random((count, 2)) * 1000
    corners = Delaunay(points).simplices
    pairs = np.unique(np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])), axis=0)
    length = np.ones(len(pairs)) if counts_edges else np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    table = pd.DataFrame({"n": rng.integers(50, 81, count)}, index=[f"u{i}" for i in range(count)])
    return build_units(table, build_graph(count, pairs, length), size="n", bands={"": band})


def _exact(size: str) -> tuple[Table, list[Check], list[str], dict[str, object]]:
    """Small villages against CP-SAT: how far above the optimum, and whether both call the same ones infeasible."""
    rng, effort = np.random.default_rng(5), replace(effort_for(20, DEFAULTS, has_today=False), steps_per_unit=3000)
    above, wrong, proven, refuted = [], [], 0, 0
    for number in range(VILLAGES[size]):
        units = village(rng, int(rng.integers(9, 15)), Band(300, 500) if number % 5 else Band(330, 345))
        ours = plan_units(units, effort=effort, seed=1)
        problem = build_problem(units, np.arange(units.count), is_minimal_change=False, load_weight=0.0)
        answers = [solve_exactly(problem, k, work=20.0) for k in ours.parts[0].part.numbers]
        if all(one.status == "infeasible" for one in answers):
            refuted += 1
            wrong += (
                [] if ours.status == "infeasible" else [f"village {number}: exact says infeasible, ours {ours.status}"]
            )
            continue
        wrong += [f"village {number}: a plan exists, ours says {ours.status}"] if not ours.is_feasible else []
        same = solve_exactly(problem, ours.plan.count, work=20.0)
        if same.status == "optimal" and same.objective and ours.is_feasible:
            proven += 1
            above.append(ours.objective / same.objective - 1)
    mean = float(np.mean(above)) if above else float("nan")
    rows = [("wangge", str(VILLAGES[size]), str(proven), str(refuted), f"{mean:.2%}", f"{max(above, default=0):.2%}")]
    head = ("planner", "villages", "optimum proven", "proven infeasible", "above the optimum, mean", "largest")
    check = Check("border cut above the exact optimum, mean", "at most 2 %", f"{mean:.2%}", mean <= 0.02)
    return Table("Small villages against CP-SAT", head, rows), [check], wrong, {"above": above, "refuted": refuted}


def _towns(size: str) -> tuple[Table, list[Check], list[str], dict[str, object]]:
    """One larger village into grids of 300 to 500 households: METIS, spopt's MaxP and ours."""
    count = 30 if size == "small" else 60
    units = village(np.random.default_rng(7), count, Band(300, 500), counts_edges=True)
    effort = effort_for(count, DEFAULTS, has_today=False)
    started = time.perf_counter()
    result = plan_units(units, effort=replace(effort, steps_per_unit=min(effort.steps_per_unit, 5000)), seed=1)
    rows = [("wangge", result.plan.zone, time.perf_counter() - started)]
    rows += _best_metis(units.graph, units.size, result.plan.count, 300, 500, SEEDS[size])
    rows += _maxp(units)
    return _compare(f"{count} micro-grids into grids of 300 to 500", units.graph, units.size, 300, 500, rows)


def _providence(size: str) -> tuple[Table, list[Check], list[str], dict[str, object]]:
    path = REAL / "providence" / "Providence_blocks.zip"
    if not path.exists():
        return _missing("Providence", path)
    file = read_units(path, "GEOID10", crs=None)
    assert file.metres is not None, "blocks have shapes"
    border = border_graph(file.metres)
    graph = build_graph(border.count, np.column_stack(border.edges()))
    return _districts(
        "Providence: 3,014 blocks into 15 wards within 1 %", file.table, graph, "TOTPOP", 15, 0.01, size, "WARD"
    )


def _arkansas(size: str) -> tuple[Table, list[Check], list[str], dict[str, object]]:
    path = REAL / "arkansas" / "block_groups.json"
    if not path.exists():
        return _missing("Arkansas", path)
    file = read_adjacency(path, "id")
    assert file is not None
    graph = build_graph(len(file.table), file.pairs)
    return _districts(
        "Arkansas: 2,294 block groups into 4 within 0.5 %", file.table, graph, "tot_pop_20", 4, 0.005, size, None
    )


def _districts(
    title: str,
    table: pd.DataFrame,
    graph: Graph,
    column: str,
    zones: int,
    deviation: float,
    size: str,
    today: str | None,
) -> tuple[Table, list[Check], list[str], dict[str, object]]:
    from data.planning.bands_file import band_around_mean

    people = pd.to_numeric(table[column]).to_numpy().astype(np.int64)
    band = band_around_mean(int(people.sum()), zones, deviation)
    units = build_units(table, graph, size=column, bands={"": band})
    started = time.perf_counter()
    result = plan_units(units, effort=effort_for(units.count, DEFAULTS, has_today=False), seed=1, zones=zones)
    rows = [("wangge", result.plan.zone, time.perf_counter() - started)]
    rows += _best_metis(graph, people, zones, band.low, band.high, SEEDS[size])
    rows += _recom(graph, people, result.plan.zone, zones, deviation, STEPS[size])
    shown, checks, wrong, told = _compare(title, graph, people, band.low, band.high, rows)
    if today is not None:
        checks += _moved(table, graph, column, band, today, rows)
    return shown, checks, wrong, told


def _moved(table: pd.DataFrame, graph: Graph, column: str, band: Band, today: str, rows: list) -> list[Check]:  # type: ignore[type-arg]
    """People who leave their ward, ours in minimal change against METIS after matching wards."""
    units = build_units(table, graph, size=column, bands={"": band}, current=today)
    result = plan_units(units, effort=effort_for(units.count, DEFAULTS, has_today=True), seed=1, is_minimal_change=True)
    ours = match_plans(units.current, result.plan.zone, units.size).moved
    metis = [match_plans(units.current, zone, units.size).moved for name, zone, _ in rows if name.startswith("METIS")]
    verdict = check_plan(_edges(graph), units.size, result.plan.zone, band.low, band.high)
    must = "at least 20 % fewer than METIS, valid"
    told = f"{ours:,} against {min(metis):,}, {'valid' if verdict.is_valid else 'not valid'}"
    return [Check("people moved from today's wards", must, told, verdict.is_valid and ours <= 0.8 * min(metis))]


def _compare(
    title: str, graph: Graph, size: np.ndarray, low: int, high: int, rows: list
) -> tuple[Table, list[Check], list[str], dict[str, object]]:  # type: ignore[type-arg]
    edges, cells, verdicts = _edges(graph), [], {}
    for name, zone, seconds in rows:
        if zone is None:
            cells.append((name, *["-"] * 6, "-" if seconds is None else f"{seconds:.1f}"))
            continue
        one = verdicts[name] = check_plan(edges, size, zone, low, high)
        told = (f"{one.cut_edges:,}", f"{one.deviation:.2%}", str(one.out_of_band), str(one.pieces), f"{seconds:.1f}")
        cells.append((name, "yes" if one.is_valid else "no", str(one.zones), *told))
    ours = verdicts["wangge"]
    wrong = [] if ours.is_valid else [f"{title}: our plan is not valid: {ours}"]
    checks = [
        _fewer(title, ours, name, other) for name, other in verdicts.items() if name != "wangge" and other.is_valid
    ]
    return Table(title, COLUMNS, cells), checks, wrong, {name: one._asdict() for name, one in verdicts.items()}


def _fewer(title: str, ours: Verdict, name: str, other: Verdict) -> Check:
    told = f"{ours.cut_edges:,} against {other.cut_edges:,}"
    is_alike = ours.zones == other.zones
    return Check(
        f"{title.split(':')[0]}: cut edges",
        f"no more than {name}",
        told,
        ours.cut_edges <= other.cut_edges if is_alike else None,
    )


def _best_metis(graph: Graph, size: np.ndarray, zones: int, low: int, high: int, seeds: int) -> list:  # type: ignore[type-arg]
    """Plain METIS, many seeds, contiguous by its own option: the valid one with the fewest cut edges."""
    import pymetis

    started, best = time.perf_counter(), None
    tolerance = max(int((high / (size.sum() / zones) - 1) * 1000), 1)
    for seed in range(seeds):
        options = pymetis.Options(seed=seed, ufactor=tolerance, contig=True)
        near = pymetis.CSRAdjacency(graph.start, graph.other)
        _, zone = pymetis.part_graph(zones, near, vweights=size, recursive=False, options=options)
        held = np.bincount(zone, size, minlength=zones)
        cut = int((np.asarray(zone)[graph.edges()[0]] != np.asarray(zone)[graph.edges()[1]]).sum())
        miss = float(np.maximum(np.maximum(low - held, held - high), 0).sum())
        if best is None or (miss, cut) < best[0]:
            best = ((miss, cut), np.asarray(zone))
    assert best is not None
    return [(f"METIS, best of {seeds} seeds", best[1], time.perf_counter() - started)]


def _recom(graph: Graph, size: np.ndarray, start: np.ndarray, zones: int, deviation: float, steps: int) -> list:  # type: ignore[type-arg]
    """GerryChain's ReCom from its own recursive tree start: the fewest cut edges of the chain."""
    name = f"GerryChain, best of {steps} ReCom steps"
    try:
        import gerrychain
    except ImportError:
        return [(f"{name}: not installed", None, None)]
    import random
    from functools import partial

    import networkx as nx

    started = time.perf_counter()
    nodes = nx.Graph()
    nodes.add_nodes_from((unit, {"n": int(size[unit])}) for unit in range(len(size)))
    nodes.add_edges_from(zip(*(ends.tolist() for ends in graph.edges()), strict=True))
    ground = gerrychain.Graph.from_networkx(nodes)
    ideal = float(size.sum()) / zones
    random.seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = gerrychain.Partition(ground, dict(enumerate(start.tolist())), {
            "n": gerrychain.updaters.Tally("n"), "cut_edges": gerrychain.updaters.cut_edges})  # fmt: skip
        step = partial(gerrychain.proposals.recom, pop_col="n", pop_target=ideal, epsilon=deviation)
        chain = gerrychain.MarkovChain(
            step, [gerrychain.constraints.contiguous], gerrychain.accept.always_accept, first, steps
        )
        best = None
        for number, state in enumerate(chain):
            if number >= min(zones * 3, steps - 1) and (best is None or len(state["cut_edges"]) < best[0]):
                best = (len(state["cut_edges"]), np.array([state.assignment[u] for u in range(len(size))]))
    assert best is not None
    return [(name, best[1], time.perf_counter() - started)]


def _maxp(units: Units) -> list:  # type: ignore[type-arg]
    """spopt's MaxP: at least 300 households a zone, no upper bound to give it."""
    try:
        import geopandas as gpd
        import libpysal
        import shapely
        from spopt.region import MaxPHeuristic
    except ImportError:
        return [("spopt MaxP: not installed", None, None)]
    started = time.perf_counter()
    beside = {
        u: units.graph.other[units.graph.start[u] : units.graph.start[u + 1]].tolist() for u in range(units.count)
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = gpd.GeoDataFrame(
            {"n": units.size, "one": 1.0}, geometry=[shapely.Point(u, 0) for u in range(units.count)]
        )
        model = MaxPHeuristic(
            table,
            libpysal.weights.W(beside),
            ["one"],
            "n",
            300,
            top_n=2,
            max_iterations_construction=20,
            max_iterations_sa=20,
        )
        model.solve()
    zone = pd.factorize(np.asarray(model.labels_))[0]
    return [("spopt MaxP", zone, time.perf_counter() - started)]


def _edges(graph: Graph) -> list[tuple[int, int, float]]:
    one, other = graph.edges()
    return [(int(a), int(b), 1.0) for a, b in zip(one, other, strict=True)]


def _missing(name: str, path: Path) -> tuple[Table, list[Check], list[str], dict[str, object]]:
    return Table(f"{name}: no file {path.name}", COLUMNS, []), [], [], {}


SPEC = BenchSpec(
    title="Plans, and how good they are", run=run, peers=("pymetis", "gerrychain", "spopt", "ortools", "networkx")
)
