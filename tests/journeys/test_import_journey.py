"""A broken shapefile in GBK, from the drop to what is found, repaired, looked at, imported and undone again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from data.store import open_store
from tests.browser import WatchedPage
from tests.conftest import Service
from tests.imports.broken_shapefile import GRIDS, write_broken, write_villages

pytestmark = pytest.mark.browser
DRAWN = "() => !!(window.Wangge && Wangge.coming && Wangge.coming.feed && !Wangge.isBusy() && Wangge.stage)"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Any:
    """A service over an empty home, and the files."""
    folder = tmp_path_factory.mktemp("broken")
    home = tmp_path_factory.mktemp("journey")
    files = {"villages": write_villages(folder), "parts": write_broken(folder)}
    running = Service(home, folder / "service.log")
    running.wait()
    yield running, files
    running.stop()
    assert "Traceback" not in running.text(), running.text()[-4000:]


@pytest.fixture
def page(browser, place):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(60_000)
    watched = WatchedPage(context.new_page(), place[0].url)
    yield watched
    problems = watched.problems()
    context.close()
    assert not problems, "\n".join(problems)


def shot(page: WatchedPage, name: str) -> None:
    """Keep a picture where a person wants to look at the journey."""
    if folder := os.environ.get("WANGGE_JOURNEY_SHOTS"):
        page.screenshot(Path(folder) / f"{name}.png")


def drop(page: WatchedPage, files: list[Path]) -> None:
    page.page.locator("input[type=file]").first.set_input_files(files)
    page.settle()


def fill(page: WatchedPage, key: str, text: str) -> None:
    box = page.page.locator(f".st-key-{key} input").first
    box.fill(text)
    box.press("Enter")
    page.settle()


def choose(page: WatchedPage, key: str, text: str) -> None:
    page.page.locator(f".st-key-{key} [data-baseweb=select], .st-key-{key} [role=combobox]").first.click()
    page.page.get_by_role("option", name=text, exact=True).first.click()
    page.settle()


def preview(page: WatchedPage, seconds: int = 60) -> Any:
    """The document of the preview, once it has drawn the file."""
    for _ in range(10 * seconds):
        frames = [frame for frame in page.page.frames if "/map/coming" in frame.url]
        if frames:
            page.poll(DRAWN, frame=frames[-1], what="the file on the map")
            return frames[-1]
        page.page.wait_for_timeout(100)
    raise AssertionError(f"no preview on {page.page.url}")


def say(page: WatchedPage, text: str) -> None:
    page.poll(f"() => document.querySelector('[data-testid=stMain]').innerText.includes({text!r})", what=text)


def look_at_level(page: WatchedPage, level: str) -> None:
    asked = "这些区域属于哪一层级"
    say(page, asked)
    fill(page, "o_level", level)
    main = "document.querySelector('[data-testid=stMain]').innerText"
    page.poll(f"() => !{main}.includes({asked!r})", what="the level to be known")
    page.settle()


def import_villages(page: WatchedPage, place: Any) -> None:
    """The first file of an empty home makes its workspace."""
    page.goto("/import?lang=zh_CN")
    fill(page, "import_new", "journey")
    choose(page, "import_kind", "区域")
    drop(page, [place[1]["villages"]])
    look_at_level(page, "village")
    document = preview(page)
    assert document.evaluate("() => Wangge.coming.feed.as_is.ids.length") == 2
    assert document.evaluate("() => Wangge.map.getZoom()") > 12, "the map goes to the file"
    page.page.locator(".st-key-import_go button").click()
    say(page, "新增")
    page.settle()


def test_from_drop_to_undo(page, place, tmp_path):
    import_villages(page, place)
    choose(page, "import_kind", "区域")
    drop(page, place[1]["parts"])
    look_at_level(page, "grid")
    document = preview(page)
    say(page, "gb18030")
    for text in ("区域相互重叠", "区域之间有空隙", "边界自相交", "跨两个上级区域"):
        say(page, text)
    kinds = document.evaluate("() => Wangge.coming.feed.defects.map((one) => one.kind)")
    assert sorted(kinds) == ["gap", "invalid", "overlap", "two_parents"]
    assert document.evaluate("() => Wangge.areas.shapes.n") == 2, "what is there already lies under the file"
    page.page.wait_for_timeout(800)
    shot(page, "1-found")
    click_first_defect(page, document)
    shot(page, "2-gone-to")
    with page.page.expect_download() as saved:
        page.page.locator(".st-key-defects_gpkg button").first.click()
    saved.value.save_as(tmp_path / "defects.gpkg")
    assert sorted(gpd.read_file(tmp_path / "defects.gpkg")["kind"]) == sorted(kinds)
    repair(page, document)
    imported_and_undone(page)


def click_first_defect(page: WatchedPage, document: Any) -> None:
    """A row of the list leads the map to its defect; a click on a mark leads the list."""
    before = document.evaluate("() => Wangge.map.getZoom()")
    canvas = page.page.locator(".st-key-import_defects canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.page.mouse.click(box["x"] + 16, box["y"] + 36 + 17)
    page.poll("() => !!Wangge.coming.focus", frame=document, what="the defect in focus")
    page.poll(f"() => Wangge.map.getZoom() > {before} + 0.5", frame=document, what="the map going to it")
    page.settle()
    first = document.evaluate("() => Wangge.coming.focus")
    document.evaluate("() => Wangge.reset()")
    page.page.wait_for_timeout(900)
    other = document.evaluate(
        "() => Wangge.coming.marks.find((one) => one.row.key !== Wangge.coming.focus && one.full).row.key"
    )
    document.evaluate("(key) => Wangge.coming.hit(...Wangge.coming.find(key).at, 0.01).act()", other)
    page.poll(f"() => Wangge.coming.focus === {other!r}", frame=document, what="the mark clicked in focus")
    assert first != other
    page.settle()


def repair(page: WatchedPage, document: Any) -> None:
    """The repair is shown before it is done; what changes more than the limit waits for consent by name."""
    page.page.locator(".st-key-import_choice").get_by_text("先修复").click()
    say(page, "修复后仍有")
    page.poll("() => Wangge.coming.choice === 'repaired'", frame=document, what="the repaired areas on the map")
    page.settle()
    shot(page, "3-repair")
    assert document.evaluate("() => Wangge.coming.feed.left.length") == 2
    for code in list(GRIDS)[1:4]:
        page.page.locator(".st-key-import_consent input").first.click()
        page.page.get_by_role("option", name=code).first.click()
        tagged = f"() => document.querySelector('.st-key-import_consent').innerText.includes({code!r})"
        page.poll(tagged, what="the consent")
        page.page.wait_for_timeout(500)  # the click may be followed by rest before its run begins
        page.settle()
    page.page.keyboard.press("Escape")
    say(page, "修复后没有任何问题")
    page.poll("() => Wangge.coming.feed.left.length === 0", frame=document, what="nothing left")
    page.page.wait_for_timeout(500)
    shot(page, "4-consented")


def imported_and_undone(page: WatchedPage) -> None:
    """Taken whole, named in Chinese, without a defect; then as if it had never been."""
    page.page.locator(".st-key-import_go button").click()
    say(page, "撤销这次导入")
    page.settle()
    shot(page, "5-imported")
    assert "修复了 4 个区域" in page.text()
    page.page.locator(".st-key-import_undo button").click()
    say(page, "已撤销")
    page.settle()
    shot(page, "6-undone")


def test_the_store_is_as_it_was(place, monkeypatch):
    """After the journey: the villages alone, and both imports of the record, one undone."""
    monkeypatch.setenv("WANGGE_HOME", str(place[0].home))
    store = open_store("journey")
    assert [key for key, _, _ in store.level_rows()] == ["village"]
    sources = store.desk("administrator").sources()
    assert sources["is_undone"].tolist() == [True, False]
    assert "repair" in str(sources["options"].iloc[0])
