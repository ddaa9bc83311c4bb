"""A county with nothing finer than villages: micro-grids are made of its streets and buildings, and taken in."""

from __future__ import annotations

import pytest

from tests.browser import WatchedPage
from tests.conftest import DEMO_DAYS, DEMO_SCALE, DEMO_UNTIL, Service, environment
from tests.planning.bare import build_bare

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bare_service(tmp_path_factory):
    from data.demo import build_demo

    home = tmp_path_factory.mktemp("bare-home")
    with environment(WANGGE_HOME=str(home)):
        build_demo("main", scale=DEMO_SCALE, days=DEMO_DAYS, until=DEMO_UNTIL)
        build_bare()
        running = Service(home, tmp_path_factory.mktemp("bare") / "service.log")
        running.wait()
        yield running
        running.stop()
    assert "Traceback" not in running.text(), running.text()[-4000:]


def test_micro_grids_are_made_looked_at_and_taken_in(browser, bare_service, tmp_path):
    from data.store import open_store

    desk = open_store("bare").desk("administrator")
    village = str(desk.areas("village", geometry=False).index[0])
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(120_000)
    page = WatchedPage(context.new_page(), bare_service.url)
    page.goto(f"/planning?ws=bare&lang=en&area={village}")
    assert "Make finer areas from streets and buildings" in page.text()
    page.page.get_by_role("button", name="Make them").click()
    taken = page.page.get_by_role("button", name="Take them in as areas")
    taken.wait_for()
    page.settle()
    assert "in the band, made of" in page.text()
    with page.page.expect_download() as waited:
        page.page.get_by_role("button", name="GeoPackage").click()
    waited.value.save_as(tmp_path / "m.gpkg")
    assert (tmp_path / "m.gpkg").stat().st_size > 10_000
    taken.click()
    page.page.wait_for_function("() => !document.querySelector('.st-key-wg-plan-making')", timeout=120_000)
    page.settle()
    micro = open_store("bare").desk("administrator").areas("micro_grid", geometry=False)
    assert set(micro["parent_id"]) == {village}
    assert micro["households"].sum() > 0
    problems = page.problems()
    context.close()
    assert not problems, "\n".join(problems)
