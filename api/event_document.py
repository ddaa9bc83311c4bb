"""/map/event: the organizer's map document: the ground of every map, an event plan over it, tools to draw it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.ask import find_workspace, open_desk
from api.map_documents import build_map, document_config, read_state, read_theme, render_document
from api.map_scripts import EVENT_SCRIPTS
from api.replies import answers, read_language

GROUND = "area_outlines,water,roads,buildings"


@answers
def organizer(request: Request) -> Response:
    """Answer with the organizer's map; what is on it comes from the page that holds it."""
    desk = open_desk(request)
    config = document_config(
        desk,
        workspace=find_workspace(request),
        language=read_language(request),
        theme=read_theme(request),
        state={"layers": GROUND, **read_state(request)},
    )
    return render_document(build_map(desk, config), config, scripts=EVENT_SCRIPTS)
