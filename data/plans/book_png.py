"""The map of one village in a plan book as PNG, for Word: the same colours, lines and labels as the SVG."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import shapely
from PIL import Image, ImageChops, ImageDraw, ImageFont

from data.plans.book_map import BARRIER, COLOURS, MARGIN, WIDTH, Page, VillageMap

SHARP = 2.5
"""Pixels for one unit of the page, where it is to be printed: about 230 to the inch on A4."""
HATCH_PX = 14
Points = list[tuple[float, float]]


class _Sheet(Page):
    """A page of so many pixels for each of its units."""

    def __init__(self, shown: VillageMap, sharp: float) -> None:
        super().__init__(shown)
        self.sharp = sharp

    def at(self, shape: shapely.Geometry) -> Points:
        """Return the corners of a shape in pixels."""
        return [(float(x), float(y)) for x, y in self.place(shapely.get_coordinates(shape)) * self.sharp]


def village_png(shown: VillageMap, *, sharp: float = SHARP) -> bytes:
    """
    Return the map as PNG. Its letters are Latin: a label in another script is for the caller to replace.

    Examples
    --------
    >>> square = np.array([shapely.box(0, 0, 100, 100)])
    >>> none = np.empty(0, dtype=object)
    >>> village_png(VillageMap(title="V", units=square, zone=np.array([0]), zones=square, labels=("001",),
    ...     moved=np.array([True]), hard=none, bridges=none))[:4]
    b'\\x89PNG'
    """
    page = _Sheet(shown, sharp)
    image = Image.new("RGB", (round(WIDTH * sharp), round(page.high * sharp)), "#ffffff")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(13 * sharp)
    colours = [COLOURS[zone % len(COLOURS)] for zone in shown.zone]
    _fill(pen, page, shown.units, colours, empty="#ffffff", line="#ffffff")
    _hatch(image, page, shown.units[shown.moved])
    frame = shapely.box(*shown.bounds)
    for line in shapely.get_parts(shapely.intersection(shown.hard, frame)):
        if shapely.get_dimensions(line) == 1 and not shapely.is_empty(line):
            pen.line(page.at(line), fill=BARRIER, width=round(2.2 * sharp), joint="curve")
    for ring in shapely.get_rings(shown.zones):
        pen.line(page.at(ring), fill="#222222", width=round(1.6 * sharp), joint="curve")
    for point in shapely.centroid(shown.bridges):
        if frame.contains(point):
            (x, y), r = page.at(point)[0], 3.2 * sharp
            pen.ellipse((x - r, y - r, x + r, y + r), fill="#ffffff", outline=BARRIER, width=round(1.6 * sharp))
    for shape, label in zip(shown.zones, shown.labels, strict=True):
        pen.text(page.at(shapely.point_on_surface(shape))[0], label, fill="#000000", font=font, anchor="mm",
                 stroke_width=round(1.5 * sharp), stroke_fill="#ffffff")  # fmt: skip
    _foot(pen, page, ImageFont.load_default(11 * sharp))
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _fill(
    pen: ImageDraw.ImageDraw,
    page: _Sheet,
    shapes: np.ndarray,
    colours: list[str],
    *,
    empty: str,
    line: str | None = None,
) -> None:
    """Fill polygons, large ones first: what lies in the hole of another is painted after it."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    for at in np.argsort(-shapely.area(shapely.envelope(parts)), kind="stable"):
        rings = shapely.get_rings(parts[at])
        pen.polygon(page.at(rings[0]), fill=colours[owner[at]], outline=line)
        for hole in rings[1:]:
            pen.polygon(page.at(hole), fill=empty)


def _hatch(image: Image.Image, page: _Sheet, shapes: np.ndarray) -> None:
    """Lay thin oblique lines over polygons."""
    if not len(shapes):
        return
    inside, lines = Image.new("L", image.size, 0), Image.new("L", image.size, 0)
    _fill(ImageDraw.Draw(inside), page, shapes, ["#ffffff"] * len(shapes), empty="#000000")
    pen, (wide, high) = ImageDraw.Draw(lines), image.size
    for start in range(-high, wide, HATCH_PX):
        pen.line([(start, high), (start + high, 0)], fill=255, width=2)
    image.paste("#333333", mask=ImageChops.multiply(inside, lines))


def _foot(pen: ImageDraw.ImageDraw, page: _Sheet, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> None:
    (long, told), sharp = page.bar(), page.sharp
    y, end, right = (page.high - 12) * sharp, (MARGIN + long) * sharp, (WIDTH - MARGIN) * sharp
    pen.line([(MARGIN * sharp, y), (end, y)], fill="#222222", width=round(2 * sharp))
    pen.text((end + 6 * sharp, y), told, fill="#222222", font=font, anchor="lm")
    pen.text((right - 14 * sharp, y), "N", fill="#222222", font=font, anchor="rm")
    tip, foot = y - 9 * sharp, y + 5 * sharp
    pen.polygon([(right - 5 * sharp, tip), (right - 10 * sharp, foot), (right, foot)], fill="#222222")
