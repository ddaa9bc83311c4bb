"""A duty officer's way through the map, in a real browser, on the demonstration and on a real place."""

import itertools
from datetime import date, timedelta

import pytest

from tests.conftest import ROOT
from tests.journeys.steps import MapPage

pytestmark = pytest.mark.browser
COLOURS = """() => {
  const canvas = document.querySelector('canvas.wg-stage'), seen = new Set();
  const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 0; i < dots.length; i += 400) seen.add(dots.slice(i, i + 3).join());
  return seen.size;
}"""


def test_drill_down_to_a_micro_grid_and_back(browser_page):
    browser_page.goto("/map?ws=main")
    map_page = MapPage(browser_page).ready()
    document = map_page.frame
    document.evaluate("() => { window.kept = 1; }")
    levels, way = [map_page.level()], []
    while map_page.level() != "micro_grid":
        way.append(map_page.drill())
        levels.append(map_page.level())
        assert len(levels) < 7
    assert levels[-4:] == ["town", "village", "grid", "micro_grid"]
    finest = map_page.biggest()
    map_page.click_area(finest)
    map_page.wait_for("pick", finest)
    for parent, child in itertools.pairwise(way):
        assert child != parent
    steps = browser_page.page.locator(".st-key-crumbs button").count()
    assert steps >= len(way), "every level above has its step"
    map_page.crumb(steps - 1)
    map_page.wait_for("area", way[-2])
    map_page.crumb(0)
    browser_page.poll(f"() => Wangge.areas.level === '{levels[0]}' && !Wangge.isBusy()", frame=map_page.frame)
    assert map_page.frame.evaluate("() => window.kept") == 1, "the map document was reloaded on the way"


def test_the_view_is_in_the_address_and_overtakes_no_choice(browser_page):
    browser_page.goto("/map?ws=main")
    map_page = MapPage(browser_page).ready()
    first = map_page.level()
    entered = map_page.drill()
    told = "() => Wangge.isEcho(Wangge.map.getCenter().lng, Wangge.map.getCenter().lat, Wangge.map.getZoom())"
    browser_page.poll(told, frame=map_page.frame, what="the map to tell where it came to rest")
    map_page.frame.evaluate("() => Wangge.tell({ event: 'view', detail: { lon: 120.6, lat: 30.4, zoom: 11.25 } })")
    map_page.wait_for("view", "120.60000,30.40000,11.25")
    assert map_page.state("area") == entered
    browser_page.page.evaluate("""() => {
      document.querySelector('.st-key-crumbs button').click();
      const roots = [...document.querySelectorAll('*')].map((one) => one.shadowRoot || one);
      const frame = roots.map((one) => one.querySelector('.wg-frame iframe')).find((one) => one);
      frame.contentWindow.Wangge.tell({ event: 'view', detail: { lon: 120.7, lat: 30.4, zoom: 11 } });
    }""")
    map_page.wait_for("area", "")
    browser_page.poll(f"() => Wangge.areas.level === '{first}' && !Wangge.isBusy()", frame=map_page.frame)
    browser_page.settle()
    assert map_page.state("area") == ""
    assert not map_page.state("view").startswith("120.6"), "the view of the area left"


def test_metric_and_period_change_the_values_not_the_document(browser_page):
    browser_page.goto("/map?ws=main&lang=en&level=village")
    map_page = MapPage(browser_page).ready()
    map_page.frame.evaluate("() => { window.kept = 1; }")
    first = map_page.frame.evaluate("() => JSON.stringify(Wangge.areas.values)")
    map_page.choose("metric", "Incident density")
    map_page.wait_for("metric", "incident_density")
    browser_page.poll("() => Wangge.state.metric === 'incident_density' && !Wangge.isBusy()", frame=map_page.frame)
    second = map_page.frame.evaluate("() => JSON.stringify(Wangge.areas.values)")
    assert second != first
    browser_page.page.get_by_role("button", name="Period, category, classes").click()
    browser_page.page.get_by_text("7 days", exact=True).first.click()
    last = date.fromisoformat(map_page.state("to"))
    map_page.wait_for("from", (last - timedelta(days=6)).isoformat())
    browser_page.poll(f"() => Wangge.state.start.startsWith('{last - timedelta(days=6)}')", frame=map_page.frame)
    browser_page.poll("() => !Wangge.isBusy()", frame=map_page.frame)
    assert map_page.frame.evaluate("() => JSON.stringify(Wangge.areas.values)") != second
    assert map_page.frame.evaluate("() => window.kept") == 1


def test_search_finds_an_area_by_name(browser_page):
    browser_page.goto("/map?ws=main")
    map_page = MapPage(browser_page).ready()
    wanted = map_page.frame.evaluate("() => Wangge.areas.shapes.columns.name[0]")
    box = map_page.frame.get_by_role("combobox")
    box.fill(wanted)
    map_page.frame.get_by_role("option").first.wait_for()
    assert wanted in map_page.frame.get_by_role("option").first.inner_text()
    box.press("Enter")
    browser_page.poll("() => !!Wangge.state.pick", frame=map_page.frame, what="the area found to be picked")


def test_picture_and_one_file_map(browser_page, browser, tmp_path):
    browser_page.goto("/map?ws=main&lang=en")
    map_page = MapPage(browser_page).ready()
    with browser_page.page.expect_download() as picture:
        map_page.frame.locator("[data-tool=picture]").click()
    picture.value.save_as(tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "map.png").stat().st_size > 20_000
    with browser_page.page.expect_download(timeout=120_000) as saved:
        map_page.frame.locator("[data-tool=save]").click()
    saved.value.save_as(tmp_path / "map.html")
    open_from_disk(browser, tmp_path / "map.html", areas=len(map_page.areas()))


def open_from_disk(browser, path, *, areas: int) -> None:
    """The file shows its areas with no service at all: no request leaves it."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    problems, asked = [], []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.on("request", lambda r: asked.append(r.url) if r.url.startswith(("http", "ws")) else None)
    page.goto(path.as_uri())
    for _ in range(200):
        if page.evaluate("() => !!(window.Wangge && Wangge.areas && Wangge.areas.shapes && Wangge.areas.shapes.n)"):
            break
        page.wait_for_timeout(100)
    assert page.evaluate("() => Wangge.areas.shapes.n") == areas
    painted = page.evaluate(COLOURS)
    assert painted >= 5, "more than one colour is on the canvas"
    context.close()
    assert not problems
    assert not asked


def test_language_is_switched(browser_page):
    browser_page.goto("/map?ws=main")
    MapPage(browser_page).ready()
    assert "地图" in browser_page.text()
    browser_page.page.locator("[data-testid=stExpandSidebarButton]").click()
    browser_page.page.locator(".st-key-w_lang").get_by_text("English").click()
    MapPage(browser_page).wait_for("lang", "en")
    browser_page.poll("() => document.querySelector('.wg-head h1')?.innerText === 'Map'", what="the English title")


def test_another_person_sees_less(browser_page):
    """The town's duty officer sees their town, whatever the address asks for."""
    browser_page.goto("/map?ws=main&level=village")
    everything = set(MapPage(browser_page).ready().areas())
    browser_page.goto("/auth/as/duty_yanguan?ws=main&next=/map%3Fws%3Dmain%26level%3Dvillage")
    less = set(MapPage(browser_page).ready().areas())
    assert less < everything
    assert less
    outside = sorted(everything - less)[0]
    browser_page.goto(f"/map?ws=main&level=village&area={outside}")
    assert set(MapPage(browser_page).ready().areas()) <= less


@pytest.mark.usefixtures("chicago_home")
def test_a_real_place_from_district_to_beat(browser_page):
    browser_page.goto("/map?ws=chicago&level=district")
    map_page = MapPage(browser_page).ready()
    assert len(map_page.areas()) == 23
    assert "SYNTHETIC" not in browser_page.text()
    map_page.drill()
    assert map_page.level() != "district"
    while map_page.level() != "beat":
        map_page.drill()
    assert 0 < len(map_page.areas()) < 275
    map_page.crumb(0)
    browser_page.poll("() => Wangge.areas.level === 'district' && !Wangge.isBusy()", frame=map_page.frame)


def test_the_map_fits_a_small_screen(browser_page):
    browser_page.page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto("/map?ws=main")
    MapPage(browser_page).ready()
    wide = browser_page.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 390, "nothing to be scrolled sideways"


def test_docs_name_the_pages_that_exist():
    from views.frame import PAGES

    text = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
    assert not [title for _, title, *_ in PAGES if f"## {title}" not in text]
