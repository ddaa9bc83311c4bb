"""Four defects planted in a copy of a real level, with their size worked out from the corners that were moved."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

SEMI_MAJOR_M, ECCENTRICITY_SQUARED = 6_378_137.0, 0.006_694_380_022_9
METRES_OF_A_DEGREE = 111_195.0
LEAST_M2 = 0.01


@dataclass(frozen=True)
class Planted:
    """A defect that must be found: its kind, the ids it must name, its size, and the ground it is on."""

    kind: str
    ids: frozenset[str]
    area_m2: float
    ground: shapely.Geometry


@dataclass(frozen=True)
class Corner:
    """A corner of the area in row `row` that it shares with `other` alone, with the corners before and after it."""

    row: int
    other: int
    at: int
    points: np.ndarray


def true_m2(shape: shapely.Geometry) -> float:
    """Area by the two radii of curvature of the ellipsoid at the middle latitude: no projection of the product's."""
    south, north = shapely.bounds(shape)[[1, 3]]
    latitude = np.radians((south + north) / 2)
    root = 1 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    per_radian = SEMI_MAJOR_M**2 * (1 - ECCENTRICITY_SQUARED) / root**2 * np.cos(latitude)
    return float(shapely.area(shape) * np.radians(1) ** 2 * per_radian)


class Copy:
    """A level in degrees to plant in; `key` is its id column, areas planted in have one value of `within`."""

    def __init__(self, table: gpd.GeoDataFrame, key: str, within: str | None, seed: int) -> None:
        self.table, self.key = table.reset_index(drop=True), key
        self.shapes = np.array(self.table.geometry, dtype=object)
        self.ids = self.table[key].astype(str).to_numpy(object)
        self.group = self.table[within].to_numpy(object) if within else np.zeros(len(table), dtype=object)
        self.tree, self.rng = shapely.STRtree(self.shapes), np.random.default_rng(seed)
        self.used = self._unfit()
        self.planted: list[Planted] = []

    def _unfit(self) -> np.ndarray:
        """Invalid shapes, shapes of several parts, ids of several rows, footprints of several areas: left alone."""
        wkb = shapely.to_wkb(self.shapes)
        once = dict(zip(*np.unique(wkb.astype(object), return_counts=True), strict=True))
        stacked = np.array([once[one] > 1 for one in wkb])
        repeated = self.table[self.key].duplicated(keep=False).to_numpy()
        return ~shapely.is_valid(self.shapes) | (shapely.get_num_geometries(self.shapes) > 1) | repeated | stacked

    def corners(self):
        """Corners that two areas share alone, each in ground nobody has planted in."""
        for row in self.rng.permutation(len(self.shapes)).tolist():
            near = self.tree.query(self.shapes[row], predicate="intersects")
            if self.used[near].any():
                continue
            ring = shapely.get_coordinates(shapely.get_parts(self.shapes[row])[0].exterior)[:-1]
            near = near[near != row]
            own = {other: set(map(tuple, shapely.get_coordinates(self.shapes[other]).tolist())) for other in near}
            for at in self.rng.permutation(len(ring)).tolist():
                points = ring[[at - 1, at, (at + 1) % len(ring)]]
                holders = [other for other in near if tuple(points[1]) in own[other]]
                same = len(holders) == 1 and all(tuple(one) in own[holders[0]] for one in points)
                if same and self.group[row] == self.group[holders[0]]:
                    yield Corner(row, int(holders[0]), at, points)

    def close(self, corner: Corner, shape: shapely.Geometry) -> None:
        """Take the new shape, and plant no more beside it."""
        self.used[self.tree.query(self.shapes[corner.row], predicate="intersects")] = True
        self.shapes[corner.row] = shape

    def ring_with(self, corner: Corner, points: list[np.ndarray]) -> shapely.Polygon:
        """The shape with its corner replaced by `points`."""
        polygon = shapely.get_parts(self.shapes[corner.row])[0]
        ring = shapely.get_coordinates(polygon.exterior)[:-1]
        return shapely.Polygon([*ring[: corner.at], *points, *ring[corner.at + 1 :]], polygon.interiors)

    def tooth(self, corner: Corner, size_m2: float, *, inward: bool) -> shapely.Polygon | None:
        """A triangle of `size_m2` on the edge after the corner, on either side of it; None if the edge is too short."""
        start, end = corner.points[1], corner.points[2]
        scale = np.array([np.cos(np.radians(start[1])), 1.0]) * METRES_OF_A_DEGREE
        along = (end - start) * scale
        length, half = float(np.hypot(*along)), (size_m2 / 2) ** 0.5
        if length < 3 * half:
            return None
        unit = along / length
        ring = shapely.get_parts(self.shapes[corner.row])[0].exterior
        across = np.array([unit[1], -unit[0]]) * (1 if ring.is_ccw else -1) * (-1 if inward else 1)
        middle = (start + end) / 2
        height = 2 * half
        for _ in range(3):
            triangle = [middle - unit * half / scale, middle + across * height / scale, middle + unit * half / scale]
            height *= size_m2 / true_m2(shapely.Polygon(triangle))
        return shapely.Polygon(triangle)

    def plant_tooth(self, kind: str, size_m2: float) -> None:
        """An overlap or a gap of a size given beforehand."""
        for corner in self.corners():
            ground = self.tooth(corner, size_m2, inward=kind == "gap")
            holder = self.shapes[corner.row if kind == "gap" else corner.other]
            if ground is None or not shapely.contains(holder, shapely.centroid(ground)):
                continue
            low, tip, high = shapely.get_coordinates(ground)[:3]
            shape = self.ring_with(corner, [corner.points[1], low, tip, high])
            if shape.is_valid and holder.covers(shapely.Point(tip)) and self._one_ground(corner, shape):
                self.close(corner, shape)
                ids = frozenset((self.ids[corner.row], self.ids[corner.other]))
                self.planted.append(Planted(kind, ids, size_m2, ground))
                return
        raise AssertionError("no place for it")

    def _one_ground(self, corner: Corner, shape: shapely.Geometry) -> bool:
        """Whether a changed shape meets the one neighbour alone, in one piece."""
        changed = shapely.symmetric_difference(shape, self.shapes[corner.row])
        met = [
            one
            for one in self.tree.query(changed, predicate="intersects").tolist()
            if true_m2(shapely.intersection(changed, self.shapes[one])) > LEAST_M2 / 10
        ]
        large = [one for one in shapely.get_parts(changed) if true_m2(one) > LEAST_M2 / 10]
        return set(met) <= {corner.row, corner.other} and len(large) == 1

    def plant_moved_corner(self) -> None:
        """A corner moved in one of the two areas that share it: an overlap, or a gap where it moved inwards."""
        for corner in self.corners():
            before, here, after = corner.points
            short = min(np.hypot(*(here - before)), np.hypot(*(after - here)))
            turn = self.rng.uniform(0, 2 * np.pi)
            moved = here + 0.4 * short * np.array([np.cos(turn), np.sin(turn)])
            shape, ground = self.ring_with(corner, [moved]), shapely.Polygon([before, here, after, moved])
            if not shape.is_valid or not ground.is_valid or true_m2(ground) < 5 or not self._one_ground(corner, shape):
                continue
            out = shapely.contains(shape, shapely.point_on_surface(ground))
            self.close(corner, shape)
            ids = frozenset((self.ids[corner.row], self.ids[corner.other]))
            self.planted.append(Planted("overlap" if out else "gap", ids, true_m2(ground), ground))
            return
        raise AssertionError("no corner to move")

    def plant_duplicate(self) -> None:
        """An area gets the id of its neighbour."""
        corner = next(self.corners())
        self.close(corner, self.shapes[corner.row])
        pair = self.shapes[[corner.row, corner.other]]
        self.table.loc[corner.row, self.key] = self.table[self.key].iloc[corner.other]
        size = sum(true_m2(one) for one in pair)
        kept = frozenset((self.ids[corner.other],))
        self.planted.append(Planted("duplicate_id", kept, size, shapely.union_all(pair)))

    def with_defects(self) -> gpd.GeoDataFrame:
        """Plant all four and return the copy."""
        self.plant_tooth("overlap", 1.0)
        self.plant_tooth("gap", 40.0)
        self.plant_moved_corner()
        self.plant_duplicate()
        return self.table.set_geometry(gpd.GeoSeries(self.shapes, crs=self.table.crs))
