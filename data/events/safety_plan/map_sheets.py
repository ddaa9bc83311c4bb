"""The map sheets: an overview and one sheet for each viewing area, numbers on the map and their meaning in a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import shapely

from data.events.safety_plan.structure import Block, Heading, Mark, Paragraph, Picture, clean, table
from geo.crowd.event import Event
from geo.crowd.event.drawing import coordinates
from geo.crs.metric import choose_metric_crs, project_points

EDGE_M = 40.0
"""Ground shown around what a sheet is about: a gate and the way to it stand inside."""
SORTS = {"areas": "area", "hazards": "hazard", "routes": "route", "barriers": "barrier", "exits": "exit",
         "entrances": "entrance", "places": "place"}  # fmt: skip
Shapes = dict[tuple[str, str], shapely.Geometry]
Say = Callable[..., str]


def map_chapter(event: Event, t: Say) -> Iterator[Block]:
    """Give the sheets; a thing without a place on the map is named instead."""
    shapes = shapes_in_metres(event)
    yield Heading(t("Map sheets"))
    if not shapes:
        yield Paragraph(t("Nothing of the plan has a place on the map yet."), is_warning=True)
        return
    unplaced = [area.name for area in event.areas if ("areas", area.area_id) not in shapes]
    if unplaced:
        names = clean(", ".join(unplaced))
        yield Paragraph(t("Not drawn on the map: {names}", names=names), is_warning=True)
    yield Heading(t("Overview"), 2)
    yield from _sheet(event, shapes, event.name, t, only=None)
    for area in event.areas:
        if ("areas", area.area_id) in shapes:
            yield Heading(clean(f"{area.area_id} {area.name}"), 2)
            yield from _sheet(event, shapes, area.name, t, only=area.area_id)


def shapes_in_metres(event: Event) -> Shapes:
    """Return where every thing of the plan is, in metres, by list and id; what has no place is left out."""
    things = [(what, thing_id, one) for what, thing_id, one in event.things() if what in SORTS]
    if event.front is not None:
        things.append(("front", "front", event.front))
    placed = [(what, thing_id, one, corners) for what, thing_id, one in things if (corners := coordinates(one))]
    if not placed:
        return {}
    flat = np.array([corner for *_, corners in placed for corner in corners], dtype=float)
    west, south = flat.min(axis=0)
    east, north = flat.max(axis=0)
    crs = choose_metric_crs((west, south, east, north)).crs
    found: Shapes = {}
    for what, thing_id, one, corners in placed:
        lon, lat = np.array(corners, dtype=float).T
        x, y = project_points(lon, lat, crs)
        found[what, thing_id] = _shape(np.column_stack([x, y]), is_ring=getattr(one, "shape", None) is not None)
    return found


def _shape(metres: np.ndarray, *, is_ring: bool) -> shapely.Geometry:
    if len(metres) == 1:
        return shapely.Point(metres[0])
    return shapely.Polygon(metres) if is_ring else shapely.LineString(metres)


def _sheet(event: Event, shapes: Shapes, title: str, t: Say, *, only: str | None) -> Iterator[Block]:
    """One sheet with its legend: of the whole (`only` None), or of one area and what serves it."""
    own = shapes if only is None else {("areas", only): shapes["areas", only]} | {
        key: shapes[key] for key in _serving(event, only) if key in shapes
    }  # fmt: skip
    west, south, east, north = shapely.total_bounds(list(own.values()))
    edge = max(EDGE_M, 0.06 * max(east - west, north - south))
    bounds = (west - edge, south - edge, east + edge, north + edge)
    frame = shapely.box(*bounds)
    marks: list[Mark] = []
    legend: list[tuple[str, str, str, str, str]] = []
    for what, thing_id, one in [*event.things(), ("front", "front", event.front)]:
        shape = shapes.get((what, thing_id))
        if shape is None or not _is_shown(what, one, only) or not shapely.intersects(shape, frame):
            continue
        sort = "front" if what == "front" else "post" if getattr(one, "is_post", False) else SORTS[what]
        number = "" if what == "routes" else str(len(legend) + 1)
        marks.append(Mark(sort, shape, number))
        if number:
            name = getattr(one, "name", "") or thing_id
            legend.append((number, _kind(what, one, t), thing_id, name, _detail(what, one)))
    if not marks:
        return
    yield Picture(clean(title), tuple(marks), bounds)
    yield table((t("No."), t("Kind of thing"), t("Code"), t("What it is called"), t("Size of it")), legend, numbers=[0])


def _serving(event: Event, area_id: str) -> list[tuple[str, str]]:
    exits = [("exits", one.exit_id) for one in event.exits if one.area_id == area_id]
    return [*exits, *(("entrances", one.entrance_id) for one in event.entrances if area_id in one.area_ids)]


def _is_shown(what: str, one: Any, only: str | None) -> bool:
    """The overview leaves gates to the sheets of the areas; junctions only join routes."""
    if what == "places":
        return bool(one.kind != "junction")
    return only is not None or what not in ("exits", "entrances")


def _kind(what: str, one: Any, t: Say) -> str:
    if what == "places":
        return t("Post of the plan") if one.is_post else t(one.kind)
    names = {"areas": t("Viewing area"), "exits": t("Exit"), "entrances": t("Entrance"), "barriers": t("Barrier"),
             "hazards": t("Danger"), "front": t("Front")}  # fmt: skip
    return names[what]


def _detail(what: str, one: Any) -> str:
    if what == "areas":
        return f"{one.usable_m2:,.0f} m²"
    width = getattr(one, "clear_width_m", None)
    return "" if width is None else f"{width:g} m"
