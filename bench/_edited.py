"""A town to be edited in Chromium: its workspace, its planner's page, and the time from mouse-up to painted numbers."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from bench._service import Running, home_folder, serving
from geo.planning.editing.ground import Ground

WEST, SOUTH, CRS = 700_000.0, 3_360_000.0, "EPSG:32650"
"""Where the town is drawn: some metres in zone 50, near Haining."""
TOWN = "T"
INCIDENTS_A_UNIT = 10
LEVELS = (("town", "镇"), ("village", "村"), ("grid", "网格"), ("micro_grid", "微网格"))
PEOPLE = ({"account_id": "administrator", "name": "管理员", "role": "administrator", "area_id": None},)
READY = (
    "!!(window.Wangge && Wangge.plan && Wangge.plan.now && Wangge.plan.byZone.size && !Wangge.isBusy()"
    " && !Wangge.plan.now.seal.endsWith('+'))"
)
WATCH = """() => { const told = () => document.querySelector('.st-key-wg-plan-numbers')?.innerText || '';
  window.__edit = { told: told(), done: 0 };
  new MutationObserver(() => { const held = window.__edit, now = told();
    if (!held.armed || !now || now === held.told) return;
    held.armed = false; held.told = now;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      held.shown = now; held.done = performance.timeOrigin + performance.now(); }));
  }).observe(document.body, { subtree: true, childList: true, characterData: true }); }"""
ARM = """() => { const held = window.__edit; held.done = held.up = 0; held.armed = true;
  held.told = document.querySelector('.st-key-wg-plan-numbers').innerText; }"""
LISTEN = """() => document.addEventListener('mouseup', () => {
  window.parent.__edit.up = performance.timeOrigin + performance.now(); }, true)"""
AT = """(id) => { for (const { shapes, skipped } of Wangge.plan.parts) for (let i = 0; i < shapes.n; i++)
  if (shapes.ids[i] === id && !skipped.has(id)) {
    const p = Wangge.map.latLngToContainerPoint(Wangge.unproject(...shapes.labels[i])); return [p.x, p.y]; }
  return null; }"""


def publish_town(workspace: str, ground: Ground) -> None:
    """Make a workspace of a drawn town: its villages, grids and micro-grids, their households, a year of incidents."""
    from data.store import stage
    from data.writer import write

    create = {"title": "合成镇", "synthetic": True, "levels": list(LEVELS), "accounts": list(PEOPLE)}
    write(workspace, "create_workspace", create, actor="administrator")
    table = _areas(ground)
    payload = {"table": stage(workspace, table), "source": {"import_id": "areas"}}
    write(workspace, "publish_areas", payload, actor="administrator")
    rows = {"kind": "incidents", "table": stage(workspace, _incidents(table))}
    write(workspace, "publish_rows", rows, actor="administrator")


def degrees(line: Any) -> list[tuple[float, float]]:
    """Return the points of a line of the drawn town as longitude and latitude."""
    metres = shapely.get_coordinates(line) + np.array([WEST, SOUTH])
    placed = gpd.GeoSeries(gpd.points_from_xy(metres[:, 0], metres[:, 1]), crs=CRS).to_crs(4326)
    return [(float(point.x), float(point.y)) for point in placed]


def _areas(ground: Ground) -> gpd.GeoDataFrame:
    units = ground.units
    metres = shapely.transform(ground.shapes, lambda xy: xy + np.array([WEST, SOUTH]))
    shapes = np.asarray(gpd.GeoSeries(list(metres), crs=CRS).to_crs(4326), dtype=object)
    villages = np.array(units.parents, dtype=object)[units.parent]
    grids = np.array(units.zones, dtype=object)[units.current]
    parts = [_level([TOWN], "town", None, [shapely.union_all(shapes)], [int(units.size.sum())])]
    for level, owner, parent in (("village", villages, np.full(len(shapes), TOWN)), ("grid", grids, villages)):
        names, first, number = np.unique(owner.astype(str), return_index=True, return_inverse=True)
        whole = [shapely.union_all(shapes[number == at]) for at in range(len(names))]
        parts.append(_level(names, level, parent[first], whole, np.bincount(number, units.size).astype(int)))
    parts.append(_level(units.ids, "micro_grid", grids, shapes, units.size))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=4326)


def _level(ids: Any, level: str, parents: Any, shapes: Any, households: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_id": [str(one) for one in ids], "level": level, "name": [str(one) for one in ids],
            "parent_id": parents if parents is None else [str(one) for one in parents],
            "households": [int(one) for one in households], "geometry": list(shapes),
            "footprint_id": [str(one) for one in ids],
        }
    )  # fmt: skip


def _incidents(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    units = areas[areas["level"] == "micro_grid"]
    inner = shapely.point_on_surface(np.asarray(units.geometry, dtype=object))
    each = np.repeat(np.arange(len(units)), INCIDENTS_A_UNIT)
    when = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(np.arange(len(each)) * 50, unit="min")
    return pd.DataFrame(
        {
            "incident_id": [f"i{at:06}" for at in range(len(each))], "occurred_at": when,
            "lon": shapely.get_x(inner)[each], "lat": shapely.get_y(inner)[each],
            "area_id": units["area_id"].to_numpy()[each], "reason": "inside",
        }
    )  # fmt: skip


@contextmanager
def planner_page(ground: Ground) -> Iterator[tuple[Any, Any]]:
    """Serve the town and open its plan in Chromium: the page and the document of its map, at rest."""
    from playwright.sync_api import sync_playwright

    with home_folder() as home:
        publish_town("main", ground)
        with serving(home) as running, sync_playwright() as playwright:
            options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
            try:
                yield _open(browser, running)
            finally:
                browser.close()


def has_browser() -> bool:
    """Say whether there is a Chromium and what drives it."""
    from importlib.util import find_spec

    return shutil.which("chromium") is not None and find_spec("playwright") is not None


def _open(browser: Any, running: Running) -> tuple[Any, Any]:
    page = browser.new_context(viewport={"width": 1600, "height": 1000}).new_page()
    page.goto(f"{running.url}/planning?ws=main&lang=en&area={TOWN}", timeout=120_000)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        frame = next((one for one in page.frames if "/map/plan" in one.url), None)
        if frame is not None and frame.evaluate(READY):
            break
        page.wait_for_timeout(200)
    else:
        raise RuntimeError("the planner's map did not open within 120 s")
    page.wait_for_timeout(3000)
    page.evaluate(WATCH)
    frame.evaluate(LISTEN)
    return page, frame


class Editing:
    """Acts by the mouse on the planner's map, timed in milliseconds from mouse-up until its numbers are painted."""

    def __init__(self, page: Any, frame: Any) -> None:
        self.page, self.frame = page, frame
        self.untrue: list[str] = []
        box = page.locator(".wg-frame iframe").first.bounding_box()
        self.x, self.y = box["x"], box["y"]

    def _from_grid(self, zone_unit: str, unit: str) -> Any:
        """Choose the grid of one micro-grid; return where the other lies, None where the map does not show both."""
        places = [self.frame.evaluate(AT, one) for one in (zone_unit, unit)]
        if None in places:
            return None
        self._choose("zone")
        self._click(places[0])
        self._rest()
        return places[1]

    def give(self, unit: str, zone_unit: str) -> float | None:
        """Choose the grid of one micro-grid, then give it another; None where the map does not show them."""
        place = self._from_grid(zone_unit, unit)
        if place is None:
            return None
        self._choose("give")
        return self._timed(lambda: self._click(place))

    def circle(self, zone_unit: str, unit: str, radius_px: float) -> float | None:
        """Choose a grid and draw around a place beside it with the mouse held down."""
        place = self._from_grid(zone_unit, unit)
        if place is None:
            return None
        self._choose("lasso")
        x, y = self.x + place[0], self.y + place[1]
        angles = np.linspace(0, 2 * np.pi, 13)
        ring = [(x + radius_px * np.cos(one), y + radius_px * np.sin(one)) for one in angles]

        def draw() -> None:
            self.page.mouse.move(*ring[0])
            self.page.mouse.down()
            for point in ring[1:]:
                self.page.mouse.move(*point)
            self.page.mouse.up()

        return self._timed(draw)

    def border(self, line: list[tuple[float, float]]) -> float | None:
        """Draw a border along points given as longitude and latitude; the double click that ends it is timed."""
        self._choose("border")
        way = "([x, y]) => { const p = Wangge.map.latLngToContainerPoint([y, x]); return [p.x, p.y]; }"
        points = [self.frame.evaluate(way, list(one)) for one in line]
        for point in points[:-1]:
            self._click(point)
            self.page.wait_for_timeout(350)
        return self._timed(lambda: self.page.mouse.dblclick(self.x + points[-1][0], self.y + points[-1][1]))

    def _choose(self, tool: str) -> None:
        self.frame.locator(f"[data-plan={tool}]").click()

    def _click(self, place: list[float]) -> None:
        self.page.mouse.click(self.x + place[0], self.y + place[1])

    def _timed(self, act: Any, seconds: float = 10.0) -> float | None:
        self.page.evaluate(ARM)
        act()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.page.wait_for_timeout(15)
            held = self.page.evaluate("() => [window.__edit.up, window.__edit.done]")
            if held[1]:
                self._rest()
                self._compare()
                return float(held[1] - held[0])
        self._rest()
        return None

    def _compare(self) -> None:
        """What was timed must be what the page says once it has followed."""
        shown, now = self.page.evaluate("() => [window.__edit.shown, window.__edit.told]"), self.numbers()
        if shown != [now, now]:
            self.untrue.append(f"shown {shown[0]!r}, at rest {now!r}")

    def numbers(self) -> str:
        """Return what the line of numbers says, as it is read."""
        return str(self.page.evaluate("() => document.querySelector('.st-key-wg-plan-numbers').innerText"))

    def drawn(self) -> dict[str, int]:
        """Return the zone of every unit on the map."""
        way = "() => Wangge.plan.now.ids.map((id, i) => [id, Wangge.plan.now.zone[i]])"
        return {str(unit): int(zone) for unit, zone in self.frame.evaluate(way)}

    def _rest(self) -> None:
        """Let the page come to rest, so that one act does not wait for the one before it: it follows after the map."""
        until, calm = time.monotonic() + 10, 0
        state = "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
        while time.monotonic() < until and calm < 3:
            self.page.wait_for_timeout(100)
            calm = calm + 1 if self.frame.evaluate(READY) and self.page.evaluate(state) else 0
