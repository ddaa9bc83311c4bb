"""What a map opened by its own address asks for first, asked for while its scripts are still being read."""

from __future__ import annotations

from math import asinh, pi, radians, tan
from typing import Any
from urllib.parse import urlencode

import orjson

ASKED = ("start", "end", "category", "classes", "palette", "boundaries")
MOST_BLOCKS = 6
SCRIPT = """WanggeEarly={};if(window.parent===window)(function(asked,box,language){
const zoom=Math.floor(4*Math.log2(Math.min((innerWidth-32)/(box[2]-box[0]),(innerHeight-32)/(box[3]-box[1]))))/4;
const ask=(url)=>{WanggeEarly[url]=fetch(url,{credentials:"same-origin",headers:{"X-Wangge-Language":language}});
WanggeEarly[url].catch(()=>{});};
for(const [url,first,last] of asked){if(zoom<first)continue;
if(last===undefined){ask(url.replace("detail=*","detail="+(zoom<11.5?0:zoom<14?1:2)));continue;}
const z=Math.min(last,Math.floor(zoom)),side=256/2**z,reach=[innerWidth,innerHeight].map((one)=>0.65*one/2**zoom);
const ends=[0,1].map((i)=>{const middle=(box[i]+box[i+2])/2;
return [Math.max(box[i],middle-reach[i]),Math.min(box[i+2],middle+reach[i])].map((one)=>Math.floor(one/side));});
for(let x=ends[0][0];x<=ends[0][1];x++)for(let y=ends[1][0];y<=ends[1][1];y++)ask(url.replace("*",z+"/"+x+"/"+y));}
})(%s);"""
"""Asks for each address whose areas can be seen from the zoom at which everything fits, and for the tiles in view
there; nothing inside a page, which says only later what is shown. The scripts take an answer by its address and ask
again for what is not there."""


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
    """Return the script that asks, to stand before all others."""
    asked = orjson.dumps(early_requests(config)).decode()
    told = f"{asked},{ground_box(config['bounds'])},{orjson.dumps(config['lang']).decode()}"
    return SCRIPT % told.replace("<", "\\u003c")
