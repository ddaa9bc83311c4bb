"""/map/plan: the map document of the planner: the ground of every map, a plan over it, the tools to redraw it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.ask import find_workspace, open_desk
from api.map_documents import build_map, document_config, read_state, read_theme, render_document
from api.map_scripts import PLAN_SCRIPTS
from api.replies import answers, read_language

GROUND = "areas,area_outlines,water,roads"


@answers
def planner(request: Request) -> Response:
    """Answer with the planner's map; what is on it comes from the page that holds it."""
    desk = open_desk(request)
    config = document_config(
        desk,
        workspace=find_workspace(request),
        language=read_language(request),
        theme=read_theme(request),
        state={"layers": GROUND, **read_state(request)},
    )
    return render_document(build_map(desk, config), config, scripts=PLAN_SCRIPTS)
