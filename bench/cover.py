"""Posts: ours beside spopt on San Francisco and drawn towns, sizes of the literature, and a large one to 1 %."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench._instances import drawn_town, read_pmed
from bench._spec import BenchSpec, Check, Progress, Report, Table
from geo.crowd.posts.checker import check_placement
from geo.crowd.posts.least import least_posts
from geo.crowd.posts.most import most_cover
from geo.crowd.posts.nearest import least_distance
from geo.crowd.posts.reach import reach_of_matrix, reach_of_points, straight_m
from geo.crowd.posts.solve.mip import Limits

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("WANGGE_REAL") or ROOT.parent / "shared" / "real")
PMED1 = ROOT / "tests" / "posts" / "pmed1.txt"
DRAWN = {"small": 2, "full": 4}
SIZES = {"small": ((324, 3),), "full": ((324, 3), (402, 5), (500, 6), (708, 8), (818, 5), (818, 10), (818, 14))}
LARGE = {"small": (), "full": ((350.0, 40), (500.0, 20), (600.0, 30), (600.0, 40))}
"""Radius and posts; with the last two posts reach nearly everybody."""
LARGE_POINTS, LARGE_SITES = 10_000, 1_000
Answer = tuple[float, float]
Part = tuple[Table, list[Check], list[str], dict[str, Any]]


def run(size: str, progress: Progress) -> Report:
    """Compare with spopt, prove the sizes of the literature, and in full a large one to 1 %."""
    tables, checks, differences, figures = [], [], [], {}
    parts: list[Callable[[str], Part]] = [_beside_spopt, _literature, _published]
    parts += [_large] if LARGE[size] else []
    for at, part in enumerate(parts):
        progress(at / len(parts), part.__name__.strip("_").replace("_", " "))
        table, found, wrong, told = part(size)
        tables.append(table)
        checks += found
        differences += wrong
        figures[part.__name__.strip("_")] = told
    return Report(tables, checks, differences, figures)


def _limits(seconds: float, gap: float = 0.0) -> Limits:
    return Limits(seconds=seconds, gap=gap, clock=time.perf_counter)


def _timed(solve: Callable[[], float]) -> Answer:
    began = time.perf_counter()
    value = solve()
    return value, time.perf_counter() - began


def _cases(size: str) -> list[tuple[str, np.ndarray, np.ndarray, float, int]]:
    """Name, distances, weights, radius and posts of each instance given to both."""
    cases = []
    folder = REAL / "spopt" / "data"
    if folder.exists():
        people = pd.read_csv(folder / "SF_demand_205_centroid_uniform_weight.csv", dtype={"NAME": str})
        pairs = pd.read_csv(
            folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv", dtype={"DestinationName": str}
        )
        table = pairs.pivot_table(values="distance", index="DestinationName", columns="name").loc[people["NAME"]]
        for posts in (4,) if size == "small" else (2, 4, 6):
            cases.append(
                (f"San Francisco, {posts}", table.to_numpy(), people["POP2000"].to_numpy(float), 5000.0, posts)
            )
    for number in range(DRAWN[size]):
        count = 120 + 40 * number
        places, weight = drawn_town(count, seed=number)
        cases.append((f"drawn, {count}", straight_m(places, places[: count // 2]), weight, 700.0, 6))
    return cases


def _beside_spopt(size: str) -> Part:
    """The same instances by both, one after the other: objective and seconds from a distance matrix to the answer."""
    head = ("instance", "model", "wangge", "spopt", "wangge s", "spopt s")
    rows, wrong, spent = [], [], {"ours": 0.0, "theirs": 0.0}
    most_cover(reach_of_matrix([[0.0]], radius_m=1), [1.0], posts=1)
    for name, apart, weight, radius, posts in _cases(size):
        for model, ours, theirs, is_more in _solvers(apart, weight, radius, posts):
            own, other = _timed(ours), _timed(theirs) if theirs else None
            shown = ("-", "-") if other is None else (f"{other[0]:,.1f}", f"{other[1]:.2f}")
            rows.append((name, model, f"{own[0]:,.1f}", shown[0], f"{own[1]:.2f}", shown[1]))
            if other is not None:
                spent["ours"] += own[1]
                spent["theirs"] += other[1]
                better = other[0] - own[0] if is_more else own[0] - other[0]
                wrong += [f"{name}, {model}: {own[0]:g} against {other[0]:g}"] if better > 1e-4 * abs(own[0]) else []
    told = f"{spent['ours']:.1f} s against {spent['theirs']:.1f} s"
    is_faster = spent["ours"] <= spent["theirs"] if spent["theirs"] else None
    checks = [Check("all instances given to both", "no slower than spopt", told, is_faster)]
    return Table("Beside spopt 0.7 with CBC", head, rows), checks, wrong, spent


def _solvers(
    apart: np.ndarray, weight: np.ndarray, radius: float, posts: int
) -> list[tuple[str, Callable[[], float], Callable[[], float] | None, bool]]:
    def ours_most() -> float:
        return (
            most_cover(reach_of_matrix(apart, radius_m=radius), weight, posts=posts, limits=_limits(60)).objective or 0
        )

    def ours_median() -> float:
        return least_distance(apart, weight, posts=posts, limits=_limits(60)).objective or 0

    own: list[tuple[str, Callable[[], float], str, bool]] = [
        ("most cover", ours_most, "MCLP", True),
        ("least distance", ours_median, "PMedian", False),
    ]
    nearest = float(apart.min(axis=1).max())

    def ours_least() -> float:
        return least_posts(reach_of_matrix(apart, radius_m=nearest), limits=_limits(60)).objective or 0

    own.append(("fewest posts", ours_least, "LSCP", False))
    return [
        (name, solve, _spopt(peer, apart, weight, radius if peer != "LSCP" else nearest, posts), is_more)
        for name, solve, peer, is_more in own
    ]


def _spopt(model: str, apart: np.ndarray, weight: np.ndarray, radius: float, posts: int) -> Callable[[], float] | None:
    """spopt's model of that name, built from the cost matrix and solved by its documented solver."""
    try:
        import pulp
        import spopt.locate
    except ImportError:
        return None

    def solve() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known: dict[str, dict[str, Any]] = {
                "MCLP": {"weights": weight, "service_radius": radius, "p_facilities": posts},
                "PMedian": {"weights": weight, "p_facilities": posts},
                "LSCP": {"service_radius": radius},
            }
            given = known[model]
            built = getattr(spopt.locate, model).from_cost_matrix(apart, **given)
            solved = built.solve(pulp.PULP_CBC_CMD(msg=False))
            return float(pulp.value(solved.problem.objective))

    return solve


def _literature(size: str) -> Part:
    """Drawn like the SJC instances of Lorena and Pereira (every point a site, 800 m), which may not be shipped."""
    rows, checks, wrong, told = [], [], [], {}
    for count, posts in SIZES[size]:
        places, weight = drawn_town(count, seed=count)
        reach = reach_of_points(places, places, radius_m=800)
        began = time.perf_counter()
        placed = most_cover(reach, weight, posts=posts, limits=_limits(60))
        spent = time.perf_counter() - began
        wrong += _check(places, places, 800.0, weight, placed, posts)
        share = (placed.objective or 0.0) / weight.sum()
        rows.append((f"{count} x {count}", str(posts), f"{placed.objective:,.0f}", f"{share:.1%}", placed.status,
                     placed.solver, f"{spent:.1f}"))  # fmt: skip
        told[f"{count}, {posts}"] = {"s": spent, "status": placed.status, "gap": placed.gap}
        checks.append(Check(f"{count} points and sites, {posts} posts", "proven optimal in 20 s",
                            f"{placed.status}, {spent:.1f} s", placed.status == "optimal" and spent <= 20))  # fmt: skip
    head = ("points x sites", "posts", "objective", "of all", "status", "proven by", "s")
    return Table("Most cover within 800 m, drawn towns of the literature's sizes", head, rows), checks, wrong, told


def _large(size: str) -> Part:
    rows, checks, wrong, told = [], [], [], {}
    places, weight = drawn_town(LARGE_POINTS, seed=1)
    chosen = np.random.default_rng(2).choice(LARGE_POINTS, LARGE_SITES, replace=False)
    name = f"{LARGE_POINTS:,} x {LARGE_SITES:,}"
    for radius, posts in LARGE[size]:
        began = time.perf_counter()
        reach = reach_of_points(places, places[chosen], radius_m=radius)
        placed = most_cover(reach, weight, posts=posts, limits=_limits(60, gap=0.01))
        spent = time.perf_counter() - began
        wrong += _check(places, places[chosen], radius, weight, placed, posts)
        gap, share = placed.gap or 0.0, (placed.objective or 0.0) / weight.sum()
        rows.append((name, f"{radius:g}", str(posts), f"{len(reach.demand):,}", f"{placed.objective:,.0f}",
                     f"{placed.bound:,.0f}", f"{share:.1%}", f"{gap:.2%}", f"{spent:.1f}"))  # fmt: skip
        told[f"{radius:g}, {posts}"] = {"s": spent, "gap": gap}
        measured = f"{share:.1%} covered, gap {gap:.2%}, {spent:.1f} s"
        is_met = gap <= 0.01 and spent <= 60
        checks.append(Check(f"{name}, {radius:g} m, {posts} posts", "gap of 1 % in 60 s", measured, is_met))
    head = ("points x sites", "radius m", "posts", "pairs", "objective", "bound", "covered", "gap", "s")
    return Table("A large one to 1 %", head, rows), checks, wrong, told


def _published(size: str) -> Part:  # noqa: ARG001
    if not PMED1.exists():
        return Table("OR-Library: no file pmed1.txt", ("instance",), []), [], [], {}
    apart, medians = read_pmed(PMED1)
    value, spent = _timed(
        lambda: least_distance(apart, np.ones(len(apart)), posts=medians, limits=_limits(60)).objective or 0
    )
    check = Check("OR-Library pmed1", "5,819", f"{value:,.0f}", value == 5819)
    rows = [("pmed1", str(medians), f"{value:,.0f}", f"{spent:.1f}")]
    return Table("Published optima", ("instance", "posts", "least distance", "s"), rows), [check], [], {"pmed1": value}


def _check(
    demand: np.ndarray, sites: np.ndarray, radius: float, weight: np.ndarray, placed: Any, posts: int
) -> list[str]:
    """What the independent checker has against a placement."""
    near = {int(j): straight_m(demand, sites[[j]])[:, 0] for j in placed.posts}
    found = check_placement(
        distance_m=lambda i, j: float(near[j][i]), radius_m=[radius] * len(demand), weight=weight.tolist(),
        chosen=placed.posts.tolist(), posts=posts, objective=placed.objective,
    )  # fmt: skip
    return list(found.faults)


SPEC = BenchSpec(title="Posts, and how well they are placed", run=run, peers=("spopt", "pulp"))
