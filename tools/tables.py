"""Write the tables of docs/: settings, the catalogue of every SPEC, and the keys of EVENT.json."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SETTINGS_HEAD = """# Settings

Every threshold has its unit, its meaning and where its default comes from. A workspace may hold its own value; the
defaults stand in `data/settings.py`. Written by `make tables`.

Environment: `WANGGE_HOME` is the folder of all workspaces (default `var`), `WANGGE_ACTOR` who the command line acts as,
`WANGGE_HOSTS` the host names the service answers to besides addresses and localhost, separated by commas.

| setting | default | unit | what it means | set by |
|---|---|---|---|---|
"""
CATALOGUE_HEAD = """# Catalogue

One new metric, layer, kind, source or format is one new file that ends in a `SPEC`; it is found by discovery, listed
on its page and tested by the tests that run over the whole catalogue. Written by `make tables`.
"""
LISTS = (
    ("Metrics", "geo.metrics", ("title", "unit", "help", "source")),
    ("Code schemes", "geo.areas.codes", ("title", "help", "source")),
    ("Rule sets for crowds", "geo.crowd.rules", ("title", "version", "help", "source")),
    ("Layers", "layers", ("title", "group", "needs", "min_zoom")),
    ("Kinds of table", "data.kinds", ("title", "key", "shape", "columns")),
    ("Sources that come with the program", "data.sources", ("title", "provides", "licence", "attribution")),
    ("Detectors of the coordinate guard", "geo.crs.detectors", ("title", "source")),
    ("Hard rules of a roster", "geo.crowd.roster.rules", ("title", "help", "source")),
    ("Staffing ratios", "geo.crowd.roster.ratios", ("title", "visitors", "least", "source")),
    ("Parts of the board of the day", "geo.crowd.board.parts", ("title", "kinds")),
    ("File formats read", "data.formats", ("title", "endings")),
)


def settings_page() -> str:
    """Return the table of settings."""
    from data.settings import SETTINGS

    return SETTINGS_HEAD + "".join(_row([f"`{s.name}`", s.default, s.unit, s.help, s.source]) for s in SETTINGS)


def catalogue_page() -> str:
    """Return the lists of what one new file each adds to."""
    from geo.catalogue import discover

    text = CATALOGUE_HEAD
    for title, package, columns in LISTS:
        text += f"\n## {title} (`{package.replace('.', '/')}`)\n\n"
        text += _row(["name", *columns]) + "|---" * (len(columns) + 1) + "|\n"
        for name, spec in discover(importlib.import_module(package)).items():
            text += _row([f"`{name}`", *(getattr(spec, column) for column in columns)])
    return text


def _row(values: list[Any]) -> str:
    cells = (", ".join(map(str, value)) if isinstance(value, tuple) else str(value) for value in values)
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |\n"


EVENT_HEAD = """# The event file

`EVENT.json` is one event plan: ground, ways, people, time line, rules. It is one JSON object with `"format":
"wangge-event"` and `"version": 1`. Keys with a dash for a default are required; a key that is not listed is refused;
all faults of a file come in one message. Positions are CGCS2000/WGS84 degrees, outlines and courses GeoJSON geometries,
moments ISO 8601 with their offset. [Crowds](crowd.md) says what is computed from it. Written by `make tables`.
"""


def event_page() -> str:
    """Return the keys of EVENT.json, from the dataclasses that read it."""
    from geo.crowd import event

    text = EVENT_HEAD
    kinds = [event.Event, event.event.RuleValue, *(getattr(event, name) for name in EVENT_PARTS)]
    for kind in kinds:
        first = (kind.__doc__ or "").strip().splitlines()[0]
        text += f"\n## {kind.__name__}\n\n{first}\n\n" + _row(["key", "meaning", "unit", "kind", "default"])
        text += "|---|---|---|---|---|\n"
        for one in dataclasses.fields(kind):
            text += _row([f"`{one.name}`", one.metadata["text"], one.metadata["unit"], _kind(one.type), _default(one)])
    return text


def _kind(hint: Any) -> str:
    """The words of a type, as a person writes JSON; a Literal is the list of its choices."""
    from geo.crowd.event import event, ground, people, times

    choices = {**vars(ground), **vars(people), **vars(times), **vars(event)}
    words = str(hint).replace(" | None", "").replace("shapely.", "")
    many = words.startswith("tuple[")
    words = words.removeprefix("tuple[").removesuffix(", ...]")
    if get_origin(choices.get(words)) is Literal:
        words = " or ".join(f"`{one}`" for one in get_args(choices[words]))
    words = {"str": "text", "int": "whole number", "float": "number", "bool": "true, false", "datetime": "moment"}.get(
        words, words
    )
    return f"list of {words}" if many else words


def _default(one: Any) -> str:
    if one.default is dataclasses.MISSING:
        return "–"
    return {None: "unset", (): "empty", "": "empty"}.get(one.default, f"`{one.default}`")


EVENT_PARTS = (
    "ViewingArea", "Entrance", "Exit", "Route", "Place", "Barrier", "Hazard", "Phase", "Crowd", "Team", "Duty", "Front",
    "Passage", "Sighting",
)  # fmt: skip
PAGES = {"settings.md": settings_page, "catalogue.md": catalogue_page, "event-file.md": event_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")
