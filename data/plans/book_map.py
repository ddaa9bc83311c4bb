"""The map of one village in a plan book: an SVG picture in metres, north up, with a scale."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import shapely

BARRIER = "#1f6fb2"
COLOURS = ("#8dd3c7", "#fdb462", "#bebada", "#b3de69", "#fccde5", "#80b1d3", "#ffed6f", "#d9d9d9")
WIDTH, HEIGHT, MARGIN, FOOT = 640.0, 440.0, 14.0, 22.0
NICE_M = (50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True, eq=False)
class VillageMap:
    """
    What the map of one village shows, in metres: units with their zone, zones with their label.

    `moved` says which units get another zone; `hard` are barriers (lines), `bridges` what crosses them.
    """

    title: str
    units: np.ndarray
    zone: np.ndarray
    zones: np.ndarray
    labels: tuple[str, ...]
    moved: np.ndarray
    hard: np.ndarray
    bridges: np.ndarray

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the units, in metres."""
        west, south, east, north = shapely.total_bounds(self.units)
        return float(west), float(south), float(east), float(north)


def village_map(shown: VillageMap) -> str:
    """
    Draw the units of a village in the colours of their zones, the zones outlined and labelled, what moves hatched.

    Examples
    --------
    >>> square = np.array([shapely.box(0, 0, 100, 100)])
    >>> none = np.empty(0, dtype=object)
    >>> drawn = village_map(VillageMap(title="V", units=square, zone=np.array([0]), zones=square, labels=("001",),
    ...     moved=np.array([True]), hard=none, bridges=none))
    >>> drawn.startswith("<svg"), drawn.count("<path"), "001" in drawn
    (True, 3, True)
    """
    west, south, east, north = shown.bounds
    page = Page(shown)
    parts = [
        page.path(shape, fill=COLOURS[z % len(COLOURS)], stroke="#ffffff")
        for shape, z in zip(shown.units, shown.zone, strict=True)
    ]
    parts += [page.path(shape, fill="url(#moved)", stroke="none") for shape in shown.units[shown.moved]]
    box = shapely.box(west, south, east, north)
    parts += [page.line(shape, BARRIER, 2.2) for shape in shapely.intersection(shown.hard, box)]
    parts += [page.path(shape, fill="none", stroke="#222222", wide=1.6) for shape in shown.zones]
    for shape in shown.bridges:
        point = shapely.centroid(shape)
        if box.contains(point):
            parts.append(page.dot(point))
    parts += [page.text(shape, label) for shape, label in zip(shown.zones, shown.labels, strict=True)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH:.0f} {page.high:.0f}">'
        f"<title>{escape(shown.title)}</title>{_HATCH}{''.join(parts)}{page.scale_bar(page.high - 12)}</svg>"
    )


_HATCH = (
    '<defs><pattern id="moved" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line x1="0" y1="0" x2="0" y2="6" stroke="#333333" stroke-width="1.1"/></pattern></defs>'
)


class Page:
    """From metres to the picture, which is WIDTH wide and `high` high; y runs downwards."""

    def __init__(self, shown: VillageMap) -> None:
        self.west, south, east, self.north = shown.bounds
        wide, high = max(east - self.west, 1.0), max(self.north - south, 1.0)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        self.high = (self.north - south) * self.scale + 2 * MARGIN + FOOT

    def place(self, corners: np.ndarray) -> np.ndarray:
        """Return points in metres as points of the picture."""
        x = (corners[:, 0] - self.west) * self.scale + MARGIN
        return np.column_stack([x, (self.north - corners[:, 1]) * self.scale + MARGIN])

    def bar(self) -> tuple[float, str]:
        """Return how long the scale bar is on the picture, and what it says."""
        long_m = max((one for one in NICE_M if one * self.scale < WIDTH / 3), default=NICE_M[0])
        return long_m * self.scale, f"{long_m / 1000:g} km" if long_m >= 1000 else f"{long_m} m"

    def _points(self, corners: np.ndarray) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.place(corners))

    def path(self, shape: shapely.Geometry, *, fill: str, stroke: str, wide: float = 0.5) -> str:
        rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shape)]
        drawn = "".join(f"M{self._points(ring)}Z" for ring in rings)
        return f'<path d="{drawn}" fill="{fill}" fill-rule="evenodd" stroke="{stroke}" stroke-width="{wide}"/>'

    def line(self, shape: shapely.Geometry, stroke: str, wide: float) -> str:
        lines = [
            shapely.get_coordinates(part)
            for part in shapely.get_parts(shape)
            if shapely.get_dimensions(part) == 1 and not shapely.is_empty(part)
        ]
        return "".join(
            f'<polyline points="{self._points(line)}" fill="none" stroke="{stroke}" stroke-width="{wide}"/>'
            for line in lines
        )

    def dot(self, point: shapely.Point) -> str:
        x, y = self._points(np.array([[point.x, point.y]])).split(",")
        return f'<circle cx="{x}" cy="{y}" r="3.2" fill="#ffffff" stroke="{BARRIER}" stroke-width="1.6"/>'

    def text(self, shape: shapely.Geometry, label: str) -> str:
        inside = shapely.point_on_surface(shape)
        x, y = self._points(np.array([[inside.x, inside.y]])).split(",")
        return (
            f'<text x="{x}" y="{y}" text-anchor="middle" font-size="13" font-weight="600" paint-order="stroke" '
            f'stroke="#ffffff" stroke-width="3">{escape(label)}</text>'
        )

    def scale_bar(self, y: float) -> str:
        long, told = self.bar()
        end = MARGIN + long
        return (
            f'<line x1="{MARGIN}" y1="{y}" x2="{end:.1f}" y2="{y}" stroke="#222222" stroke-width="2"/>'
            f'<text x="{end + 6:.1f}" y="{y + 4}" font-size="11">{told}</text>'
            f'<text x="{WIDTH - MARGIN}" y="{y + 4}" font-size="12" text-anchor="end">N \u2191</text>'
        )
