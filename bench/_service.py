"""A service of its own for a benchmark: in a folder that is thrown away, on a free port, its processes measured."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
START_S, STOP_S = 120, 20
TICKS = os.sysconf("SC_CLK_TCK")


class Running:
    """A service that runs: where it is, and how much of a core it and its writer have used."""

    def __init__(self, home: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.home, self.port, self.process = home, port, process
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, str]:
        """Return status, body and cookie of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), (answer.getheader("Set-Cookie") or "").split(";")[0]
        finally:
            connection.close()

    def cookie(self, account: str) -> str:
        """Return the cookie of a person of the workspace."""
        return self.get(f"/auth/as/{account}?ws=main")[2]

    def cpu_s(self) -> tuple[float, float]:
        """Return the processor seconds of the service and of its children (the writer and those it waited for)."""
        own = self.process.pid
        children = [
            child for task in Path(f"/proc/{own}/task").glob("*/children") for child in task.read_text().split()
        ]
        return _cpu_s(own)[0], sum(sum(_cpu_s(int(child))) for child in children)


def _cpu_s(pid: int) -> tuple[float, float]:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:13])) / TICKS, sum(map(int, fields[13:15])) / TICKS


@contextmanager
def home_folder() -> Iterator[Path]:
    """Make a folder for workspaces the home of this process, and throw it away after."""
    before = os.environ.get("WANGGE_HOME")
    with tempfile.TemporaryDirectory(prefix="wangge-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["WANGGE_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            os.environ.pop("WANGGE_HOME", None) if before is None else os.environ.__setitem__("WANGGE_HOME", before)


def make_workspace(polygons: np.ndarray, people: Sequence[dict[str, Any]]) -> list[str]:
    """Make the workspace `main` with one level of areas and these accounts; returns the ids of the areas."""
    from data.store import stage
    from data.writer import write

    create = {"title": "bench", "synthetic": True, "levels": [("grid", "网格")], "accounts": list(people)}
    write("main", "create_workspace", create, actor="administrator")
    ids = [f"{row:07}" for row in range(len(polygons))]
    table = gpd.GeoDataFrame(
        {"area_id": ids, "level": "grid", "name": ids, "parent_id": None}, geometry=list(polygons), crs=4326
    )
    write(
        "main",
        "publish_areas",
        {"table": stage("main", table), "source": {"import_id": "areas"}},
        actor="administrator",
    )
    return ids


@contextmanager
def serving(home: Path) -> Iterator[Running]:
    """Run `wangge serve` over a home; the process that was started is the one that is ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = (home / "service.log").open("wb")
    words = [sys.executable, str(ROOT / "cli.py"), "serve", "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    running = Running(home, port, process)
    try:
        _wait(running)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _wait(running: Running) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if running.process.poll() is not None:
            break
        try:
            if running.get("/_stcore/health")[0] == 200 and (running.home / ".writer" / "ingest").exists():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError((running.home / "service.log").read_text(encoding="utf-8", errors="replace")[-2000:])


def percentiles(values: Sequence[float], *shares: int) -> list[float]:
    """
    Return percentiles by the next higher value that occurred; NaN of nothing.

    Examples
    --------
    >>> percentiles([3, 1, 2, 4], 50, 95)
    [2.0, 4.0]
    """
    if not len(values):
        return [float("nan")] * len(shares)
    return [float(one) for one in np.percentile(np.asarray(values, float), shares, method="inverted_cdf")]
