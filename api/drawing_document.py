"""/map/plan and /map/event: map documents to draw on; what is on them comes from the page that holds them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.ask import open_desk
from api.map_documents import asked_config, build_map, render_document
from api.replies import answers

PLAN_GROUND = "areas,area_outlines,water,roads"
EVENT_GROUND = "area_outlines,water,roads,buildings"


@answers
def planner(request: Request) -> Response:
    """Answer with the planner's map: the ground, a plan over it, the tools to redraw it."""
    return _drawing(request, PLAN_GROUND, "plan")


@answers
def organizer(request: Request) -> Response:
    """Answer with the organizer's map: the ground, an event plan over it, the tools to draw it."""
    return _drawing(request, EVENT_GROUND, "event")


def _drawing(request: Request, ground: str, bundle: str) -> Response:
    desk = open_desk(request)
    config = asked_config(request, desk, layers=ground)
    return render_document(build_map(desk, config), config, bundle=bundle)
