"""Things of an event plan out of a file of shapes: viewing areas, exits, routes as another program has them."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pandas as pd
import shapely

from data.formats import RawTable, read_file
from data.imports.coordinates import choose_crs, shapes_to_lon_lat
from data.language import translate_say
from geo.contracts import raise_faults
from geo.crowd.event import Event
from geo.crowd.event.drawing import LINES, MAKERS, RINGS, change, draw, ground_m2
from geo.crowd.event.event import THINGS
from geo.crowd.event.ground import Barrier, Entrance, Exit, Hazard, Place, Route, ViewingArea
from geo.crowd.event.words import field_words
from geo.errors import Say, SchemaError, name_few, say

KINDS: dict[str, type[Any]] = {
    "areas": ViewingArea, "exits": Exit, "entrances": Entrance, "routes": Route, "places": Place, "barriers": Barrier,
    "hazards": Hazard,
}  # fmt: skip
LISTS = tuple(MAKERS)
MOST_FAULTS, MOST_THINGS = 20, 2000
YES, NO = ("true", "yes", "1", "是"), ("false", "no", "0", "否", "")


@dataclass(frozen=True)
class Added:
    """What a file brought: ids of the new things, the columns that were taken, and those that were not."""

    ids: tuple[str, ...]
    taken: tuple[str, ...]
    left: tuple[str, ...]


def add_shapes(event: Event, path: Path, what: str, *, crs: str | None = None) -> tuple[Event, Added]:
    """
    Put every shape of a file into one list of the plan, as if it had been drawn, and say what came of the columns.

    Parameters
    ----------
    event
        The plan; what it has stays.
    path
        Any format that areas and incidents are imported from.
    what
        areas, hazards (polygons), routes, barriers (lines), exits, entrances or places (points). A shape of several
        parts is as many things; of other shapes a point takes one inside.
    crs
        The coordinate system, where the file does not say it or says it wrongly.

    Columns are taken by the name of the field or by the word of the form in either language, with or without its unit:
    `clear_width_m`, "Clear width (m)", "净宽". A code that is there already, or a value that cannot be meant, refuses
    the whole file. A hole is no ground to stand on.

    Raises
    ------
    GridError
        If the file cannot be read; SchemaError naming every row that is at fault.
    """
    raw = read_file(path)
    things = _parts(raw, what, crs)
    columns = _columns(raw, KINDS[what])
    faults: list[Say] = []
    added: list[str] = []
    for row, part in things:
        values = _values(raw, row, KINDS[what], columns, faults)
        try:
            event, thing_id = draw(event, what, _points(part))
            values = _holes(what, part) | values
            wanted = values.get(THINGS[what], thing_id)
            event = change(event, what, thing_id, **values)
            added.append(str(wanted))
        except SchemaError as error:
            faults.append(say("row {row}: {found}", row=row + 1, found=error.found))
    if len(faults) > MOST_FAULTS:
        faults = [*faults[:MOST_FAULTS], say("and {count} more", count=len(faults) - MOST_FAULTS)]
    raise_faults(SchemaError, say("rows that can be put into the plan"), faults, say("correct {file}", file=raw.file))
    left = tuple(name for name in raw.frame.columns if name not in columns.values())
    return event, Added(tuple(added), tuple(columns.values()), left)


def _parts(raw: RawTable, what: str, crs: str | None) -> list[tuple[int, Any]]:
    """The shape of each thing in degrees, with its row; all that is wrong with the shapes at once."""
    if raw.geometry is None or not any(one is not None for one in raw.geometry):
        raise SchemaError(
            say("shapes in {file}", file=raw.file), say("a table without any"),
            say("give a file of polygons, lines or points, such as GeoJSON or a shapefile in a ZIP"),
        )  # fmt: skip
    named, _ = choose_crs(raw.crs, crs, raw.file)
    flat = shapes_to_lon_lat(raw.geometry, named)
    wanted = "Polygon" if what in RINGS else "LineString" if what in LINES else "Point"
    wrong = [row + 1 for row, one in enumerate(flat) if one is None or one.is_empty or not _fits(one, wanted)]
    if wrong:
        raise SchemaError(
            say("a {kind} in every row of {file}", kind=wanted, file=raw.file),
            say("another shape or none in rows {rows}", rows=name_few(wrong)),
            say("choose another list, or leave these rows out"),
        )
    parts = [(row, part) for row, one in enumerate(flat) for part in _split(one, wanted)]
    if len(parts) > MOST_THINGS:
        raise SchemaError(
            say("at most {most} things", most=MOST_THINGS), say("{count}", count=len(parts)),
            say("give a file of this event alone"),
        )  # fmt: skip
    return parts


def _fits(shape: Any, wanted: str) -> bool:
    return wanted == "Point" or shape.geom_type in (wanted, f"Multi{wanted}")


def _split(shape: Any, wanted: str) -> list[Any]:
    if wanted == "Point":
        return [shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)]
    return list(shapely.get_parts(shape))


def _points(shape: Any) -> list[tuple[float, float]]:
    line = shape.exterior if shape.geom_type == "Polygon" else shape
    points = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
    return points[:-1] if shape.geom_type == "Polygon" else points


def _holes(what: str, shape: Any) -> dict[str, Any]:
    """The outline with its holes, and of a viewing area the ground without them; nothing where there are none."""
    if what not in RINGS or not len(shape.interiors):
        return {}
    lost = sum(ground_m2(shapely.get_coordinates(one)[:-1].tolist()) for one in shape.interiors)
    ground = {"usable_m2": ground_m2(_points(shape)) - lost} if what == "areas" else {}
    return {"shape": shape, **ground}


def _columns(raw: RawTable, kind: type[Any]) -> dict[str, str]:
    """Field of the plan to column of the file, for the columns whose name says a field."""
    known: dict[str, str] = {}
    for one in fields(kind):
        if one.name in ("shape", "line", "lon", "lat"):
            continue
        words = field_words(kind, one.name)
        titles = [translate_say(words, language) for language in ("en", "zh_CN")]
        for title in (one.name, *titles, *(title.rsplit(" (", 1)[0].rsplit("（", 1)[0] for title in titles)):
            known.setdefault(_plain(title), one.name)
    found: dict[str, str] = {}
    for column in raw.frame.columns:
        name = known.get(_plain(str(column)))
        if name is not None:
            found.setdefault(name, column)
    return found


def _plain(text: str) -> str:
    return "".join(text.lower().split()).replace("（", "(").replace("）", ")")


def _values(raw: RawTable, row: int, kind: type[Any], columns: dict[str, str], faults: list[Say]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for name, column in columns.items():
        cell = raw.frame[column].iloc[row]
        text = "" if cell is None or pd.isna(cell) else str(cell).strip()
        if not text:
            continue
        try:
            values[name] = _value(hints[name], text)
        except ValueError:
            faults.append(say("row {row}: {column} is {value!r}", row=row + 1, column=column, value=text[:40]))
    return values


def _value(hint: Any, text: str) -> Any:
    """A cell as the field keeps it; ValueError where it cannot be meant."""
    inner = [one for one in get_args(hint) if one is not type(None)] if get_origin(hint) not in (tuple, Literal) else []
    kind = inner[0] if inner else hint
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise ValueError(text)
        return text
    if get_origin(kind) is tuple:
        return tuple(one.strip() for one in text.replace("，", ",").replace("、", ",").split(",") if one.strip())
    if kind is bool:
        if text.lower() not in (*YES, *NO):
            raise ValueError(text)
        return text.lower() in YES
    if kind in (int, float):
        number = float(text)
        if not math.isfinite(number) or (kind is int and not number.is_integer()):
            raise ValueError(text)
        return kind(number)
    return text
