"""A map sheet as SVG."""

from __future__ import annotations

from html import escape

import shapely

from data.events.safety_plan.paint import MARGIN, STYLES, WIDTH, Page, Style, in_order, number_point
from data.events.safety_plan.structure import Mark, Picture


def svg_of(picture: Picture) -> str:
    """
    Return the picture as SVG, every text escaped.

    Examples
    --------
    >>> from data.events.safety_plan.structure import Mark
    >>> drawn = svg_of(Picture("A<b", (Mark("area", shapely.box(0, 0, 100, 50), "1"),), (0, 0, 100, 50)))
    >>> drawn.startswith("<svg"), drawn.count("<path"), "A&lt;b" in drawn, ">1</text>" in drawn
    (True, 1, True, True)
    """
    page, marks = Page(picture), in_order(picture)
    drawn = "".join(_shape(page, one.shape, STYLES[one.sort]) for one in marks)
    numbers = "".join(_number(page, one) for one in marks if one.number)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH:.0f} {page.height:.0f}">'
        f"<title>{escape(picture.title)}</title>{drawn}{numbers}{_foot(page)}</svg>"
    )


def _shape(page: Page, shape: shapely.Geometry, style: Style) -> str:
    dash = ' stroke-dasharray="9 5"' if style.is_dashed else ""
    line = f'stroke="{style.stroke}" stroke-width="{style.wide}"{dash}'
    drawn = []
    for part in shapely.get_parts(shape):
        if shapely.get_dimensions(part) == 2:
            rings = "".join(f"M{_pairs(page.points(ring))}Z" for ring in shapely.get_rings(part))
            drawn.append(f'<path d="{rings}" fill="{style.fill or "none"}" fill-rule="evenodd" {line}/>')
        elif shapely.get_dimensions(part) == 1:
            drawn.append(f'<polyline points="{_pairs(page.points(part))}" fill="none" {line}/>')
        else:
            x, y = page.points(part)[0]
            drawn.append(f'<circle cx="{x}" cy="{y}" r="{style.radius}" fill="{style.fill or "none"}" {line}/>')
    return "".join(drawn)


def _pairs(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _number(page: Page, mark: Mark) -> str:
    x, y = page.points(number_point(mark))[0]
    if shapely.get_dimensions(mark.shape) == 0:
        x, y = x + 8, y - 6
    return (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="13" font-weight="600" '
        f'paint-order="stroke" stroke="#ffffff" stroke-width="3">{escape(mark.number)}</text>'
    )


def _foot(page: Page) -> str:
    long, told = page.bar()
    y, end = page.height - 12, MARGIN + long
    return (
        f'<line x1="{MARGIN}" y1="{y:.1f}" x2="{end:.1f}" y2="{y:.1f}" stroke="#222222" stroke-width="2"/>'
        f'<text x="{end + 8:.1f}" y="{y + 4:.1f}" font-size="13">{told}</text>'
        f'<text x="{WIDTH - MARGIN}" y="{y + 4:.1f}" font-size="14" text-anchor="end">N \u2191</text>'
    )
