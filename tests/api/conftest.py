"""The small workspaces of the map's tests, made once, and a client that speaks through the gate."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tests.api.ground import HOSTILE, build_ground
from tests.api.tiled import build_tiled, wait_for_tiles

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have another HTTP client; ours answers the same
    from starlette.testclient import TestClient


@pytest.fixture(scope="session")
def ground_home(wangge_home):
    """The home with the workspaces `ground` (plain names) and `hostile` (every name an attack)."""
    build_ground("ground")
    build_ground("hostile", names=HOSTILE)
    return wangge_home


@pytest.fixture(scope="session")
def tiled(wangge_home):
    """The home with the workspace `tiled`, whose tiles a publish has built, by itself."""
    build_tiled("tiled")
    wait_for_tiles("tiled")
    return wangge_home


@pytest.fixture(scope="session")
def client(ground_home) -> Callable[[str], TestClient]:  # noqa: ARG001  (the workspaces must be there)
    """`client("duty_a")` is a browser of that person of the workspace `ground`; `client("")` one without a cookie."""
    from api.gate import Gate
    from api.routes import build_routes

    app = Starlette(routes=build_routes(), middleware=[Middleware(Gate)])

    def build(account: str) -> TestClient:
        browser = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
        for workspace in ("ground", "hostile") if account else ():
            assert browser.get(f"/auth/as/{account}?ws={workspace}").status_code == 303
        return browser

    return build
