"""How soon a province is on the screen: areas from vector tiles against folium's GeoJSON of the same areas."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench._spec import BenchSpec, Check, Progress, Report, Table
from bench._tiled import PERIOD, build_workspace, folium_page, service
from data.settings import DEFAULTS
from data.tiles.building import build_tiles
from data.tiles.editions import is_building
from geo.errors import GridError, StoreError

PROVINCE = "61,000 areas"
COUNTY = "12,914 areas"
SHAPES: dict[str, dict[str, tuple[tuple[str, int, int], ...]]] = {
    "small": {"1,080 areas": (("province", 1, 1), ("county", 3, 2), ("grid", 36, 30))},
    "full": {
        PROVINCE: (("province", 1, 1), ("county", 10, 9), ("town", 40, 36), ("grid", 280, 218)),
        COUNTY: (("county", 1, 1), ("town", 3, 3), ("village", 21, 15), ("micro_grid", 105, 123)),
    },
}
Figures = tuple[float, float, float]
"""Seconds to the first whole paint, milliseconds of a recolouring, the longest frame while panning."""
ROUNDS = {"small": 1, "full": 3}
WATCH = """(() => { const frames = (window.__frames = []); let last = 0;
  const step = (now) => { if (last) frames.push(now - last); last = now; if (frames.length > 5000) frames.shift();
    if (!window.__painted && window.__isPainted && window.__isPainted()) window.__painted = performance.now();
    requestAnimationFrame(step); }; requestAnimationFrame(step); })();"""
OURS = """window.__isPainted = () => { const w = window.Wangge, a = w && w.areas, s = a && a.shapes;
  if (!s || !a.values || a.valuesLevel !== a.level) return false;
  const p = s.pictures || (s.tiled ? s : null);
  return p ? p.painted === p.version : w.stage.lastPaint > 0 && !w.stage._frame; };"""
THEIRS = """window.__isPainted = () => { const c = document.querySelector(".leaflet-overlay-pane canvas");
  if (!c) return false;
  return c.getContext("2d").getImageData(c.width >> 1, c.height >> 1, 1, 1).data[3] > 0; };"""
RECOLOUR = """() => new Promise(done => { const a = Wangge.areas, s = a.shapes.pictures || a.shapes, values = {};
  for (const [id, r] of Object.entries(a.values.values)) values[id] = [6 - r[0], r[1], r[2], r[3], r[4]];
  const next = { ...a.values, values, seal: Math.random() }, started = performance.now();
  Wangge.apply({ values: next });
  const isDone = () => a.values === next && s.painted === s.version && !Wangge.stage._frame;
  const look = () => requestAnimationFrame(isDone() ? () => done(performance.now() - started) : look);
  requestAnimationFrame(look); })"""
RESTYLE = """() => new Promise(done => { let layer = null;
  const map = Object.values(window).find(one => one instanceof L.Map);
  map.eachLayer(one => { if (one instanceof L.GeoJSON) layer = one; });
  const colours = ["#253494", "#2c7fb8", "#41b6c4", "#a1dab4", "#ffffcc"];
  const started = performance.now(), rest = { weight: 0.5, fillOpacity: 0.78 };
  layer.setStyle(f => ({ fillColor: colours[f.properties.value - 1], color: "#46545f", ...rest }));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started))); })"""


@contextmanager
def _home() -> Iterator[Path]:
    before = os.environ.get("WANGGE_HOME")
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        os.environ["WANGGE_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            os.environ.pop("WANGGE_HOME") if before is None else os.environ.update(WANGGE_HOME=before)


@contextmanager
def _chromium() -> Iterator[Any]:
    import shutil

    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        yield running
        running.close()


def _measure(browser: Any, address: str, is_painted: str, recolour: str) -> Figures:
    page = browser.new_context(viewport={"width": 1200, "height": 760}).new_page()
    page.add_init_script(is_painted + WATCH)
    page.goto(address, timeout=600_000, wait_until="commit")
    _wait(page, "window.__painted || 0")
    painted = float(page.evaluate("window.__painted")) / 1000
    _rest(page)
    recoloured = float(page.evaluate(recolour))
    _rest(page)
    page.evaluate("window.__frames.length = 0")
    for x, y in ((500, 300), (300, 450), (650, 400), (400, 250)):
        page.mouse.move(600, 380)
        page.mouse.down()
        page.mouse.move(x, y, steps=24)
        page.mouse.up()
        page.wait_for_timeout(250)
    worst = float(page.evaluate("Math.max(...window.__frames)"))
    page.context.close()
    return painted, recoloured, worst


def _wait(page: Any, script: str, seconds: float = 600) -> None:
    until = time.monotonic() + seconds
    while not page.evaluate(script):
        if time.monotonic() > until:
            raise RuntimeError(f"nothing was drawn within {seconds} s")
        page.wait_for_timeout(20)


def _rest(page: Any) -> None:
    """Let the page come to rest: what it loads after the first paint is not part of the next figure."""
    page.wait_for_timeout(1500)
    _wait(page, "!window.Wangge || !window.Wangge.isBusy()")
    page.wait_for_timeout(500)


def _middle(browser: Any, address: str, rounds: int) -> Figures:
    """Return the middle of several rounds, each figure by itself; where there are several, one before them warms up."""
    if rounds > 1:
        _measure(browser, address, OURS, RECOLOUR)
    measured = [_measure(browser, address, OURS, RECOLOUR) for _ in range(rounds)]
    found = [sorted(each) for each in zip(*measured, strict=True)]
    paint, recolour, worst = (each[len(each) // 2] for each in found)
    return paint, recolour, worst


def _build(workspace: str) -> tuple[dict[str, Any], float]:
    """Build the tiles anew and time it; the build that the publish began by itself is waited for."""
    refusal: GridError | None = None
    for _ in range(20):
        while is_building(workspace):
            time.sleep(0.2)
        started = time.perf_counter()
        try:
            return build_tiles(workspace, is_forced=True), time.perf_counter() - started
        except StoreError as error:
            refusal = error
            time.sleep(0.5)
    raise refusal or AssertionError


def run(size: str, progress: Progress) -> Report:
    """Build the tiles of synthetic areas, open the map and folium's page in Chromium, measure both."""
    rows: list[tuple[str, ...]] = []
    checks: list[Check] = []
    figures: dict[str, Any] = {}
    with _home() as home:
        shapes = SHAPES[size]
        for number, (title, shape) in enumerate(shapes.items()):
            name = f"bench{number}"
            progress(number / len(shapes), f"{title}: areas")
            finest = build_workspace(name, shape, tiles_from=500 if size == "small" else None)
            (home / name / "page").mkdir()
            megabytes = folium_page(finest, home / name / "page" / "index.html") / 1e6
            progress((number + 0.3) / len(shapes), f"{title}: tiles")
            is_tiled = len(finest) > (500 if size == "small" else int(DEFAULTS["tiles_from_areas"]))
            built, build_s = _build(name) if is_tiled else ({"bytes": 0}, 0.0)
            progress((number + 0.5) / len(shapes), f"{title}: browser")
            level = shape[-1][0]
            query = f"ws={name}&level={level}&metric=incident_count&{PERIOD}&layers=areas,area_labels,area_outlines"
            with service(home) as address, _chromium() as browser:
                ours = _middle(browser, f"{address}/map/view?{query}", ROUNDS[size])
                page = (home / name / "page" / "index.html").as_uri()
                theirs = _measure(browser, page, THEIRS, RESTYLE)
            how = "wangge, tiles" if is_tiled else "wangge, shapes"
            made = f"{build_s:.1f} s, {built['bytes'] / 1e6:.1f} MB" if is_tiled else "-"
            rows += [_row(title, how, made, ours), _row(title, "folium GeoJSON, canvas", f"{megabytes:.1f} MB", theirs)]
            checks += _checks(title, ours, theirs)
            figures[title] = {"ours": ours, "folium": theirs, "build_s": build_s, "bytes": built["bytes"]}
    columns = ("areas", "drawn by", "made", "first paint s", "recolour ms", "worst frame ms")
    note = "First paint: from the navigation to the frame with every area in its colour; the service is warm."
    return Report([Table("A province in Chromium", columns, rows, note)], checks, figures=figures)


def _row(title: str, how: str, made: str, found: Figures) -> tuple[str, ...]:
    return (title, how, made, f"{found[0]:.2f}", f"{found[1]:.0f}", f"{found[2]:.0f}")


def _checks(title: str, ours: Figures, theirs: Figures) -> list[Check]:
    paint, recolour, worst = ours
    if title == COUNTY:
        return [Check(f"first paint, {title}", "1.5 s", f"{paint:.2f} s", paint <= 1.5)]
    if title != PROVINCE:
        return [Check(f"first paint, {title}", "sooner than folium", f"{theirs[0] / paint:.1f} times", None)]
    times = theirs[0] / paint
    return [
        Check(f"first paint, {title}", "2 s", f"{paint:.2f} s", paint <= 2),
        Check(f"first paint against folium, {title}", "8 times", f"{times:.1f} times", times >= 8),
        Check(f"recolour, {title}", "300 ms", f"{recolour:.0f} ms", recolour <= 300),
        Check(f"worst frame while panning, {title}", "150 ms", f"{worst:.0f} ms", worst <= 150),
    ]


SPEC = BenchSpec(title="A province on the screen", run=run, peers=("folium",))
