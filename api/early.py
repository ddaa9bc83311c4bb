"""What a map opened by its own address asks for first, asked for while its scripts are still being read."""

from __future__ import annotations

from math import asinh, pi, radians, tan
from typing import Any
from urllib.parse import urlencode

import orjson

from api.map_scripts import read_script

ASKED = ("start", "end", "category", "classes", "palette", "boundaries")
MOST_BLOCKS = 6
EARLY = "early/ask"
"""The script that asks; it stands in the document itself, before the file of all others."""


def early_requests(config: dict[str, Any]) -> list[tuple[str, int] | tuple[str, int, int]]:
    """
    Return the addresses a document will ask for first, each with the zoom from which it does (tiles: and their last).

    They are written as the scripts write them, value by value in the same order: only an equal address is found. For
    a star goes what the window's size tells: the detail, or a tile's place.

    Examples
    --------
    >>> state = {"level": "grid", "metric": "incident_count", "start": "2026-01-01T00:00:00Z"}
    >>> for url, zoom in early_requests({"ws": "demo", "state": state, "tiles": {"state": "small"}}):
    ...     print(url, zoom)
    /api/values?ws=demo&metric=incident_count&level=grid&start=2026-01-01T00%3A00%3A00Z 0
    /api/features/areas?ws=demo&level=grid&detail=* 0
    """
    state, tiles, workspace = config["state"], config["tiles"], config["ws"]
    level, area = state.get("level", ""), state.get("area", "")
    if not level or state.get("borders"):
        return []
    facts = tiles.get("levels", {}).get(level, {})
    is_tiled = not area and facts.get("seen", 0) > tiles.get("from", 0)
    first = facts.get("first", 0) if is_tiled else 0
    asked: list[tuple[str, int] | tuple[str, int, int]] = []
    if state.get("metric"):
        wanted = {"ws": workspace, "metric": state["metric"], "level": level, "within": area}
        asked.append((f"/api/values?{_query({**wanted, **{name: state.get(name) for name in ASKED}})}", first))
    if not is_tiled and (area == "" or tiles["state"] == "small"):
        query = _query({"ws": workspace, "level": level, "within": area})
        return [*asked, (f"/api/features/areas?{query}&detail=*", 0)]
    blocks = -(-facts.get("areas", 0) // tiles["block"])
    if is_tiled and blocks <= MOST_BLOCKS:
        query = _query({"ws": workspace, "seal": tiles["seal"]})
        asked += [(f"/api/tiles/{tiles['edition']}/ids/{level}/{block}?{query}", first) for block in range(blocks)]
        asked.append((f"/api/tiles/{tiles['edition']}/*?{query}&level={level}", first, facts["last"]))
    return asked


def _query(values: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in values.items() if value not in (None, "")})


def ground_box(bounds: list[float]) -> list[float]:
    """
    Return a box of longitude and latitude in pixels of zoom 0: left, top, right, bottom, at least a thousandth wide.

    Examples
    --------
    >>> ground_box([-180.0, 0.0, 180.0, 0.0])
    [0.0, 128.0, 256.0, 128.001]
    """
    west, south, east, north = bounds
    left, right = ((one + 180) / 360 * 256 for one in (west, east))
    top, bottom = (128 - asinh(tan(radians(one))) * 128 / pi for one in (north, south))
    return [left, top, max(right, left + 0.001), max(bottom, top + 0.001)]


def early_script(config: dict[str, Any]) -> str:
    """Return the script that asks, with what it asks for; no markup of any value can end it."""
    told = (early_requests(config), ground_box(config["bounds"]), config["lang"])
    words = ", ".join(orjson.dumps(one).decode() for one in told).replace("<", "\\u003c")
    return f"{read_script(EARLY)}askEarly({words});"
