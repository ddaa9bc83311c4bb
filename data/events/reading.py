"""EVENT.json into an event plan: every fault of the file at once, each with its place in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson
import shapely
from shapely.geometry import shape as shape_of

from geo.contracts import raise_faults
from geo.crowd.event import Event
from geo.errors import FormatError, Say, SchemaError, name_few, say

FORMAT, VERSION = "wangge-event", 1
MOST_BYTES = 50 * 2**20
MOST_FAULTS = 20


def read_event(path: Path) -> Event:
    """
    Read an event plan from a JSON file.

    What is wrong with the plan itself (a width of zero, an exit in no area) is found by `geo.crowd.event`; here only
    what cannot be read as a plan is refused.

    Raises
    ------
    FormatError
        If the file is too large or no JSON.
    SchemaError
        If keys are missing, unknown or of the wrong kind: all of them in one message, each with its place.
    """
    if path.stat().st_size > MOST_BYTES:
        raise FormatError(
            say("an event file of at most {most} MB", most=MOST_BYTES // 2**20),
            say("{name} is larger", name=path.name),
            say("leave pictures and other layers out"),
        )
    try:
        document = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise FormatError(
            say("JSON in {file}", file=path.name), say("{error}", error=str(error)), say("write it as in the samples")
        ) from None
    return event_from_document(document)


def event_from_document(document: Any) -> Event:
    """
    Turn the content of an EVENT.json into a plan.

    Examples
    --------
    >>> event_from_document({"format": "wangge-event", "version": 1, "event_id": "e", "name": "Fair"}).name
    'Fair'
    >>> event_from_document({"format": "wangge-event", "version": 1, "name": 3, "exit": []})
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: an event plan as docs/event-file.md describes it; found: no event_id; \
name is 3, not text; unknown key exit; to do: correct the file
    """
    faults: list[Say] = []
    event: Any = None
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        faults.append(say("no key format with the value {name}", name=FORMAT))
    elif document.get("version") != VERSION:
        faults.append(say("version {version!r} of the format, not {known}", version=document.get("version"),
                          known=VERSION))  # fmt: skip
    else:
        content = {key: value for key, value in document.items() if key not in ("format", "version")}
        event = _thing(Event, content, "", faults)
    if len(faults) > MOST_FAULTS:
        faults = [*faults[:MOST_FAULTS], say("and {count} more", count=len(faults) - MOST_FAULTS)]
    raise_faults(SchemaError, say("an event plan as docs/event-file.md describes it"), faults, say("correct the file"))
    assert isinstance(event, Event)
    return event


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _thing(kind: type, value: Any, where: str, faults: list[Say]) -> Any:
    """One dataclass out of one JSON object; None and a fault where that cannot be."""
    if not isinstance(value, Mapping):
        faults.append(_wrong(where, value, say("an object")))
        return None
    before = len(faults)
    known = {one.name: one for one in fields(kind)}
    given: dict[str, Any] = {}
    for name, one in known.items():
        place = f"{where}.{name}" if where else name
        if name in value:
            given[name] = _value(_hints(kind)[name], value[name], place, faults)
        elif one.default is MISSING:
            faults.append(say("no {place}", place=place))
    unknown = [f"{where}.{key}" if where else str(key) for key in value if key not in known]
    if unknown:
        faults.append(say("unknown key {names}", names=name_few(unknown)))
    return kind(**given) if len(faults) == before else None


def _value(hint: Any, value: Any, where: str, faults: list[Say]) -> Any:
    if get_origin(hint) in (Union, UnionType):
        inner = [one for one in get_args(hint) if one is not NoneType]
        return None if value is None else _value(inner[0], value, where, faults)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            faults.append(_wrong(where, value, say("a list")))
            return ()
        inner_hint = get_args(hint)[0]
        return tuple(_value(inner_hint, one, f"{where}[{at}]", faults) for at, one in enumerate(value))
    if is_dataclass(hint):
        return _thing(hint, value, where, faults)  # type: ignore[arg-type]
    if get_origin(hint) is Literal:
        return _choice(get_args(hint), value, where, faults)
    return _plain(hint, value, where, faults)


def _choice(allowed: tuple[str, ...], value: Any, where: str, faults: list[Say]) -> Any:
    if value not in allowed:
        faults.append(_wrong(where, value, say("one of {choices}", choices=", ".join(allowed))))
    return value


def _plain(hint: Any, value: Any, where: str, faults: list[Say]) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if hint is str:
        wanted, fits = say("text"), isinstance(value, str)
    elif hint is bool:
        wanted, fits = say("true or false"), isinstance(value, bool)
    elif hint is int:
        wanted, fits = say("a whole number"), number and float(value).is_integer()
        value = int(value) if fits else value
    elif hint is float:
        wanted, fits = say("a number"), number and math.isfinite(value)
        value = float(value) if fits else value
    elif hint is datetime:
        return _moment(value, where, faults)
    else:
        return _shape(hint, value, where, faults)
    if not fits:
        faults.append(_wrong(where, value, wanted))
    return value


def _moment(value: Any, where: str, faults: list[Say]) -> Any:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        faults.append(_wrong(where, value, say("a moment such as 2026-09-27T13:10:00+08:00")))
        return None


def _shape(hint: type[shapely.Geometry], value: Any, where: str, faults: list[Say]) -> Any:
    """A GeoJSON geometry in degrees, valid, of the wanted type."""
    try:
        shape = shape_of(value)
        inside = not shape.is_empty and all(abs(x) <= 180 and abs(y) <= 90 for x, y in shapely.get_coordinates(shape))
        if isinstance(shape, hint) and inside and shape.is_valid:
            return shape
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        pass
    faults.append(say("{place} is no valid GeoJSON {kind} in degrees", place=where, kind=hint.__name__))
    return None


def _wrong(where: str, value: Any, wanted: Say) -> Say:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return say("{place} is {value}, not {wanted}", place=where or "the file", value=shown, wanted=wanted)
