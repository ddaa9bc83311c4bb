"""The map document in a real browser: state without reloading, clicks, drilling, saving, and names that attack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.ground import PERIOD
from tests.browser import WatchedPage
from tests.conftest import Service

pytestmark = pytest.mark.browser
DRAWN = "() => window.Wangge && Wangge.ready && Wangge.areas.shapes && !Wangge.isBusy()"
STATE = f"level=town&metric=incident_count&{PERIOD}"
ALL_LAYERS = "areas,area_labels,area_outlines,buildings,counts,households,incidents,places,roads,tracks,visits,water"


@pytest.fixture(scope="module")
def map_service(ground_home, tmp_path_factory):
    """A real service over the small workspaces."""
    running = Service(ground_home, tmp_path_factory.mktemp("map_service") / "service.log")
    running.wait()
    yield running
    running.stop()
    assert "Traceback" not in running.text(), running.text()[-3000:]


@pytest.fixture
def watched(browser, map_service):
    """A page that must end without an error, a failed request or a request to another machine."""
    context = browser.new_context(viewport={"width": 1200, "height": 760}, accept_downloads=True)
    page = WatchedPage(context.new_page(), map_service.url)
    yield page
    assert page.problems() == []
    context.close()


def open_map(page: WatchedPage, query: str) -> None:
    page.page.goto(f"{page.home}/map/view?{query}")
    page.poll(DRAWN, what="the map to draw")


def centre_of(page: WatchedPage, area_id: str) -> tuple[float, float]:
    script = f"""() => {{ const s = Wangge.areas.shapes, i = s.index.get("{area_id}");
      const p = map.latLngToContainerPoint(Wangge.unproject(...s.labels[i])); return [p.x, p.y + 14]; }}"""
    x, y = page.page.evaluate(script)
    return x, y


def test_click_picks_double_click_goes_in_and_home_comes_back(watched):
    open_map(watched, f"ws=ground&lang=en&layers=areas,area_outlines,area_labels&{STATE}")
    assert watched.page.evaluate("Wangge.areas.shapes.ids") == ["A", "B"]
    watched.page.evaluate("window.__tag = 1")
    watched.page.mouse.move(*centre_of(watched, "A"))
    watched.poll("() => document.querySelector('.wg-card').innerText.includes('区域A')", what="the card")
    card = watched.page.locator(".wg-card").inner_text()
    assert "24" in card
    assert "Records behind it" in card
    watched.page.mouse.click(*centre_of(watched, "A"))
    watched.poll("() => Wangge.state.pick === 'A'")
    watched.page.mouse.dblclick(*centre_of(watched, "A"))
    watched.poll("() => Wangge.areas.level === 'village' && Wangge.areas.shapes.n === 2", what="the villages of A")
    watched.poll(DRAWN)
    watched.page.evaluate("Wangge.apply({area: '', level: 'town', pick: ''})")
    watched.poll("() => Wangge.areas.level === 'town'")
    assert watched.page.evaluate("window.__tag") == 1
    watched.page.click("[data-tool=in]")
    watched.poll("() => document.querySelector('.wg-held') !== null", what="the view to be held")
    watched.page.click("[data-tool=home]")
    watched.poll("() => document.querySelector('.wg-held') === null", what="the view to be let go")


def test_a_new_metric_theme_and_language_are_not_a_new_document(watched):
    open_map(watched, f"ws=ground&lang=zh_CN&{STATE}")
    watched.page.evaluate("window.__tag = 1; window.__shapes = Wangge.areas.shapes")
    legend = watched.page.locator(".wg-legend")
    assert "统计时段" in legend.inner_text()
    assert "无数据" in legend.inner_text()
    watched.page.evaluate("Wangge.apply({metric: 'incident_density', theme: 'dark', lang: 'en', palette: 'cividis'})")
    watched.poll("() => document.querySelector('.wg-legend').innerText.includes('km²')", what="the other metric")
    assert "Period" in legend.inner_text()
    assert watched.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert watched.page.evaluate("window.__tag === 1 && window.__shapes === Wangge.areas.shapes")


def test_a_page_feeds_the_frame_and_hears_it(watched):
    """The page that holds the frame is of the same service; messages of anybody else are not heard."""
    watched.page.goto(f"{watched.home}/assets/wangge/wangge.css")
    script = """src => { const f = document.createElement('iframe'); f.src = src;
      Object.assign(f.style, {width: '900px', height: '600px', position: 'fixed', left: 0, top: 0});
      document.body.append(f); window.heard = []; window.f = f;
      addEventListener('message', e => { if (e.source === f.contentWindow) window.heard.push(e.data); }); }"""
    watched.page.evaluate(script, "/map/view?ws=ground")
    watched.poll("() => window.heard.some(m => m.event === 'ready')", what="the frame to be ready")
    start, end = (part.split("=")[1] for part in PERIOD.split("&"))
    state = {"level": "grid", "area": "B1", "metric": "incident_count", "start": start, "end": end, "lang": "en"}
    watched.page.evaluate("s => f.contentWindow.postMessage({wangge: 1, state: s}, location.origin)", state)
    frame = watched.map()
    watched.poll("() => Wangge.areas.shapes && Wangge.areas.shapes.n === 4", frame=frame, what="four grids")
    box = watched.page.locator("iframe").bounding_box()
    where = """() => { if (map._flyToFrame || Wangge.isBusy()) return null;
      const p = map.latLngToContainerPoint(Wangge.unproject(...Wangge.areas.shapes.labels[1]));
      const still = window.__last === p.x + "," + p.y; window.__last = p.x + "," + p.y;
      return still ? [p.x + 2, p.y + 22] : null; }"""
    point = watched.poll(where, frame=frame, what="the map to come to rest")
    watched.page.mouse.click(box["x"] + point[0], box["y"] + point[1])
    watched.poll("() => window.heard.some(m => m.event === 'clicked')", what="the click")
    told = watched.page.evaluate("() => window.heard.find(m => m.event === 'clicked').detail")
    assert (told["kind"], told["id"], told["level"], told["action"]) == ("areas", "B11", "grid", "select")
    watched.poll("() => window.heard.some(m => m.event === 'view')", what="the view")
    views = watched.page.evaluate("() => window.heard.filter(m => m.event === 'view').map(m => m.detail)")
    assert len(views) <= 3
    frame.evaluate("() => { map.setZoom(map.getZoom() + 1, {animate: false}); }")
    before = frame.evaluate("map.getZoom()")
    echo = ",".join(str(views[-1][name]) for name in ("lon", "lat", "zoom"))
    watched.page.evaluate("s => f.contentWindow.postMessage({wangge: 1, state: s}, location.origin)", {"view": echo})
    watched.poll("() => Wangge.state.view !== ''", frame=frame, what="the echo to arrive")
    assert frame.evaluate("map.getZoom()") == before, "an echo moves nothing"


@pytest.mark.parametrize("level", ["town", "grid"])
def test_names_that_attack_execute_nothing(watched, level):
    watched.page.goto(f"{watched.home}/auth/as/admin?ws=hostile&next=/assets/wangge/wangge.css")
    open_map(watched, f"ws=hostile&lang=en&layers={ALL_LAYERS}&level={level}&metric=incident_count&{PERIOD}")
    watched.poll("() => Wangge.layers.filter(l => !l.hidden && l.data).length >= 3", what="the points")
    for area_id in watched.page.evaluate("Wangge.areas.shapes.ids"):
        watched.page.mouse.move(*centre_of(watched, area_id))
        watched.page.wait_for_timeout(60)
    for name in ("incidents", "places", "visits"):
        watched.page.evaluate(
            f"""() => {{ const l = Wangge.layers.find(l => l.name === "{name}"), x = l.data.points.xy;
          Wangge.clear(document.querySelector(".wg-card"));
          Wangge.fillCard(document.querySelector(".wg-card"), l.hit(x[0], x[1], 1)); }}"""
        )
    watched.page.click(".wg-layers-button")
    watched.page.keyboard.press("Escape")
    watched.page.keyboard.press("/")
    watched.page.keyboard.type("<s")
    watched.poll("() => document.querySelectorAll('#wg-hits li').length > 0", what="hits")
    watched.page.keyboard.press("ArrowDown")
    watched.page.keyboard.press("Enter")
    watched.page.evaluate("Wangge.composePicture().then(c => { window.__picture = c.width; })")
    watched.poll("() => window.__picture > 0", what="the picture")
    assert watched.page.evaluate("window.__pwn || 0") == 0
    assert watched.page.locator("img, svg[onload], .wg-card script").count() == 0


def test_search_flies_there_and_picks(watched):
    open_map(watched, f"ws=ground&lang=en&{STATE}")
    watched.page.keyboard.press("/")
    assert watched.page.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    watched.page.keyboard.type("B2")
    watched.poll("() => document.querySelectorAll('#wg-hits li[role=option]').length >= 2", what="hits")
    watched.page.keyboard.press("Enter")
    watched.poll("() => Wangge.state.pick === 'B2'")


def test_areas_on_one_footprint_are_chosen_from_a_list(watched):
    open_map(watched, f"ws=ground&lang=en&{STATE}")
    watched.page.evaluate(
        """() => Wangge.choose(["B", "A"].map(Wangge.describeArea),
        { latlng: map.getCenter(), containerPoint: { x: 300, y: 200 } })"""
    )
    rows = watched.page.locator(".wg-chooser button")
    assert rows.evaluate_all("all => all.map(one => one.dataset.area)") == ["A", "B"]
    watched.page.keyboard.press("Escape")
    assert watched.page.locator(".wg-chooser").is_hidden()
    watched.page.evaluate(
        """() => Wangge.choose(["A", "B"].map(Wangge.describeArea),
        { latlng: map.getCenter(), containerPoint: { x: 300, y: 200 } })"""
    )
    watched.page.keyboard.press("ArrowDown")
    watched.page.keyboard.press("Enter")
    watched.poll("() => Wangge.state.pick === 'B'", what="the area chosen")
    assert watched.page.locator(".wg-chooser").is_hidden()


def test_layers_are_switched_by_keyboard_too(watched):
    open_map(watched, f"ws=ground&lang=en&{STATE}")
    watched.page.focus(".wg-layers-button")
    watched.page.keyboard.press("Enter")
    watched.page.focus("#wg-layer-places")
    watched.page.keyboard.press("Space")
    watched.poll("() => { const l = Wangge.layers.find(l => l.name === 'places'); return !l.hidden && l.data; }")
    assert "police post" in watched.page.locator(".wg-legend").inner_text().replace("_", " ")


def test_picture_and_mark(watched, tmp_path):
    open_map(watched, f"ws=ground&lang=zh_CN&{STATE}")
    assert watched.page.locator(".wg-synthetic").inner_text() == "SYNTHETIC 合成演示数据"
    with watched.page.expect_download() as download:
        watched.page.click("[data-tool=picture]")
    path = tmp_path / "map.png"
    download.value.save_as(path)
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert path.stat().st_size > 20_000


def test_measure_knows_a_known_length(watched):
    open_map(watched, f"ws=ground&lang=en&{STATE}")
    one_degree = watched.page.evaluate("Wangge.metres({lat: 0, lng: 0}, {lat: 0, lng: 1})")
    assert one_degree == pytest.approx(111_195, rel=1e-4)
    square = watched.page.evaluate(
        "Wangge.squareMetres([{lat:0,lng:0},{lat:0,lng:.01},{lat:.01,lng:.01},{lat:.01,lng:0}])"
    )
    assert square == pytest.approx(1111.95**2, rel=1e-3)
    watched.page.click("[data-tool=measure]")
    watched.page.mouse.click(500, 300)
    watched.page.mouse.click(700, 300)
    assert "km" in watched.page.locator(".wg-measure").inner_text()
    watched.page.keyboard.press("Escape")
    assert watched.page.evaluate("Wangge.measuring") is False


def test_saved_file_opens_from_disk_without_the_service(browser, map_service, tmp_path):
    status, body = map_service.get(f"/map/export?ws=hostile&lang=en&{STATE}&layers={ALL_LAYERS}")
    assert status == 200
    path = tmp_path / "saved.html"
    path.write_bytes(body)
    context = browser.new_context(viewport={"width": 1100, "height": 700}, offline=True)
    page = context.new_page()
    requests: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    saved = WatchedPage(page, path.as_uri())
    saved.poll(DRAWN, what="the saved map")
    assert [url for url in requests if not url.startswith(("data:", "blob:"))] == [path.as_uri()]
    assert faults == []
    assert "SYNTHETIC" in page.locator(".wg-synthetic").inner_text()
    assert "Period" in page.locator(".wg-legend").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("script")
    saved.poll("() => document.querySelectorAll('#wg-hits li[role=option]').length > 0", what="hits without a service")
    page.keyboard.press("Enter")
    assert page.evaluate("window.__pwn || 0") == 0
    context.close()


def test_a_phone_can_use_it(browser, map_service):
    context = browser.new_context(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    page = WatchedPage(context.new_page(), map_service.url)
    open_map(page, f"ws=ground&lang=zh_CN&{STATE}")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = page.page.evaluate(
        """[...document.querySelectorAll('.wg-search, .wg-layers, .wg-toolbar, .wg-legend')]
        .map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"""
    )
    for i, a in enumerate(boxes):
        assert a[0] >= 0
        assert a[2] <= 390
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)
    page.page.touchscreen.tap(*centre_of(page, "A"))
    page.poll("() => Wangge.state.pick === 'A'", what="the tap")
    assert page.problems() == []
    context.close()


def test_configuration_carries_no_row_of_a_table(map_service):
    _, body = map_service.get("/map/view?ws=ground")
    text = body.decode()
    assert "区域A" not in text
    assert "名称0" not in text
    assert Path("assets").name in text
    assert json.dumps("ground") in text
