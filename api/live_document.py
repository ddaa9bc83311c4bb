"""/map/live: the map document of the wall: the ground of every map, with what moves on it and the list beside it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.ask import find_workspace, open_desk, read_names, read_text, read_time
from api.map_documents import build_map, document_config, read_theme, render_document
from api.replay import read_limits
from api.replies import answers, read_language

GROUND = "areas,area_outlines,area_labels,water,roads"
WALL = ("area", "category", "stage", "unit", "speed", "view")


@answers
def wall(request: Request) -> Response:
    """Answer with the live map; the address may say area, category, stage, unit kind, time, speed, kiosk and sound."""
    desk = open_desk(request)
    asked = {name: read_text(request, name) for name in WALL if request.query_params.get(name)}
    at = read_time(request, "at")
    shown = {
        **{name: value for name, value in asked.items() if name != "view"},
        "at": at.isoformat() if at else "",
        "kiosk": read_text(request, "kiosk") == "1",
        "sound": read_text(request, "sound") == "1",
    }
    config = document_config(
        desk,
        workspace=find_workspace(request),
        language=read_language(request),
        theme=read_theme(request),
        state={"layers": read_names(request, "layers") or GROUND, "view": asked.get("view", "")},
    )
    config["live"] = {"state": shown, "feed": True, "limits": read_limits(desk)}
    return render_document(build_map(desk, config), config, bundle="live")
