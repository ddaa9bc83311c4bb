"""/api/tiles: areas as vector tiles inside the caller's scope, with the ids and names their numbers stand for."""

from __future__ import annotations

import gzip
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.ask import open_desk, read_text, read_within
from api.kept import Kept
from api.replies import answers, encode, missing, pack, reply_json
from data.tiles.editions import areas_edition, tile_state
from data.tiles.scoped import BLOCK, TileView, tile_view
from data.tiles.worker import start_build

MEDIA = "application/vnd.mapbox-vector-tile"
TILES = Kept(4000, 128 * 2**20)


def _seal(view: TileView) -> dict[str, str]:
    return {
        "ETag": f'"{view.seal}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Vary": "Cookie, Accept-Encoding",
    }


def _find(request: Request, desk: Any) -> TileView:
    """Return the caller's view of the edition in the address; tiles of any other edition are not there."""
    view = tile_view(desk, read_within(request, desk))
    if view is None or request.path_params["edition"] != view.edition:
        raise missing(f"/{request.path_params['edition']}")
    return view


def _level(view: TileView, level: str) -> str:
    if level not in view.levels or not len(view.levels[level].numbers):
        raise missing(level)
    return level


@answers
def tile(request: Request) -> Response:
    """Answer with one tile; 204 where the caller has nothing in it."""
    desk = open_desk(request)
    view = _find(request, desk)
    asked = read_text(request, "level")
    level = _level(view, asked) if asked else None
    headers = _seal(view)
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    z, x, y = (int(request.path_params[one]) for one in "zxy")
    if z > 24 or x >= 2**z or y >= 2**z:
        raise missing(f"{z}/{x}/{y}")
    body = TILES.get((view.seal, level, z, x, y), lambda: (view.tile(z, x, y, level),))[0]
    if not body:
        return Response(status_code=204, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body, headers={**headers, "Content-Encoding": "gzip"}, media_type=MEDIA)
    return Response(gzip.decompress(body), headers=headers, media_type=MEDIA)


@answers
def words(request: Request) -> Response:
    """Answer with the ids or the names of a block of areas."""
    desk = open_desk(request)
    view = _find(request, desk)
    level, what, block = (
        _level(view, request.path_params["level"]),
        request.path_params["what"],
        request.path_params["block"],
    )
    headers = _seal(view)
    if what not in ("ids", "names"):
        raise missing(what)
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)

    def build() -> tuple[bytes, bytes]:
        body = encode(getattr(view, what)(level, block))
        return body, pack(body)

    body, packed = TILES.get((view.seal, what, level, block), build)
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="application/json")
    return Response(body, headers=headers, media_type="application/json")


def describe_tiles(desk: Any, within: str | None) -> dict[str, Any]:
    """Return whether there are tiles, how far their making is, and what each level has in them."""
    state = tile_state(desk.store)
    if state.state == "waiting":
        start_build(desk.store)
        state = tile_state(desk.store)
    told: dict[str, Any] = {
        "state": state.state,
        "edition": areas_edition(desk.store),
        "share": round(state.share, 2),
        "from": int(desk.setting("tiles_from_areas")),
        "block": BLOCK,
    }
    view = tile_view(desk, within)
    return told if view is None else {**told, "state": "ready", "seal": view.seal, "levels": view.facts()}


@answers
def tiles(request: Request) -> Response:
    """Answer with the state of the tiles; `within` narrows what is counted as seen."""
    desk = open_desk(request)
    return reply_json(request, describe_tiles(desk, read_within(request, desk)))
