"""How map sheets are painted: from metres to a page, and one style for each sort of thing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from data.events.safety_plan.structure import Mark, Picture

WIDTH, MOST_HEIGHT, LEAST_HEIGHT, MARGIN, FOOT = 960.0, 640.0, 240.0, 24.0, 30.0
NICE_M = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True)
class Style:
    """Colours of fill and stroke (#rrggbb, none = empty), width of a line, radius of a point, dashed or not."""

    fill: str = ""
    stroke: str = "#3d4a57"
    wide: float = 1.2
    radius: float = 5.0
    is_dashed: bool = False


STYLES = {
    "area": Style(fill="#dbe7f1", stroke="#2f5d8a", wide=1.6),
    "hazard": Style(fill="#f6d5cf", stroke="#a3341f", wide=1.6, radius=7.0),
    "route": Style(stroke="#5f7d4f", wide=3.0),
    "barrier": Style(stroke="#7a3fa0", wide=2.4, is_dashed=True),
    "front": Style(stroke="#0b7a8f", wide=3.0, is_dashed=True),
    "exit": Style(fill="#2f8f4e", stroke="#ffffff"),
    "entrance": Style(fill="#ffffff", stroke="#2f8f4e", wide=2.4),
    "place": Style(fill="#f2c14e", stroke="#7a5a00"),
    "post": Style(fill="#1b2733", stroke="#ffffff", radius=7.0),
}
"""By sort, in the order they are painted: ground first, people last."""

NUMBER_AT = {"barrier": 0.1, "front": 0.9}
"""Where along a line its number stands, as a share: a barrier often runs beside the front."""


class Page:
    """From the metres of one picture to its page, y downwards."""

    def __init__(self, picture: Picture) -> None:
        self.west, south, east, self.north = picture.bounds
        wide, high = max(east - self.west, 1.0), max(self.north - south, 1.0)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
        drawn = high * self.scale + 2 * MARGIN
        self.height = max(drawn, LEAST_HEIGHT) + FOOT
        self.down = MARGIN + max(LEAST_HEIGHT - drawn, 0.0) / 2
        self.right = MARGIN + (WIDTH - 2 * MARGIN - wide * self.scale) / 2

    def points(self, shape: shapely.Geometry) -> list[tuple[float, float]]:
        """Return the corners of a point, line or ring on the page."""
        corners = shapely.get_coordinates(shape)
        x = (corners[:, 0] - self.west) * self.scale + self.right
        y = (self.north - corners[:, 1]) * self.scale + self.down
        return [(float(one), float(two)) for one, two in zip(np.round(x, 1), np.round(y, 1), strict=True)]

    def bar(self) -> tuple[float, str]:
        """Return how long the scale bar is on the page, and what it says."""
        long_m = max((one for one in NICE_M if one * self.scale < WIDTH / 3), default=NICE_M[0])
        return long_m * self.scale, f"{long_m / 1000:g} km" if long_m >= 1000 else f"{long_m} m"


def in_order(picture: Picture) -> list[Mark]:
    """Return the marks, cut to the picture, ground first."""
    frame = shapely.box(*picture.bounds)
    rank = {sort: at for at, sort in enumerate(STYLES)}
    cut = [Mark(one.sort, shapely.intersection(one.shape, frame), one.number) for one in picture.marks]
    return sorted((one for one in cut if not shapely.is_empty(one.shape)), key=lambda one: rank[one.sort])


def number_point(mark: Mark) -> shapely.Point:
    """Return where a number stands: on a point, inside an outline, on a line where other sorts of lines have none."""
    shape = mark.shape
    if shapely.get_dimensions(shape) == 1:
        line = max(shapely.get_parts(shape), key=shapely.length)
        return shapely.line_interpolate_point(line, NUMBER_AT.get(mark.sort, 0.5), normalized=True)
    return shapely.point_on_surface(shape)
