"""Ten minutes at the wall under the county's load, half a minute of them cut off: one document, no more memory."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.writer import write
from tests.browser import WatchedPage
from tests.conftest import Service, environment, run_wangge
from tests.journeys.test_live import wall

pytestmark = [pytest.mark.prove, pytest.mark.browser]
LENGTH_S = float(os.environ.get("WANGGE_WALL_S", "600"))
CUT_S = min(30.0, LENGTH_S / 5)
UNITS, ROUND_S = 2000, 10
INCIDENT_EVERY_S = 2.0
STAGES = ("accepted", "dispatched", "arrived", "closed")


class Feed(threading.Thread):
    """The county's units, a fix every ten seconds each, and an incident every two seconds, each soon closed."""

    def __init__(self, service: Service) -> None:
        super().__init__(daemon=True)
        self.url, self.done, self.sent, self.fault = service.url, threading.Event(), 0, ""
        rng = np.random.default_rng(330481)
        self.lon, self.lat = rng.uniform(120.35, 120.85, UNITS), rng.uniform(30.42, 30.52, UNITS)
        self.rng, self.open = rng, []

    def post(self, kind: str, rows: list[dict[str, Any]]) -> None:
        address = f"{self.url}/api/ingest/{kind}?ws=main&format=json"
        request = urllib.request.Request(address, data=json.dumps(rows).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            self.sent += json.load(answer)["accepted"]

    def fixes(self, second: int) -> list[dict[str, Any]]:
        turn = np.arange(second % ROUND_S, UNITS, ROUND_S)
        self.lon[turn] += self.rng.normal(0, 1e-4, len(turn))
        self.lat[turn] += self.rng.normal(0, 1e-4, len(turn))
        at = datetime.now(UTC).isoformat()
        places = zip(turn.tolist(), self.lon[turn].tolist(), self.lat[turn].tolist(), strict=True)
        return [{"unit_id": f"car{unit}", "unit_kind": "car", "at": at, "lon": x, "lat": y} for unit, x, y in places]

    def step(self, second: int) -> None:
        """A new incident, and the next stage of those that are open."""
        now = datetime.now(UTC)
        name = f"L{second}"
        place = {"lon": float(self.lon[second % UNITS]), "lat": float(self.lat[second % UNITS])}
        times = {"occurred_at": now.isoformat(), "reported_at": now.isoformat()}
        due = (now + timedelta(seconds=20)).isoformat()
        self.post(
            "incidents", [{"incident_id": name, "title": name, "category": "load", "due_at": due, **times, **place}]
        )
        events = []
        for one in self.open:
            one[1] += 1
            if one[1] % 8 == 0 and one[1] // 8 <= len(STAGES):
                stage = STAGES[one[1] // 8 - 1]
                events.append(
                    {"incident_id": one[0], "event_id": f"{one[0]}-{stage}", "at": now.isoformat(), "stage": stage}
                )
        if events:
            self.post("events", events)
        self.open = [one for one in self.open if one[1] < 8 * len(STAGES)] + [[name, 0]]

    def run(self) -> None:
        began = time.monotonic()
        second = 0
        try:
            while not self.done.wait(max(0.0, began + second - time.monotonic())):
                self.post("fixes", self.fixes(second))
                if second % INCIDENT_EVERY_S == 0:
                    self.step(second)
                second += 1
        except OSError as error:
            self.fault = repr(error)


@pytest.fixture(scope="module")
def county_now(tmp_path_factory) -> Any:
    """The whole county with two days of history, whose closed incidents leave after half a minute."""
    home: Path = tmp_path_factory.mktemp("wall")
    done = run_wangge("demo", "--days", "2", "--json", home=home)
    assert done.returncode == 0, done.stderr
    with environment(WANGGE_HOME=str(home)):
        write("main", "set_setting", {"name": "live_closed_s", "value": 30}, actor="administrator")
    running = Service(home, tmp_path_factory.mktemp("wall-service") / "service.log")
    running.wait()
    yield running
    running.stop()


class Wall:
    """One open wall, its heap and what happened to its document."""

    def __init__(self, browser: Any, service: Service) -> None:
        self.context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        self.watched = WatchedPage(self.context.new_page(), service.url)
        self.page = self.watched.page
        self.loads = 0
        self.page.goto(f"{service.url}/map/live?ws=main&lang=en")
        wall(self.watched)
        self.page.on("framenavigated", self._loaded)
        self.page.evaluate("() => { window.kept = 1; }")
        self.debugger = self.context.new_cdp_session(self.page)

    def _loaded(self, _frame: Any) -> None:
        self.loads += 1

    def heap_mb(self) -> float:
        """What its objects take once the garbage is gone."""
        self.debugger.send("HeapProfiler.collectGarbage")
        return float(self.debugger.send("Runtime.getHeapUsage")["usedSize"]) / 2**20

    def wait(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)


def test_ten_minutes_on_one_document(browser, county_now, proof):
    cut, whole = Wall(browser, county_now), Wall(browser, county_now)
    feed = Feed(county_now)
    feed.start()
    cut.watched.poll(f"() => Wangge.live.units.size >= {UNITS}", what="every unit on the wall")
    cut.wait(LENGTH_S * 0.2)
    heaps = [cut.heap_mb()]
    cut.wait(LENGTH_S * 0.2)
    cut.context.set_offline(True)
    cut.page.evaluate("() => Wangge.live.cut()")
    cut.wait(CUT_S)
    assert cut.page.evaluate("Wangge.live.socket") is None
    cut.context.set_offline(False)
    for _ in range(4):
        cut.wait((LENGTH_S * 0.6 - CUT_S) / 4)
        heaps.append(cut.heap_mb())
    feed.done.set()
    feed.join(90)
    assert not feed.fault
    at_rest = (
        "() => { const one = Wangge.live.digest(), was = window.before; window.before = one; return was === one; }"
    )
    whole.wait(3)
    whole.watched.poll(at_rest, what="the wall to come to rest")
    same = whole.page.evaluate("Wangge.live.digest()")
    cut.watched.poll(f"() => Wangge.live.digest() === {json.dumps(same)}", seconds=30, what="the same state")
    assert [one.page.evaluate("window.kept") for one in (cut, whole)] == [1, 1]
    loads, faults = cut.loads + whole.loads, cut.watched.problems() + whole.watched.problems()
    minutes = f"{LENGTH_S / 60:g} minutes of {UNITS:,} units and {60 / INCIDENT_EVERY_S:g} incidents a minute"
    rows = f"{same.split('|')[0]} units, {same.split('|')[1]} incidents, {feed.sent:,} rows sent"
    proof.note(f"The wall: {minutes}: documents loaded again, console errors", "0, 0", f"{loads}, {len(faults)}")
    proof.note(f"The wall: state after {CUT_S:g} s cut off", "that of one never cut", f"the same: {rows}")
    proof.note(
        "The wall: heap of the page after 1/5 of the time and at the end",
        "at most 1.2 times and 2 MB more",
        f"{heaps[0]:.1f} and {heaps[-1]:.1f} MB",
    )
    assert (loads, faults) == (0, [])
    assert max(heaps[1:]) < 1.2 * heaps[0] + 2
