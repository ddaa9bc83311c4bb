"""Which area holds each point: ours and the peers over the same points, every answer compared."""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import shapely

from bench._ground import crowd, tiling
from bench._peers import PEERS, is_installed
from bench._spec import BenchSpec, Check, Progress, Report, Table
from data.indexes import load_index, save_index
from geo.locate import LocateIndex, reassign

REAL = Path(os.environ.get("WANGGE_REAL") or Path(__file__).resolve().parents[2] / "shared" / "real")
NONE, MILLION = -1, 1_000_000
Answer = TypeVar("Answer")
HISTORY = {"small": 200_000, "full": 39 * MILLION}


@dataclass(frozen=True)
class Ground:
    """One set of areas, the points asked of it by size, and how many times faster than the best peer it must be."""

    name: str
    areas: Callable[[str], np.ndarray | None]
    points: dict[str, int]
    times: float


def _tiled(columns: int, rows: int, vertices: int) -> Callable[[str], np.ndarray]:
    """Areas as asked for at full size, a twentieth of each side at the small one."""

    def areas(size: str) -> np.ndarray:
        share = 1 if size == "full" else 20
        return tiling(max(3, columns // share), max(3, rows // share), vertices=vertices // (1 if share == 1 else 3))

    return areas


def _real(file: str, layer: str | None) -> Callable[[str], np.ndarray | None]:
    """Polygons of a file of real input, repaired where invalid; None where the file is not here."""

    def areas(_: str) -> np.ndarray | None:
        if not (REAL / file).exists():
            return None
        import pyogrio

        shapes = pyogrio.read_dataframe(REAL / file, layer=layer).geometry.to_numpy()
        repaired = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
        return np.array(repaired[~shapely.is_empty(repaired)], dtype=object)

    return areas


GROUNDS = (
    Ground("60,000 areas", _tiled(283, 212, 24), {"small": 20_000, "full": 10 * MILLION}, 20),
    Ground("140 areas (Toronto)", _real("toronto/neighbourhoods.geojson", None), {"small": 5_000, "full": MILLION}, 3),
    Ground(
        "7,701 areas (Taiwan)", _real("taiwan/villages.topojson.json", "villages"), {"small": 0, "full": MILLION}, 3
    ),
    Ground("1,000,000 areas", _tiled(1155, 866, 8), {"small": 5_000, "full": MILLION}, 3),
    Ground("areas with 5,000 vertices", _tiled(20, 15, 5000), {"small": 2_000, "full": MILLION}, 3),
)


@dataclass(frozen=True)
class _Spent:
    """What one look-up took: seconds on the clock, and processor seconds of all cores together."""

    clock_s: float
    processor_s: float


@dataclass
class _Found:
    """What one ground gave."""

    rows: list[tuple[str, ...]]
    check: Check | None
    differences: list[str]
    build_s: float
    byte_count: int


def run(size: str, progress: Progress) -> Report:
    """Locate points over every ground, then build, load and re-assign a history over the first."""
    rows: list[tuple[str, ...]] = []
    checks, differences, costs = [], [], []
    for step, ground in enumerate(GROUNDS):
        areas = ground.areas(size)
        if areas is None or not ground.points[size]:
            rows.append((ground.name, "", "real input or full size only: not run", "", "", "", ""))
            continue
        progress(step / (len(GROUNDS) + 1), ground.name)
        found = _measure(ground, areas, size)
        rows += found.rows
        differences += found.differences
        checks += [found.check] if found.check else []
        costs.append((f"{len(areas):,}", f"{found.build_s:.1f}", f"{found.byte_count / 1e6:,.0f}"))
        if ground.name.startswith("1,000,000"):
            checks.append(_limit("index of 1,000,000 areas built", found.build_s, 120, "s", size))
        del areas
    progress(len(GROUNDS) / (len(GROUNDS) + 1), "index and history")
    checks += _measure_index(size)
    columns = ("ground", "points", "engine", "s", "processor s", "million points/s", "points answered otherwise")
    tables = [
        Table("Look-up, points and areas ready in each engine's own form", columns, rows),
        Table("Index", ("areas", "built, s", "memory, MB"), costs),
    ]
    return Report(tables, checks, differences)


def _measure(ground: Ground, areas: np.ndarray, size: str) -> _Found:
    lon, lat = crowd(ground.points[size], areas)
    started = time.perf_counter()
    index = LocateIndex.build([f"{row:07}" for row in range(len(areas))], list(areas))
    build_s = time.perf_counter() - started
    index.query(lon[:1], lat[:1])
    ours, located = _timed(lambda: index.query(lon, lat))
    rows = [_row(ground.name, len(lon), f"wangge, over {len(areas):,} areas", ours, "")]
    times, differences = [], []
    for name, (_, ready) in PEERS.items():
        if not is_installed(name):
            rows.append((ground.name, f"{len(lon):,}", name, "missing", "", "", ""))
            continue
        try:
            spent, first = (_ask_peer if size == "small" else _ask_alone)(ready, areas, lon, lat)
        except BrokenProcessPool:
            rows.append((ground.name, f"{len(lon):,}", name, "its process was ended: memory", "", "", ""))
            continue
        other = np.flatnonzero(first != located.first)
        wrong = [row for row in other if not _is_exactly(areas, located, lon, lat, int(row))]
        differences += [f"{ground.name}: {len(wrong):,} points against {name}"] if wrong else []
        told = f"{len(other):,}" + (", exact arithmetic agrees with us" if len(other) and not wrong else "")
        rows.append(_row(ground.name, len(lon), name, spent, told))
        times.append(spent.clock_s / ours.clock_s)
    check = Check(
        f"{ground.name}: times the fastest peer", f"{ground.times:g}", f"{min(times):.1f}",
        None if size == "small" else min(times) >= ground.times,
    ) if times else None  # fmt: skip
    return _Found(rows, check, differences, build_s, index.byte_count)


def _timed(ask: Callable[[], Answer]) -> tuple[_Spent, Answer]:
    """Return what asking took, on the clock and of all cores, and the answer."""
    started, spent = time.perf_counter(), time.process_time()
    answer = ask()
    return _Spent(time.perf_counter() - started, time.process_time() - spent), answer


def _row(ground: str, points: int, engine: str, spent: _Spent, told: str) -> tuple[str, ...]:
    rate = points / spent.clock_s / MILLION
    return (ground, f"{points:,}", engine, f"{spent.clock_s:.2f}", f"{spent.processor_s:.2f}", f"{rate:.2f}", told)


def _ask_peer(
    ready: Callable[..., Callable[[], tuple[np.ndarray, np.ndarray]]],
    areas: np.ndarray,
    lon: np.ndarray,
    lat: np.ndarray,
) -> tuple[_Spent, np.ndarray]:
    """Return what the join alone took, and the first area of each point."""
    spent, (point, area) = _timed(ready(areas, lon, lat))
    first = np.full(len(lon), len(areas), dtype=np.int64)
    np.minimum.at(first, point, area)
    return spent, np.where(first == len(areas), NONE, first)


def _ask_alone(*asked: Any) -> tuple[_Spent, np.ndarray]:
    """Ask a peer in a process of its own, so that none has less memory for what another left behind."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_ask_peer, *asked).result()


def _is_exactly(areas: np.ndarray, located: object, lon: np.ndarray, lat: np.ndarray, row: int) -> bool:
    """Whether our answer for one point is that of fractions, ring by ring."""
    from fractions import Fraction

    x, y = Fraction(lon[row]), Fraction(lat[row])
    box = shapely.bounds(areas)
    near = np.flatnonzero(
        (box[:, 0] <= lon[row]) & (lon[row] <= box[:, 2]) & (box[:, 1] <= lat[row]) & (lat[row] <= box[:, 3])
    )
    for area in near:
        is_inside, is_edge = False, False
        for ring in shapely.get_rings(areas[area]):
            corner = [(Fraction(a), Fraction(b)) for a, b in shapely.get_coordinates(ring)]
            for (ax, ay), (bx, by) in itertools.pairwise(corner):
                turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
                is_edge |= turn == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)
                is_inside ^= (ay > y) != (by > y) and (turn > 0) == (by > ay)
        if is_inside or is_edge:
            return bool(area == located.first[row])  # type: ignore[attr-defined]
    return bool(located.first[row] == NONE)  # type: ignore[attr-defined]


def _limit(what: str, measured: float, limit: float, unit: str, size: str) -> Check:
    told = f"{measured:.2f} {unit}" if measured < 10 else f"{measured:,.0f} {unit}"
    return Check(what, f"at most {limit:,g} {unit}", told, None if size == "small" else measured <= limit)


def _measure_index(size: str) -> Iterator[Check]:
    """Build, keep, load; then the same incidents on a redrawn province."""
    areas = GROUNDS[0].areas(size)
    assert areas is not None
    ids = [f"{row:07}" for row in range(len(areas))]
    started = time.perf_counter()
    index = LocateIndex.build(ids, list(areas))
    yield _limit("index of 60,000 areas built", time.perf_counter() - started, 10, "s", size)
    yield _limit("index of 60,000 areas, memory beside the polygons", index.byte_count / 1e6, 1000, "MB", size)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "areas.index"
        save_index(index, file)
        started = time.perf_counter()
        kept = load_index(file)
        yield _limit("index of 60,000 areas loaded and checked", time.perf_counter() - started, 0.5, "s", size)
        lon, lat = crowd(HISTORY[size], areas, seed=9)
        step = 4 * MILLION
        started = time.perf_counter()
        parts = ((lon[at : at + step], lat[at : at + step]) for at in range(0, len(lon), step))
        total = sum(len(found.position) for found in reassign(kept, parts, total=len(lon)))
        seconds = time.perf_counter() - started
    assert total == len(lon)
    yield _limit(f"history: {len(lon):,} incidents on 60,000 redrawn areas", seconds, 30, "s", size)


SPEC = BenchSpec(title="Which area holds each point", run=run, peers=tuple(PEERS))
