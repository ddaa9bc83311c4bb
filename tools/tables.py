"""Write docs/settings.md and docs/catalogue.md: the settings, and every metric, layer, kind, source and format."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

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
    ("Layers", "layers", ("title", "group", "needs", "min_zoom")),
    ("Kinds of table", "data.kinds", ("title", "key", "shape", "columns")),
    ("Sources that come with the program", "data.sources", ("title", "provides", "licence", "attribution")),
    ("Detectors of the coordinate guard", "geo.crs.detectors", ("title", "source")),
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


PAGES = {"settings.md": settings_page, "catalogue.md": catalogue_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")
