"""Defects of areas: how fast all of them are found, beside peers and beside defects planted; and Taiwan repaired."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from bench._defects import LIMITS, OVERLAY, PEERS, Clock, Found, differences_of, find_ours, plant_defects
from bench._ground import tiling
from bench._spec import BenchSpec, Check, Progress, Report, Table

REAL = Path(os.environ.get("WANGGE_REAL") or Path(__file__).resolve().parents[2] / "shared" / "real")
TAIWAN = REAL / "taiwan" / "villages.topojson.json"
MOST_CHANGE = 0.01
Level = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]


@dataclass(frozen=True)
class Ground:
    """
    A level of areas with the one above, its limit in seconds, and how many defects are planted in a copy.

    `too_large_for` are peers not asked at the full size, for the minutes they would take.
    """

    name: str
    level: Callable[[str], Level | None]
    limit_s: float
    planted: dict[str, int]
    too_large_for: tuple[str, ...] = ()


def county(size: str) -> Level:
    """The demonstration county's micro-grids in their grids; areas of one tower share a footprint."""
    from data.demo.geometry import build_county

    areas = build_county(scale=1.0 if size == "full" else 0.02).areas
    pick = {level: areas[areas["level"] == level].reset_index(drop=True) for level in ("grid", "micro_grid")}
    kept = ["area_id", "parent_id", "geometry"]
    return pick["micro_grid"][kept], pick["grid"][kept]


def province(size: str) -> Level:
    """450,000 micro-grids in 4,500 villages of ten by ten, borders winding, every corner shared."""
    wide, high = (75, 60) if size == "full" else (4, 3)
    grids, villages = (
        _shrunk(one, wide / 75) for one in (tiling(wide * 10, high * 10, vertices=24), tiling(wide, high, vertices=240))
    )
    y, x = np.divmod(np.arange(len(grids)), wide * 10)
    above = np.char.mod("%06d", (y // 10) * wide + x // 10)
    ids = np.char.add(above, np.char.mod("%03d", (y % 10) * 10 + x % 10))
    fine = gpd.GeoDataFrame(
        {"area_id": ids.astype(object), "parent_id": above.astype(object)}, geometry=grids, crs="EPSG:4326"
    )
    names = np.char.mod("%06d", np.arange(len(villages))).astype(object)
    return fine, gpd.GeoDataFrame({"area_id": names}, geometry=villages, crs="EPSG:4326")


def _shrunk(shapes: np.ndarray, share: float) -> np.ndarray:
    """Return shapes drawn together towards one point, so that few areas are as small as many."""
    middle = np.array([120.5, 29.25])
    return np.asarray(shapely.transform(shapes, lambda xy: middle + (xy - middle) * share), dtype=object)


def read_taiwan(layer: str, code: str, parent: str | None) -> gpd.GeoDataFrame:
    """Read one level of the real file as a check does."""
    from data.defects.reading import read_areas
    from data.formats import read_file
    from data.imports.options import ImportOptions

    raw = read_file(TAIWAN, layer=layer, kind="areas")
    return read_areas(raw, ImportOptions(id=code, crs="EPSG:4326", parent=parent))[0]


def taiwan(size: str) -> Level | None:
    """Taiwan's 7,701 villages; None at the small size or where the file is not here."""
    return (read_taiwan("villages", "VILLCODE", "TOWNCODE"), None) if size == "full" and TAIWAN.is_file() else None


GROUNDS = (
    Ground("12,914 micro-grids of a county", county, 5, {"small": 6, "full": 200}),
    Ground("7,701 villages (Taiwan)", taiwan, 5, {"small": 0, "full": 0}),
    Ground("450,000 micro-grids of a province", province, 180, {"small": 20, "full": 1_000}, (OVERLAY,)),
)


def run(size: str, progress: Progress) -> Report:
    """Check every ground as it is and with planted defects, ask the peers the same, then repair Taiwan."""
    rows: list[tuple[str, ...]] = []
    checks, differences = [], []
    for step, ground in enumerate(GROUNDS):
        progress(step / (len(GROUNDS) + 1), ground.name)
        level = ground.level(size)
        if level is None:
            rows.append((ground.name, "", "real input or full size only: not run", "", "", "", ""))
            continue
        for told in _measure(ground, level, size):
            rows += told[0]
            checks += told[1]
            differences += told[2]
    columns = ("areas", "state", "engine", "seconds", "of one core", "overlaps / gaps", "it says")
    tables = [Table("Defects of one level", columns, rows, NOTE)]
    progress(len(GROUNDS) / (len(GROUNDS) + 1), "repair")
    if size == "full" and TAIWAN.is_file():
        table, found = repair_taiwan()
        tables.append(table)
        checks += found
    return Report(tables, checks, differences)


NOTE = (
    "Ours also checks ids, validity and (as it is, county and province) nesting, and measures, places and ranks each "
    "defect. A planted defect is one corner moved into a neighbour or into its own area; its size is that of the "
    "ground between the old and the new corner. Peers get shapes already made valid. The overlay of the province was "
    "asked once, on a busy machine: the same answers after 12 minutes, as it is and with 1,000 planted; left out "
    "of this run."
)
Told = tuple[list[tuple[str, ...]], list[Check], list[str]]


def _measure(ground: Ground, level: Level, size: str) -> Iterator[Told]:
    areas, parents = level
    ours = find_ours(areas, parents)
    name = f"{ground.name}: all defects" if size == "full" else f"{len(areas):,} areas: all defects"
    told = f"{ours.seconds:.2f} s by the clock, {ours.processor_s:.2f} s of one core"
    check = Check(name, f"under {ground.limit_s:g} s", told, _is_met(ours, ground.limit_s, size))
    yield [_row(len(areas), "as it is", "wangge", ours)], [check], []
    without = ground.too_large_for if size == "full" else ()
    yield from _ask(areas, "as it is", ours, size, without)
    if not ground.planted[size]:
        return
    copy = plant_defects(areas, ground.planted[size])
    count = len(copy.overlaps) + len(copy.gaps)
    state = f"{count} planted"
    again = find_ours(copy.areas, None)
    missed = differences_of(f"{ground.name}, {state}", again, copy)
    told = "0 missed, 0 besides, sizes agree" if not missed else "; ".join(missed)
    yield [_row(len(areas), state, "wangge", again)], [
        Check(f"{len(areas):,} areas, {count} defects planted", "each found, nothing else", told, not missed)
    ], missed  # fmt: skip
    yield from _ask(copy.areas, state, again, size, tuple(PEERS) if without else ())


def _is_met(ours: Found, limit_s: float, size: str) -> bool | None:
    """Whether a limit is met; None where others had the machine for so long that the clock cannot tell."""
    if size == "small" or ours.processor_s < limit_s <= ours.seconds:
        return None
    return ours.seconds < limit_s


def _ask(areas: gpd.GeoDataFrame, state: str, ours: Found, size: str, without: Sequence[str]) -> Iterator[Told]:
    """Ask each peer, at the full size in a process of its own so that none has less memory for another."""
    shapes = areas[["area_id", "geometry"]]
    unique = np.unique(shapely.to_wkb(np.asarray(areas.geometry, dtype=object)).astype(object), return_index=True)[1]
    single = shapes.iloc[np.sort(unique)].reset_index(drop=True)
    at = {str(one): row for row, one in enumerate(areas["area_id"])}
    for name, ask in PEERS.items():
        if name in without:
            yield [(f"{len(areas):,}", state, name, "not asked", "", "", "")], [], []
            continue
        try:
            if size == "small":
                found = ask(single)
            else:
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                    found = pool.submit(ask, single).result()
        except BrokenProcessPool:
            yield [(f"{len(areas):,}", state, name, "its process was ended: memory", "", "", "")], [], []
            continue
        if found.overlaps is not None:
            rows = [at[str(one)] for one in single["area_id"]]
            pairs = {(rows[one], rows[other]): m2 for (one, other), m2 in found.overlaps.items()}
            found = replace(found, overlaps=pairs)
        differ = differences_of(f"{len(areas):,} areas {state}, {name}", ours, found)
        yield [_row(len(areas), state, name, found, "; ".join(differ))], [], differ


def _row(count: int, state: str, engine: str, found: Found, differ: str = "") -> tuple[str, ...]:
    told = "not told" if found.overlaps is None else f"{len(found.overlaps):,} / {len(found.gaps or ()):,}"
    said = found.told or differ or "the same overlaps and gaps, the same sizes"
    return (f"{count:,}", state, engine, f"{found.seconds:.2f}", f"{found.processor_s:.2f}", told, said)


def repair_taiwan() -> tuple[Table, list[Check]]:
    """Repair the villages so that towns are made of them and counties of towns; beside it shapely.coverage_clean."""
    from geo.areas.repair.preview import preview_repair

    villages, towns = read_taiwan("villages", "VILLCODE", "TOWNCODE"), read_taiwan("towns", "TOWNCODE", "COUNTYCODE")
    counties = read_taiwan("counties", "COUNTYCODE", None)
    clock = Clock()
    first = preview_repair(villages, limits=LIMITS, max_change_share=MOST_CHANGE, parents=towns, parents_follow=True)
    seconds, processor_s = clock.read()
    assert first.parents is not None
    above = towns.set_index("area_id")["parent_id"].reindex(first.parents["area_id"]).to_numpy(object)
    rebuilt = first.parents.assign(parent_id=above)
    second = preview_repair(rebuilt, limits=LIMITS, max_change_share=0.0, parents=counties, parents_follow=True)
    assert second.parents is not None
    shapes = first.areas.geometry.to_numpy()
    straying = _outside(first.areas, first.parents) + _outside(rebuilt, second.parents)
    lost = sorted(set(villages["area_id"]) - set(first.areas["area_id"][~shapely.is_empty(shapes)]))
    most = first.largest_change or {"change_m2": 0.0, "change_share": 0.0, "area_id": "none"}
    largest = f"{most['change_m2']:.2f} m² ({most['change_share']:.1e} of {most['area_id']})"
    is_valid = bool(shapely.coverage_is_valid(shapes))
    checks = [
        Check("Taiwan repaired", "a valid coverage by shapely", "valid" if is_valid else "not valid", is_valid),
        Check("Taiwan repaired: ground outside town and county", "0 m²", f"{straying:.3f} m²", straying < 1e-3),
        Check("Taiwan repaired: villages lost", "0", str(len(lost)), not lost),
        Check("Taiwan repaired: largest change of a village", "stated", largest, None),
    ]
    count = len(first.to_dict()["changes"])
    ours = (
        "wangge",
        f"{seconds:.1f}",
        f"{processor_s:.1f}",
        "yes" if is_valid else "no",
        str(len(lost)),
        f"{count:,}",
        largest,
    )
    columns = ("engine", "seconds", "of one core", "valid", "lost", "villages changed", "largest change")
    note = "Seconds of ours hold the check before and after, and the rebuilding of the towns."
    return Table("Repair of Taiwan's villages", columns, [ours, _clean_by_shapely(villages)], note), checks


def _outside(areas: gpd.GeoDataFrame, parents: gpd.GeoDataFrame) -> float:
    """Return the m² of areas outside the parent they name, and of parents under none of theirs, by plain overlay."""
    union = areas.dissolve("parent_id").geometry
    own = parents.set_index("area_id").geometry.reindex(union.index)
    odd = shapely.symmetric_difference(union.to_numpy(), own.to_numpy())
    return float(gpd.GeoSeries(odd, crs=areas.crs).to_crs("EPSG:6933").area.sum())


def _clean_by_shapely(villages: gpd.GeoDataFrame) -> tuple[str, ...]:
    """shapely.coverage_clean with a snapping distance of about a centimetre, after make_valid."""
    before = shapely.make_valid(np.asarray(villages.geometry, dtype=object), method="structure", keep_collapsed=False)
    clock = Clock()
    after = shapely.coverage_clean(before, snapping_distance=1e-7)  # type: ignore[attr-defined]
    seconds, processor_s = clock.read()
    moved = gpd.GeoSeries(shapely.symmetric_difference(before, after), crs="EPSG:4326").to_crs("EPSG:6933").area
    size = gpd.GeoSeries(before, crs="EPSG:4326").to_crs("EPSG:6933").area
    at = int((moved / size).to_numpy().argmax())
    most = f"{moved[at]:.2f} m² ({moved[at] / size[at]:.1e} of {villages['area_id'].iloc[at]})"
    is_valid = "yes" if shapely.coverage_is_valid(after) else "no"
    changed = f"{int((moved > LIMITS.tolerance_m2).sum()):,}"
    return (
        "shapely coverage_clean",
        f"{seconds:.1f}",
        f"{processor_s:.1f}",
        is_valid,
        str(int(shapely.is_empty(after).sum())),
        changed,
        most,
    )


SPEC = BenchSpec(title="Defects of areas, found and repaired", run=run, peers=tuple(PEERS))
