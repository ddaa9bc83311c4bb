"""/api/plan/{session}/acts: acts of the planner's tools, done at once and answered with the plan they lead to."""

from __future__ import annotations

from anyio import to_thread
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.ask import open_desk
from api.auth import OWN_SITES
from api.replies import answers, missing, reply_json
from data.planning.editor.held import find_session, keep_session
from data.planning.editor.told import answer_acts, read_acts
from geo.errors import ScopeError, say

MOST_BYTES = 2**21


async def plan_acts(request: Request) -> Response:
    """Do acts in a session of this person's that a page has open: 400 not acts, 403 not from a page, 404 no session."""
    try:
        body = await _read_body(request)
    except ClientDisconnect:
        return Response(status_code=400)
    return await to_thread.run_sync(answers(lambda asked: _answer(asked, body)), request)


def _answer(request: Request, body: bytes) -> Response:
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES:
        raise ScopeError(
            say("acts of the planner's tools"),
            say("acts that another site's page sent"),
            say("draw on a page of this service"),
        )
    desk = open_desk(request)
    session = find_session(
        request.path_params["session"], workspace=desk.store.workspace, account_id=desk.account.account_id
    )
    if session is None:
        raise missing(request.url.path)
    answer = reply_json(request, answer_acts(session, read_acts(body)))
    answer.background = BackgroundTask(keep_session, session, desk.account)
    return answer


async def _read_body(request: Request) -> bytes:
    """Read as much as acts can have; one byte more is never read as acts."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        parts.append(part)
        if size > MOST_BYTES:
            return b""
    return b"".join(parts)
