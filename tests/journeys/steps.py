"""What a person does with a map page, in the browser's words."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.browser import WatchedPage

READY = (
    "() => !!(window.Wangge && Wangge.map && Wangge.areas && Wangge.areas.shapes && Wangge.areas.shapes.n"
    " && !Wangge.isBusy() && Wangge.areas.values)"
)
POINT_OF = """(id) => {
  const shapes = Wangge.areas.shapes, i = shapes.index.get(id);
  const at = Wangge.map.latLngToContainerPoint(Wangge.unproject(...shapes.labels[i]));
  return [at.x, at.y];
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
        self.watched.poll(READY, frame=self.frame, what="areas and values on the map", seconds=60)
        return self

    def areas(self) -> list[str]:
        return list(self.frame.evaluate("() => Wangge.areas.shapes.ids"))

    def level(self) -> str:
        return str(self.frame.evaluate("() => Wangge.areas.level"))

    def state(self, name: str) -> str:
        """What the address of the page says of `name`."""
        return parse_qs(urlsplit(self.page.url).query).get(name, [""])[0]

    def wait_for(self, name: str, value: str) -> None:
        """Wait until the address of the page says so."""
        for _ in range(300):
            if self.state(name) == value:
                self.watched.settle()
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{name} is {self.state(name)!r}, not {value!r}: {self.page.url}")

    def click_area(self, area_id: str) -> None:
        """Click in the middle of an area."""
        x, y = self.frame.evaluate(POINT_OF, area_id)
        box = self.page.locator(".wg-frame iframe").first.bounding_box()
        self.page.mouse.click(box["x"] + x, box["y"] + y)

    def biggest(self) -> str:
        """The area of the most ground now on the map, not hidden under a panel."""
        return str(
            self.frame.evaluate(
                """() => {
                  const s = Wangge.areas.shapes, size = Wangge.map.getSize();
                  const seen = [...s.ids.keys()].filter((i) => {
                    const at = Wangge.map.latLngToContainerPoint(Wangge.unproject(...s.labels[i]));
                    return document.elementFromPoint(at.x, at.y)?.tagName === 'CANVAS' ||
                      !!document.elementFromPoint(at.x, at.y)?.closest('.leaflet-pane');
                  });
                  const area = (i) => { const b = s.box(i); return (b[2] - b[0]) * (b[3] - b[1]); };
                  return s.ids[(seen.length ? seen : [...s.ids.keys()]).sort((i, j) => area(j) - area(i))[0]];
                }"""
            )
        )

    def drill(self) -> str:
        """Click one area and wait until its inside is shown."""
        chosen = self.biggest()
        self.click_area(chosen)
        self.wait_for("area", chosen)
        self.watched.poll(
            "(id) => Wangge.state.area === id && !Wangge.isBusy()".replace("(id)", "()").replace(
                "=== id", f"=== '{chosen}'"
            ),
            frame=self.frame,
            what="the map inside the area",
        )
        self.ready()
        return chosen

    def crumb(self, position: int) -> None:
        """Click one step of the breadcrumbs, 0 the whole place."""
        self.page.locator(".st-key-crumbs button").nth(position).click()

    def choose(self, key: str, text: str) -> None:
        """Choose an entry of a drop-down."""
        self.page.locator(f".st-key-w_{key} [data-baseweb=select], .st-key-w_{key} [role=combobox]").first.click()
        self.page.get_by_role("option", name=text, exact=False).first.click()
