"""Our scripts of each map document, in the order they run, and all of a document's in one file."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from api.replies import missing

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "wangge"

SCRIPTS = (
    "core/base", "core/themes", "core/geometry", "core/mvt", "core/stage", "core/state",
    "draw/areas", "draw/tiled", "draw/pictured", "draw/outlines", "draw/lines", "draw/points", "draw/labels",
    "tools/synthetic", "tools/search", "tools/panel", "tools/toolbar", "tools/measure", "tools/legend",
    "tools/chooser", "tools/picture", "core/start",
)  # fmt: skip
"""Those of a map."""
LIVE_SCRIPTS = (
    *SCRIPTS[:-1],
    "live/store", "live/symbols", "live/draw", "live/replay", "live/connection", "live/list",
    "live/announce", "live/filters", "live/bar", "live/page",
    SCRIPTS[-1],
)  # fmt: skip
"""Those of the live map."""
COMING_SCRIPTS = (*SCRIPTS[:-1], "coming/draw", "coming/page", SCRIPTS[-1])
"""Those of the preview of a file."""
PLAN_SCRIPTS = (*SCRIPTS[:-1], "plan/acts", "plan/paint", "plan/tools", SCRIPTS[-1])
"""Those of the planner's map."""
EVENT_SCRIPTS = (*SCRIPTS[:-1], "plan/acts", "event/paint", "event/tools", "event/play", SCRIPTS[-1])
"""Those of the organizer's map."""
BUNDLES = {
    "map": SCRIPTS,
    "live": LIVE_SCRIPTS,
    "coming": COMING_SCRIPTS,
    "plan": PLAN_SCRIPTS,
    "event": EVENT_SCRIPTS,
}
"""The scripts of each document by the name of the file they come in."""


@lru_cache
def read_script(name: str) -> str:
    """Return the text of one of our scripts."""
    return (FOLDER / f"{name}.js").read_text("utf-8")


@lru_cache
def read_bundle(name: str) -> str:
    """Return all scripts of a document as one text: one request for a browser instead of two dozen."""
    return "\n".join(map(read_script, BUNDLES[name]))


@lru_cache
def bundle_url(name: str) -> str:
    """Return the address of a document's scripts with the seal of their content, so that browsers may keep them."""
    return f"/assets/scripts/{name}.js?v={sha256(read_bundle(name).encode()).hexdigest()[:12]}"


def bundle(request: Request) -> Response:
    """Answer with all scripts of one document."""
    name = request.path_params["name"]
    if name not in BUNDLES:
        raise missing(request.url.path)
    kept = "public, max-age=31536000, immutable" if "v" in request.query_params else "no-cache"
    return Response(read_bundle(name), media_type="text/javascript", headers={"Cache-Control": kept})
