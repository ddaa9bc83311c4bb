"""What a person does with a map page, in the browser's words."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.browser import WatchedPage

READY = (
    "() => !!(window.Wangge && Wangge.map && Wangge.areas && Wangge.areas.shapes && Wangge.areas.shapes.n"
    " && !Wangge.isBusy() && Wangge.areas.values)"
)
EVENT_READY = "() => !!(window.Wangge && Wangge.event && Wangge.event.now && !Wangge.isBusy())"
POINTS = """() => {
  const size = Wangge.map.getSize(), found = {};
  for (let x = 8; x < size.x; x += 12) for (let y = 8; y < size.y; y += 12) {
    const over = document.elementFromPoint(x, y);
    if (!over || over.closest('.leaflet-control, .wg-search, .wg-toolbar, .wg-legend, .wg-panel, button')) continue;
    const hit = Wangge.stage.hit(Wangge.map.containerPointToLatLng([x, y]));
    if (hit && hit.kind === 'areas') (found[hit.id] = found[hit.id] || []).push([x, y]);
  }
  return found;
}"""


class MapPage:
    """The map on a page: which areas it shows, a click on one, the address of the page."""

    def __init__(self, watched: WatchedPage) -> None:
        self.watched, self.page = watched, watched.page

    @property
    def frame(self) -> Any:
        return self.watched.map()

    def ready(self) -> MapPage:
        """Wait until areas and values are drawn."""
        self.watched.poll(READY, frame=self.frame, what="areas and values on the map", seconds=120)
        self.still()
        return self

    def still(self) -> None:
        """Wait until the map has stopped moving: three looks in a row see the same."""
        seen: list[str] = []
        for _ in range(300):
            seen.append(
                self.frame.evaluate("() => [Wangge.map.getZoom(), Wangge.map.getCenter(), Wangge.areas.level].join()")
            )
            if len(seen) > 2 and len(set(seen[-3:])) == 1:
                return
            self.page.wait_for_timeout(200)
        raise AssertionError("the map does not come to rest")

    def areas(self) -> list[str]:
        return list(self.frame.evaluate("() => Wangge.areas.shapes.ids"))

    def level(self) -> str:
        return str(self.frame.evaluate("() => Wangge.areas.level"))

    def state(self, name: str) -> str:
        """What the address of the page says of `name`."""
        return parse_qs(urlsplit(self.page.url).query).get(name, [""])[0]

    def wait_for(self, name: str, value: str) -> None:
        """Wait until the address of the page says so."""
        for _ in range(900):
            if self.state(name) == value:
                self.watched.settle()
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{name} is {self.state(name)!r}, not {value!r}: {self.page.url}")

    def points(self) -> dict[str, list[list[float]]]:
        """Points of the window where a click meets an area and nothing drawn above it, by area."""
        return dict(self.frame.evaluate(POINTS))

    def click_area(self, area_id: str) -> None:
        """Click in an area, in the middle of where it can be clicked."""
        points = self.points()[area_id]
        middle = [sum(axis) / len(points) for axis in zip(*points, strict=True)]
        x, y = min(points, key=lambda at: (at[0] - middle[0]) ** 2 + (at[1] - middle[1]) ** 2)
        box = self.page.locator(".wg-frame iframe").first.bounding_box()
        self.page.mouse.click(box["x"] + x, box["y"] + y)

    def biggest(self) -> str:
        """The area that takes most of the window."""
        points = self.points()
        return max(points, key=lambda area_id: (len(points[area_id]), area_id))

    def drill(self) -> str:
        """Click the biggest area and wait until the inside of the area clicked is shown; returns which it was."""
        shown, before = set(self.areas()), self.state("area")
        self.click_area(self.biggest())
        for _ in range(900):
            if self.state("area") != before:
                break
            self.page.wait_for_timeout(100)
        entered = self.state("area")
        assert entered in shown, f"a click led to {entered!r}, which was not on the map: {self.page.url}"
        self.watched.settle()
        self.watched.poll(
            f"() => Wangge.state.area === '{entered}' && !Wangge.isBusy() && Wangge.areas.level === Wangge.state.level",
            frame=self.frame,
            what="the map inside the area",
        )
        self.ready()
        return entered

    def crumb(self, position: int) -> None:
        """Click one step of the breadcrumbs, 0 the whole place."""
        self.still()
        self.watched.settle()
        before = self.state("area")
        self.page.locator(".st-key-crumbs button").nth(position).click()
        for _ in range(300):
            if self.state("area") != before:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the breadcrumb does not lead away from {before}")

    def choose(self, key: str, text: str) -> None:
        """Choose an entry of a drop-down."""
        self.watched.settle()
        self.page.locator(f".st-key-w_{key} [data-baseweb=select], .st-key-w_{key} [role=combobox]").first.click()
        self.page.get_by_role("option", name=text, exact=False).first.click()


class EventPage:
    """The Event page with its map: tools, clicks at degrees, what is drawn."""

    def __init__(self, watched: WatchedPage) -> None:
        self.watched, self.page = watched, watched.page

    @property
    def frame(self) -> Any:
        return self.watched.map()

    def ready(self) -> None:
        self.watched.poll(EVENT_READY, frame=self.frame, what="the event on its map", seconds=120)

    def begin(self, name: str) -> str:
        """Begin an event with nothing drawn, and wait until the map is that event's; returns its id."""
        self.watched.goto("/event?ws=main&lang=en")
        self.page.get_by_role("button", name="New event").click()
        self.page.get_by_label("Name of the event").fill(name)
        self.page.get_by_label("Name of the event").press("Enter")
        self.page.get_by_role("button", name="Begin with nothing").click()
        self.watched.poll("() => location.search.includes('event=')", what="the new event in the address")
        event_id = parse_qs(urlsplit(self.page.url).query)["event"][0]
        self.sees("Nothing drawn yet")
        self.watched.poll(
            f"() => !!(window.Wangge && Wangge.event && Wangge.event.now && Wangge.event.now.fit === '{event_id}')",
            frame=self.frame, what="the new event on its map",
        )  # fmt: skip
        self.ready()
        return event_id

    def look(self, lon: float, lat: float, zoom: int = 15) -> None:
        """Look at the ground the event is drawn on."""
        self.frame.evaluate(f"() => Wangge.map.setView([{lat}, {lon}], {zoom}, {{ animate: false }})")
        MapPage(self.watched).still()

    def click(self, lon: float, lat: float) -> None:
        at = self.frame.evaluate(
            f"() => {{ const p = Wangge.map.latLngToContainerPoint([{lat}, {lon}]); return [p.x, p.y]; }}"
        )
        box = self.page.locator(".wg-frame iframe").first.bounding_box()
        self.page.mouse.click(box["x"] + at[0], box["y"] + at[1])

    def draw(self, tool: str, points: list[tuple[float, float]], count: int) -> None:
        """Draw with a tool, end with Enter, and wait until so many things stand on the map."""
        self.frame.evaluate(f"() => Wangge.eventTool('{tool}')")
        for lon, lat in points:
            self.click(lon, lat)
        if len(points) > 1:
            self.page.keyboard.press("Enter")
        self.drawn(count)

    def drawn(self, count: int) -> None:
        self.watched.poll(
            f"() => Wangge.event.things.length === {count} && !Wangge.isBusy()", frame=self.frame,
            what=f"{count} things on the map", seconds=60,
        )  # fmt: skip

    def sees(self, text: str, seconds: float = 60) -> None:
        self.watched.poll(
            f"() => document.querySelector('[data-testid=stMain]').innerText.includes({text!r})", what=text,
            seconds=seconds,
        )  # fmt: skip
