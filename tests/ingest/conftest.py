"""A writer over the small place of the store's tests, and the HTTP surface in front of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tests.api.conftest import TestClient
from tests.conftest import ROOT
from tests.store.conftest import make_place

WRITERS: dict[object, subprocess.Popen] = {}


@contextmanager
def running_writer() -> Iterator[subprocess.Popen]:
    """A writer that has said it is ready; its pipes are closed and it is waited for."""
    child = subprocess.Popen(
        [sys.executable, "-m", "data.writer"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout.readline().strip() == b"ready"
        yield child
    finally:
        child.stdin.close()
        child.wait(60)
        child.stdout.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[object]:
    """One small place for a module, with a writer that runs."""
    folder = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(folder))
        make_place(rows=False)
        with running_writer() as writer:
            WRITERS[folder] = writer
            yield folder


def routes_of_the_service() -> Starlette:
    from api.gate import Gate
    from api.routes import build_routes, close_connections

    @asynccontextmanager
    async def lifespan(_app):
        yield
        await close_connections()

    return Starlette(routes=build_routes(), middleware=[Middleware(Gate)], lifespan=lifespan)


@pytest.fixture(scope="module")
def browsers(place) -> Iterator[object]:  # noqa: ARG001  (the workspace must be there)
    """`browsers(account)` speaks as that person; all share one event loop, as in the service."""
    app = routes_of_the_service()
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as first:

        def build(account: str = "administrator") -> TestClient:
            one = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
            one.portal = first.portal
            assert one.get(f"/auth/as/{account}?ws=main").status_code == 303
            return one

        yield build


@pytest.fixture
def kill_place(tmp_path, monkeypatch):
    """A small place of its own, without a writer: the test starts and kills them."""
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    make_place(rows=False)
    return tmp_path
