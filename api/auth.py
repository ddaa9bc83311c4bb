"""/auth/as/<account_id>: become another person of a demonstration workspace."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.ask import find_workspace
from api.gate import COOKIE, MAX_ACCOUNTS, read_secret, sign_accounts
from api.replies import answers
from data.store import open_store
from geo.errors import ScopeError, say

COOKIE_SECONDS = 12 * 3600
OWN_SITES = ("none", "same-origin")


def safe_next(text: str) -> str:
    """
    Return where to go next: a path of this service, never another site's address.

    Examples
    --------
    >>> safe_next("/map?ws=main"), safe_next("//evil.example"), safe_next("https://evil.example")
    ('/map?ws=main', '/', '/')
    """
    if not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", text):
        return "/"
    return quote(text, safe="/?&=%#,:;+@!$'()*~.-_")


@answers
def become(request: Request) -> Response:
    """Set the cookie that names the person and go on to `next`; not for a link or picture on another site's page."""
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES:
        raise ScopeError(
            say("a switch of person chosen in this service"),
            say("one that another site's page asked for"),
            say("choose the person on a page of this service"),
        )
    workspace = find_workspace(request)
    store = open_store(workspace)
    account = store.account(request.path_params["account_id"])
    if not store.is_synthetic:
        raise ScopeError(
            say("a demonstration workspace"),
            say("workspace {workspace} with real data", workspace=workspace),
            say("persons of real data cannot be switched by address; sign in as yourself"),
        )
    accounts = {**request.scope.get("wangge_accounts", {}), workspace: account.account_id}
    kept = dict(list(accounts.items())[-MAX_ACCOUNTS:])
    response = RedirectResponse(safe_next(request.query_params.get("next", "/")), status_code=303)
    response.set_cookie(
        COOKIE,
        sign_accounts(kept, read_secret()),
        max_age=COOKIE_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    response.headers["Cache-Control"] = "no-store"
    return response
