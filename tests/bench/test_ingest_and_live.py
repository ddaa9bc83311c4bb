"""The benchmarks of ingest and of the live feed at their small size: nothing lost, every map shows the same."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.server import serve

from bench._viewers import main
from tests.conftest import run_wangge


@pytest.mark.parametrize("name", ["ingest", "live"])
def test_small_runs_agree(name, tmp_path):
    done = run_wangge("bench", name, "--size", "small", "--json", home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["differences"] == []
    assert report["passed"]
    assert {check["is_met"] for check in report["checks"]} == {None}


def test_a_map_that_is_closed_ends_the_run():
    async def look() -> None:
        async with serve(lambda socket: socket.close(), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await main(f"ws://127.0.0.1:{port}", 60, ["", ""])

    with pytest.raises(ExceptionGroup) as refused:
        asyncio.run(look())
    assert refused.group_contains(ConnectionError, match="closed by the service")
