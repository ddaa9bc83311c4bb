"""Defects planted in a clean partition, and the ways other libraries find them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from data.defects.checking import check_limits
from data.imports.shapes import repair_polygons
from geo.areas.checks.measure import measure_drawn_m2

LIMITS = check_limits()
EQUAL_AREA = "EPSG:6933"
SHARE = 0.2


@dataclass(frozen=True)
class Found:
    """
    What one engine found: seconds by the clock and of the processor, m² of each pair that overlaps and of each gap
    (None: it does not say). On a busy machine the two times differ by what others took.
    """

    seconds: float
    processor_s: float
    overlaps: dict[tuple[int, int], float] | None
    gaps: list[float] | None
    told: str = ""


@dataclass(frozen=True)
class Planted:
    """A copy of a level with defects in it: m² of each overlap by its rows, and of each gap, in order of size."""

    areas: gpd.GeoDataFrame
    overlaps: dict[tuple[int, int], float]
    gaps: list[float]


def plant_defects(areas: gpd.GeoDataFrame, count: int, *, seed: int = 3) -> Planted:
    """
    Move one corner of `count` areas far apart into a neighbour (overlap) or into themselves (gap), in turn.

    The corner and the two beside it belong to both areas, and only one follows. Sizes are worked out from the ground
    between the old and the new corner, not from any overlay.
    """
    rng = np.random.default_rng(seed)
    shapes = np.array(areas.geometry, dtype=object)
    tree, used = shapely.STRtree(shapes), np.zeros(len(shapes), dtype=bool)
    overlaps: dict[tuple[int, int], float] = {}
    gaps: list[float] = []
    for row in rng.permutation(len(shapes)).tolist():
        if len(overlaps) + len(gaps) == count:
            break
        near = tree.query(shapes[row], predicate="intersects")
        if used[near].any() or len(shapely.get_parts(shapes[row])) > 1:
            continue
        inward = len(overlaps) > len(gaps)
        moved = _move_corner(shapes, row, near[near != row], inward=inward)
        if moved is None:
            continue
        other, shape, ground = moved
        used[near] = True
        shapes[row] = shape
        size = _true_m2(ground)
        if inward:
            gaps.append(size)
        else:
            overlaps[min(row, other), max(row, other)] = size
    return Planted(areas.set_geometry(gpd.GeoSeries(shapes, index=areas.index, crs=areas.crs)), overlaps, sorted(gaps))


def _move_corner(
    shapes: np.ndarray, row: int, near: np.ndarray, *, inward: bool
) -> tuple[int, shapely.Geometry, shapely.Geometry] | None:
    """Return the neighbour, the new shape and the ground between old and new corner; None if no corner will do."""
    ring = np.array(shapely.get_parts(shapes[row])[0].exterior.coords)[:-1]
    holes = shapely.get_parts(shapes[row])[0].interiors
    for at in range(len(ring)):
        before, corner, after = ring[at - 1], ring[at], ring[(at + 1) % len(ring)]
        holders = near[shapely.intersects_xy(shapes[near], *corner)]
        if len(holders) != 1 or not shapely.intersects_xy(shapes[holders[0]], *np.array([before, after]).T).all():
            continue
        across = np.array([after[1] - before[1], before[0] - after[0]]) * SHARE * (-1 if inward else 1)
        across = across if shapely.is_ccw(shapely.LinearRing(ring)) else -across
        fresh = ring.copy()
        fresh[at] = corner + across
        shape = shapely.Polygon(fresh, holes)
        ground = shapely.Polygon([before, corner, after, fresh[at]])
        within = shapes[row] if inward else shapes[holders[0]]
        if shape.is_valid and ground.is_valid and shapely.relate_pattern(ground, within, "2*F******"):
            size = _true_m2(ground)
            if size > 1 and shapely.area(shape) > shapely.area(shapes[row]) * 0.5:
                return int(holders[0]), shape, ground
    return None


class Clock:
    """Seconds since it was made, by the clock and of this process."""

    def __init__(self) -> None:
        self.started, self.worked = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return both."""
        return time.perf_counter() - self.started, time.process_time() - self.worked


def _true_m2(shape: shapely.Geometry) -> float:
    return float(gpd.GeoSeries([shape], crs="EPSG:4326").to_crs(EQUAL_AREA).area.iloc[0])


def find_ours(areas: gpd.GeoDataFrame, parents: gpd.GeoDataFrame | None) -> Found:
    """Ask for every defect, against the level above where there is one."""
    from geo.areas.find import find_defects

    clock = Clock()
    report = find_defects(areas, limits=LIMITS, parents=parents)
    seconds = clock.read()
    row = {str(one): at for at, one in enumerate(areas["area_id"])}
    overlaps, gaps = {}, []
    for one in report.defects:
        if one.kind in ("overlap", "sliver") and "overlap" in one.message.template:
            left, right = sorted(row[name] for name in one.ids)
            overlaps[left, right] = one.area_m2
        elif one.kind in ("gap", "sliver"):
            gaps.append(one.area_m2)
    counts = ", ".join(f"{count} {kind}" for kind, count in report.counts().items())
    return Found(*seconds, overlaps, sorted(gaps), counts or "proof: no defects")


def overlay_self(areas: gpd.GeoDataFrame) -> Found:
    """geopandas.overlay of the level with itself for overlaps, and the holes of its union for gaps; sized as ours."""
    shapes = repair_polygons(np.array(areas.geometry, dtype=object))[0]
    table = gpd.GeoDataFrame({"row": np.arange(len(areas))}, geometry=shapes, crs=areas.crs)
    clock = Clock()
    both = gpd.overlay(table, table, how="intersection", keep_geom_type=True)
    both = both[both["row_1"] < both["row_2"]]
    sizes = measure_drawn_m2(both.geometry.to_numpy(), areas.crs)
    whole = shapely.get_parts(table.union_all())
    holes = [shapely.Polygon(ring) for one in whole for ring in one.interiors]
    bare = measure_drawn_m2(np.array(holes, dtype=object), areas.crs)
    seconds = clock.read()
    large = sizes > LIMITS.tolerance_m2
    pairs = zip(both["row_1"][large].tolist(), both["row_2"][large].tolist(), sizes[large].tolist(), strict=True)
    overlaps = {(one, other): size for one, other, size in pairs}
    return Found(*seconds, overlaps, sorted(bare[bare > LIMITS.tolerance_m2].tolist()))


def ask_coverage(areas: gpd.GeoDataFrame) -> Found:
    """shapely.coverage_is_valid and coverage_invalid_edges: yes or no, and lines; neither sizes nor wide gaps."""
    shapes = repair_polygons(np.array(areas.geometry, dtype=object))[0]
    clock = Clock()
    is_valid = bool(shapely.coverage_is_valid(shapes))
    edges = shapely.coverage_invalid_edges(shapes)
    seconds = clock.read()
    touched = int((~shapely.is_empty(edges)).sum())
    return Found(*seconds, None, None, "valid" if is_valid else f"not valid: {touched} areas have wrong edges")


OVERLAY = "geopandas overlay with itself + holes of the union"
PEERS: dict[str, Callable[[gpd.GeoDataFrame], Found]] = {
    "shapely coverage_is_valid + coverage_invalid_edges": ask_coverage,
    OVERLAY: overlay_self,
}


def differences_of(name: str, ours: Found, other: Found | Planted) -> list[str]:
    """Return what two lists of overlaps and gaps do not share, each a sentence; sizes agree to a ten-thousandth."""
    said: list[str] = []
    if ours.overlaps is not None and other.overlaps is not None:
        odd = set(ours.overlaps) ^ set(other.overlaps)
        odd |= {
            pair for pair in ours.overlaps if pair not in odd and _differ(ours.overlaps[pair], other.overlaps[pair])
        }
        said += [f"{name}: {len(odd):,} overlaps differ"] if odd else []
    if ours.gaps is not None and other.gaps is not None:
        same = len(ours.gaps) == len(other.gaps) and not any(map(_differ, ours.gaps, other.gaps))
        said += [] if same else [f"{name}: {len(ours.gaps):,} gaps against {len(other.gaps):,}"]
    return said


def _differ(one: Any, other: Any) -> bool:
    return abs(float(one) - float(other)) > max(1e-3, 1e-4 * float(other))
