"""An event plan as EVENT.json: what is not stated is left out, and reading it back gives the same plan."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import shapely

from data.events.reading import FORMAT, VERSION
from geo.crowd.event import Event


def event_document(event: Event) -> dict[str, Any]:
    """
    Return the content of the plan's EVENT.json.

    Examples
    --------
    >>> event_document(Event(event_id="e", name="Fair"))
    {'format': 'wangge-event', 'version': 1, 'event_id': 'e', 'name': 'Fair'}
    """
    return {"format": FORMAT, "version": VERSION, **_plain(event)}


def write_event(event: Event, path: Path) -> None:
    """Write the plan; the file appears whole or not at all."""
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(orjson.dumps(event_document(event), option=option))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            one.name: _plain(getattr(value, one.name))
            for one in fields(value)
            if one.name and not _is_default(getattr(value, one.name), one.default)
        }
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, shapely.Geometry):
        return orjson.loads(shapely.to_geojson(value))
    return value


def _is_default(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)
