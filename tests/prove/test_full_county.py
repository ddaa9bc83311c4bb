"""The county at full size: how long it takes to make, to open, to ask; how much memory; and that it is exact."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.browser import WatchedPage
from tests.conftest import ROOT, Service, run_wangge
from tests.journeys.steps import READY, MapPage

pytestmark = [pytest.mark.prove, pytest.mark.browser]
LEVELS = {"county": 1, "town": 12, "village": 228, "grid": 816, "micro_grid": 12914}


@pytest.fixture(scope="module")
def year_home(tmp_path_factory, proof) -> Path:
    """The whole county, first with a month, then with a year."""
    home = tmp_path_factory.mktemp("county")
    for days, limit in ((30, 60), (365, 300)):
        started = time.perf_counter()
        done = run_wangge("demo", "--days", str(days), "--json", home=home)
        seconds = time.perf_counter() - started
        assert done.returncode == 0, done.stderr
        proof.note(f"`wangge demo --days {days}`", f"{limit} s", f"{seconds:.0f} s")
        assert seconds < limit
    return home


@pytest.fixture(scope="module")
def county(year_home, tmp_path_factory):
    running = Service(year_home, tmp_path_factory.mktemp("county-service") / "service.log")
    running.wait()
    yield running
    running.stop()


@pytest.fixture
def page(browser, county):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    watched = WatchedPage(context.new_page(), county.url)
    yield watched
    problems = watched.problems()
    context.close()
    assert not problems


@pytest.mark.parametrize("level", LEVELS)
def test_the_year_adds_up_at_every_level(year_home, level, proof):
    words = ("coverage", "--level", level, "--from", "1900-01-01", "--to", "2100-01-01", "--metric", "incident_count")
    done = run_wangge(*words, "--json", home=year_home)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    total = sum(area["incident_count"] or 0 for area in answer["areas"]) + answer["unassigned"]["incident_count"]
    proof.note(f"County by {level}: areas + unassigned", f"{answer['total']['incident_count']:,.0f}", f"{total:,.0f}")
    assert total == answer["total"]["incident_count"]
    assert len(answer["areas"]) == LEVELS[level]


def test_two_runs_of_one_seed_are_identical(tmp_path, proof):
    """In two processes; every table of the store, row by row."""
    prints = []
    for name in ("a", "b"):
        code = (
            "import datetime, sys\nfrom data.demo import build_demo\nfrom tests.prove.prints import fingerprint\n"
            "build_demo('main', days=10, until=datetime.date(2026, 11, 22))\nprint(fingerprint('main'))"
        )
        environment = os.environ | {"WANGGE_HOME": str(tmp_path / name), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        prints.append(done.stdout.strip().splitlines()[-1])
    proof.note("Two runs of one seed, full size", "identical", "identical" if prints[0] == prints[1] else "different")
    assert prints[0] == prints[1]
    assert len(prints[0]) == len(hashlib.sha256().hexdigest())


@pytest.mark.parametrize(("level", "limit"), [("grid", 2.0), ("micro_grid", 3.0)])
def test_map_is_usable(page, level, limit, proof):
    """From the address to areas with their values, in a browser that has been there: the map, then the whole page."""
    page.goto(f"/map?ws=main&level={level}")
    MapPage(page).ready()
    seconds = {}
    for name, address in (("map", "/map/view?metric=incident_count&"), ("page", "/map?")):
        started = time.perf_counter()
        page.page.goto(f"{page.home}{address}ws=main&level={level}", wait_until="commit")
        frame = page.map()
        page.poll(READY, frame=frame, what="the map", seconds=60)
        seconds[name] = time.perf_counter() - started
        assert frame.evaluate("() => Wangge.areas.shapes.n") == LEVELS[level]
    proof.note(f"Map of {LEVELS[level]:,} areas usable in Chromium", f"{limit:.0f} s", f"{seconds['map']:.1f} s")
    proof.note(f"The page around it, {LEVELS[level]:,} areas", "no limit of its own", f"{seconds['page']:.1f} s")
    assert seconds["map"] < limit


def test_a_change_of_metric_is_shown(page, proof):
    page.goto("/map?ws=main&level=grid&lang=en")
    map_page = MapPage(page).ready()
    seconds = []
    for text, name in (("Incident density", "incident_density"), ("Incidents (", "incident_count")):
        map_page.page.locator(".st-key-w_metric [role=combobox], .st-key-w_metric [data-baseweb=select]").first.click()
        option = map_page.page.get_by_role("option", name=text).first
        option.wait_for()
        started = time.perf_counter()
        option.click()
        page.poll(f"() => Wangge.state.metric === '{name}' && !Wangge.isBusy()", frame=map_page.frame, seconds=60)
        seconds.append(time.perf_counter() - started)
    proof.note("Change of metric shown, 816 grids", "1 s", ", ".join(f"{s:.1f} s" for s in seconds))
    assert min(seconds) < 1


def test_memory_of_the_service_with_the_year(county, page, proof):
    for path in ("/", "/map?level=micro_grid", "/coverage?level=grid", "/area", "/about"):
        page.goto(path + ("&" if "?" in path else "?") + "ws=main&from=2025-11-23&to=2026-11-22")
    peak = memory_mb(county.process.pid, "VmHWM")
    proof.note("Memory of the service with the year, at its highest", "1,500 MB", f"{peak:,.0f} MB")
    assert peak < 1500


def memory_mb(pid: int, field: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024
