"""A map sheet as PNG, for Word: the same marks and numbers as the SVG."""

from __future__ import annotations

from io import BytesIO

import shapely
import shapely.ops
from PIL import Image, ImageDraw, ImageFont

from data.events.safety_plan.paint import MARGIN, STYLES, WIDTH, Page, Style, in_order, number_point
from data.events.safety_plan.structure import Picture

SHARP = 2.0
"""Pixels for one unit of the page: about 270 to the inch on A4."""


def png_of(picture: Picture) -> bytes:
    """
    Return the picture as PNG. It bears numbers alone: what they mean stands in the legend's table, in any script.

    Examples
    --------
    >>> from data.events.safety_plan.structure import Mark
    >>> png_of(Picture("A", (Mark("area", shapely.box(0, 0, 100, 50), "1"),), (0, 0, 100, 50)))[:4]
    b'\\x89PNG'
    """
    page, marks = Page(picture), in_order(picture)
    image = Image.new("RGB", (round(WIDTH * SHARP), round(page.height * SHARP)), "#ffffff")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(13 * SHARP)
    for one in marks:
        for part in shapely.get_parts(one.shape):
            _draw(pen, page, part, STYLES[one.sort])
    for one in marks:
        if one.number:
            x, y = page.points(number_point(one))[0]
            if shapely.get_dimensions(one.shape) == 0:
                x, y = x + 8, y - 6
            pen.text((x * SHARP, y * SHARP), one.number, fill="#000000", font=font, anchor="mm",
                     stroke_width=round(1.5 * SHARP), stroke_fill="#ffffff")  # fmt: skip
    _foot(pen, page, font)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw(pen: ImageDraw.ImageDraw, page: Page, part: shapely.Geometry, style: Style) -> None:
    wide = max(round(style.wide * SHARP), 1)
    if shapely.get_dimensions(part) == 2:
        ring = [(x * SHARP, y * SHARP) for x, y in page.points(shapely.get_rings(part)[0])]
        pen.polygon(ring, fill=style.fill or None)
        pen.line(ring, fill=style.stroke, width=wide, joint="curve")
    elif shapely.get_dimensions(part) == 1:
        corners = [(x * SHARP, y * SHARP) for x, y in page.points(part)]
        for piece in _dashes(corners) if style.is_dashed else [corners]:
            pen.line(piece, fill=style.stroke, width=wide, joint="curve")
    else:
        x, y = page.points(part)[0]
        r = style.radius
        box = ((x - r) * SHARP, (y - r) * SHARP, (x + r) * SHARP, (y + r) * SHARP)
        pen.ellipse(box, fill=style.fill or None, outline=style.stroke, width=wide)


def _dashes(corners: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    line, step = shapely.LineString(corners), 14 * SHARP
    pieces = [
        shapely.ops.substring(line, at * step, at * step + 9 * SHARP) for at in range(int(line.length // step) + 1)
    ]
    return [[(x, y) for x, y in one.coords] for one in pieces if len(one.coords) > 1]


def _foot(pen: ImageDraw.ImageDraw, page: Page, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> None:
    long, told = page.bar()
    y, x = (page.height - 12) * SHARP, (WIDTH - MARGIN) * SHARP
    pen.line([(MARGIN * SHARP, y), ((MARGIN + long) * SHARP, y)], fill="#222222", width=round(2 * SHARP))
    pen.text(((MARGIN + long + 8) * SHARP, y), told, fill="#222222", font=font, anchor="lm")
    pen.text((x - 16 * SHARP, y), "N", fill="#222222", font=font, anchor="rm")
    pen.polygon([(x - 6 * SHARP, y - 9 * SHARP), (x - 11 * SHARP, y + 5 * SHARP), (x - SHARP, y + 5 * SHARP)],
                fill="#222222")  # fmt: skip
