"""Every address this service answers beside Streamlit's own."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.auth import become
from api.board_files import board_files
from api.coming_document import coming, coming_rows
from api.drawing_document import organizer, planner
from api.features import features
from api.ingest import close_connections as close_clients
from api.ingest import ingest
from api.live import close_hubs, live
from api.live_document import wall
from api.map_documents import ASSETS, view
from api.map_export import export
from api.map_scripts import bundle
from api.plan_acts import plan_acts
from api.replay import area_ids, area_names, frame, replay, trail
from api.replies import answers, missing
from api.search import search
from api.tiles import tile, tiles, words
from api.values import values


class Assets(StaticFiles):
    """Our own files; an address that carries the seal of its content may be kept for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with one file."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            sealed = b"v=" in scope.get("query_string", b"")
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if sealed else "no-cache"
        return response


@answers
def nothing(request: Request) -> Response:
    """Answer an unknown address of the API with the three-part message, not with Streamlit's page."""
    raise missing(request.url.path)


async def close_connections() -> None:
    """Close what routes keep open to the writer: the service ends."""
    await close_hubs()
    await close_clients()


def build_routes() -> list[BaseRoute]:
    """Return the routes for st.App; the gate stands around all of them."""
    return [
        Route("/map/view", view),
        Route("/map/export", export),
        Route("/map/live", wall),
        Route("/map/coming", coming),
        Route("/api/coming/{token}", coming_rows),
        Route("/map/plan", planner),
        Route("/map/event", organizer),
        Route("/api/plan/{session}/acts", plan_acts, methods=["POST"]),
        Route("/api/board/{board_id}/{name}", board_files),
        Route("/api/features/{layer}", features),
        Route("/api/values", values),
        Route("/api/search", search),
        Route("/api/ingest/{kind}", ingest, methods=["POST"]),
        WebSocketRoute("/api/live", live),
        Route("/api/tiles", tiles),
        Route("/api/tiles/{edition:int}/{z:int}/{x:int}/{y:int}", tile),
        Route("/api/tiles/{edition:int}/{what}/{level}/{block:int}", words),
        Route("/api/replay", replay),
        Route("/api/replay/frame", frame),
        Route("/api/trail", trail),
        Route("/api/area_ids", area_ids),
        Route("/api/area_names", area_names),
        Route("/auth/as/{account_id}", become),
        Route("/assets/scripts/{name}.js", answers(bundle)),
        Mount("/assets", Assets(directory=ASSETS)),
        Route("/api/{rest:path}", nothing),
        Route("/map/{rest:path}", nothing),
    ]
