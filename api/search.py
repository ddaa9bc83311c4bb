"""/api/search: areas by name or code, places, addresses, inside the caller's scope."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import Response

from api.ask import open_desk, read_text, read_whole
from api.replies import answers, reply_json


@answers
def search(request: Request) -> Response:
    """Answer with at most `limit` hits for the text `q`, best first."""
    desk = open_desk(request)
    limit = read_whole(request, "limit", low=1, high=50, default=12)
    text = read_text(request, "q").strip()
    hits = desk.search(text, limit=limit) if text else []
    titles = {one.key: one.title for one in desk.levels()}
    found = [
        {
            "kind": hit.kind,
            "id": hit.id,
            "title": hit.title,
            "subtitle": hit.subtitle,
            "lon": None if math.isnan(hit.lon) else hit.lon,
            "lat": None if math.isnan(hit.lat) else hit.lat,
            "level": hit.level,
            "level_title": titles.get(hit.level, ""),
        }
        for hit in hits
    ]
    return reply_json(request, {"edition": desk.store.edition, "hits": found})
