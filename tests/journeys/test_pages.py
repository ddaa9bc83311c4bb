"""Every page opens, in both languages, and says what it is; a file goes in through the Import page."""

import os

import pytest
from PIL import Image

from tests.conftest import ROOT
from tests.journeys.steps import MapPage
from tests.journeys.test_event import EventPage
from tests.journeys.test_live import wall
from views.frame import PAGES

pytestmark = pytest.mark.browser
PATHS = [("" if name == "overview" else name) for name, *_ in PAGES]


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_opens_without_a_fault(browser_page, path, lang):
    browser_page.goto(f"/{path}?ws=main&lang={lang}")
    assert browser_page.page.locator(".wg-head h1").count() == 1
    assert browser_page.page.locator("[data-testid=stException]").count() == 0
    assert browser_page.page.locator("[data-mark=synthetic]").count() == 1, "demonstration data are marked"


@pytest.mark.parametrize("path", PATHS)
def test_every_page_fits_a_phone(browser_page, path):
    browser_page.page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(f"/{path}?ws=main&lang=zh_CN")
    assert browser_page.page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_a_file_goes_in_through_the_import_page(browser_page):
    """Look first, then import, then see it: in a workspace of its own."""
    page = browser_page.page
    browser_page.goto("/import?ws=main&lang=en")
    page.locator("input[type=file]").first.set_input_files(ROOT / "docs" / "samples" / "incidents.csv")
    browser_page.poll(
        "() => document.querySelector('[data-testid=stMain]').innerText.includes('Rows: 40')",
        what="the preview of 40 rows",
    )


SHOTS = {name: ("" if name == "overview" else name) for name, *_ in PAGES}
MORE = {
    "area": "&area=330481108", "live": "&at=2026-11-20T02:30Z", "planning": "&area=330481106&band=330-470",
}  # fmt: skip


@pytest.mark.skipif(not os.environ.get("WANGGE_SCREENSHOTS"), reason="make screenshots writes the readme's pictures")
@pytest.mark.parametrize("name", SHOTS)
def test_screenshot(browser_page, name, tmp_path):
    browser_page.goto(f"/{SHOTS[name]}?ws=main&lang=zh_CN&theme=light{MORE.get(name, '')}")
    if name == "live":
        wall(browser_page)
    elif name == "event":
        EventPage(browser_page).ready()
    elif name == "planning":
        browser_page.page.get_by_role("button", name="自动规划").click()
        browser_page.page.locator(".st-key-plan_use_0 button").wait_for(timeout=120_000)
        browser_page.page.mouse.move(5, 400)
        browser_page.settle()
    elif browser_page.page.locator(".wg-frame iframe").count():
        MapPage(browser_page).ready()
    browser_page.page.wait_for_timeout(1500)
    browser_page.screenshot(tmp_path / "page.png")
    target = ROOT / "docs" / "screenshots" / f"{name}.png"
    target.parent.mkdir(exist_ok=True)
    with Image.open(tmp_path / "page.png") as picture:
        picture.convert("RGB").quantize(128).save(target, optimize=True)
    assert target.stat().st_size < 300_000
