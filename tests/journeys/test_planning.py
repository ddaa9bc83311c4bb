"""A planner's way: find what is out of band, plan, redraw by hand, undo, hand in, have it approved, see it in force."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.browser import WatchedPage
from tests.conftest import DEMO_DAYS, DEMO_SCALE, DEMO_UNTIL, PICTURES, ROOT, Service, environment

pytestmark = pytest.mark.browser
READY = (
    "() => !!(window.Wangge && Wangge.plan && Wangge.plan.now && Wangge.plan.byZone.size && !Wangge.isBusy()"
    " && Wangge.plan.now.seal.indexOf('+') < 0)"
)
BAND = (330, 470)
ACROSS = """(part) => {
  const at = (zone) => Wangge.map.latLngToContainerPoint(Wangge.unproject(...zone.middle)), P = Wangge.plan;
  const zones = [...P.byZone.entries()]
    .filter(([z]) => !P.now.zones[z][6])
    .map(([z, one]) => [z, at(one)]);
  zones.sort((a, b) => a[0] - b[0]);
  const [[, a], [, b]] = zones, far = 2000;
  const gap = Math.hypot(b.x - a.x, b.y - a.y);
  const nx = -(b.y - a.y) / gap, ny = (b.x - a.x) / gap;
  const x = a.x + (b.x - a.x) * part, y = a.y + (b.y - a.y) * part;
  const ground = (s) => Wangge.map.containerPointToLatLng([x + s * nx, y + s * ny]);
  const point = (s) => [ground(s).lng, ground(s).lat];
  return [point(-far), point(far)];
}"""

SIDES = """(z) => {
  const box = Wangge.plan.byZone.get(z).box;
  const at = (x, y) => Wangge.map.latLngToContainerPoint(Wangge.unproject(x, y)).x;
  return [at(box[0], box[1]), at(box[2], box[3])];
}"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A service over a county and a home of its own: a plan put in force changes it, and a home has one writer."""
    from data.demo import build_demo

    home = tmp_path_factory.mktemp("planned-home")
    with environment(WANGGE_HOME=str(home)):
        build_demo("planned", scale=DEMO_SCALE, days=DEMO_DAYS, until=DEMO_UNTIL)
        running = Service(home, tmp_path_factory.mktemp("planned") / "service.log")
        running.wait()
        yield running
        running.stop()
    assert "Traceback" not in running.text(), running.text()[-4000:]


@pytest.fixture
def page(browser, planned):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(120_000)
    watched = WatchedPage(context.new_page(), planned.url)
    yield watched
    problems = watched.problems()
    context.close()
    assert not problems, "\n".join(problems)


def village_out_of_band() -> tuple[str, int]:
    """A village with grids out of the band that can be put right, and how many such grids there are in the county."""
    from data.planning.editor.bench import open_bench
    from data.planning.editor.session import EditSession
    from data.planning.run import effort_for
    from data.settings import DEFAULTS
    from data.store import open_store

    store = open_store("planned")
    desk = store.desk(store.accounts()[0].account_id)
    grids = desk.areas("grid", geometry=False)
    own = grids[grids["area_class"] != "dedicated"]
    out = own["households"].lt(BAND[0]) | own["households"].gt(BAND[1])
    table = own.assign(out=out).groupby("parent_id").agg(out=("out", "sum"), grids=("out", "size"))
    for village in table.index[(table["out"] > 0) & (table["grids"] > 1)]:
        session = EditSession(open_bench(desk, "grid", str(village), band=BAND))
        session.start_plan("draft", effort_for(session.draft.ground.count, DEFAULTS, has_today=True), lambda: 0.0)
        assert session.job is not None
        session.job.thread.join()
        if session.plans and not session.plans[0].misfits():
            return str(village), int(out.sum())
    raise AssertionError("no village whose grids can be put right")


def frame_of(page) -> object:
    for _ in range(600):
        found = [one for one in page.page.frames if "/map/plan" in one.url]
        if found:
            page.poll(READY, frame=found[0], what="the plan on the map")
            return found[0]
        page.page.wait_for_timeout(100)
    raise AssertionError("no planner's map")


def metrics(page) -> dict[str, str]:
    page.settle()
    texts = page.page.locator(".st-key-wg-plan-numbers [data-testid=stMetric]").all_inner_texts()
    return {text.split("\n")[0].strip(): [one for one in text.split("\n") if one.strip()][1] for text in texts}


def press(page, name: str) -> None:
    page.page.get_by_role("button", name=name).first.click()
    page.settle()


def draw(page, frame, line, *, tool: str) -> None:
    """Draw as the tool does, by the act it sends; the pointer's own way is tried in the test of the tools."""
    frame.evaluate("([verb, line]) => Wangge.planAct({ verb, line, cuts: false })", [tool, line])
    page.poll(READY, frame=frame, what="the answer to an act")
    page.settle()


def last_month(service: Service) -> dict:
    path = "/api/values?ws=planned&metric=incident_count&level=grid&start=2026-11-10T00:00:00Z&end=2026-11-20T00:00:00Z"
    answer = service.get_json(path)
    return {"values": answer["values"], "total": answer["total"]}


def test_from_grids_out_of_band_to_new_grids_in_force(page, planned):
    village, out = village_out_of_band()
    page.goto(f"/planning?ws=planned&lang=en&band={BAND[0]}-{BAND[1]}")
    assert f"{out} of" in page.text()
    assert f"out of the band {BAND[0]}–{BAND[1]}" in page.text()
    page.goto(f"/planning?ws=planned&lang=en&area={village}&band={BAND[0]}-{BAND[1]}")
    frame = frame_of(page)
    before = metrics(page)
    assert int(before["To put right"]) > 0
    press(page, "Automatic plan")
    page.page.get_by_role("button", name="Take plan 1").click()
    page.poll("() => Wangge.plan.now.can_undo", frame=frame, what="the plan taken")
    planned_numbers = metrics(page)
    assert int(planned_numbers["To put right"]) == 0
    assert int(planned_numbers["Households moved"]) > 0
    moved = by_hand(page, frame, planned_numbers)
    page.page.keyboard.press("Control+z")
    page.poll("() => Wangge.plan.now.can_redo", frame=frame, what="the border back")
    assert metrics(page) == planned_numbers
    page.page.keyboard.press("Control+y")
    page.poll("() => !Wangge.plan.now.can_redo", frame=frame, what="the border moved again")
    assert metrics(page) == moved
    press(page, "Undo")
    shoot(page, "planning")
    approve_and_see(page, planned, village)


def by_hand(page, frame, numbers) -> dict[str, str]:
    """Move a border by a drawn line until one is found that brings units to the other side."""
    for part in (0.3, 0.4, 0.2, 0.6, 0.1):
        draw(page, frame, frame.evaluate(ACROSS, part), tool="border")
        found = metrics(page)
        if found != numbers:
            return found
    raise AssertionError(f"no line moves a border: {page.text()[-600:]}")


def approve_and_see(page, service, village: str) -> None:
    report, edition = last_month(service), service.get_json("/api/values?ws=planned&metric=incident_count&level=grid")
    page.page.locator(".st-key-plan_name input").fill("Redrawn")
    page.page.keyboard.press("Enter")
    page.settle()
    press(page, "Save as a plan")
    says(page, "Version 1, draft")
    assert "plan=" in page.page.url
    press(page, "Hand in")
    says(page, "Version 1, handed in")
    says(page, "Another person has to approve it")
    here = page.page.url.removeprefix(page.home)
    page.goto(f"/auth/as/planner?ws=planned&next={quote(here, safe='')}")
    frame_of(page)
    press(page, "Approve")
    says(page, "Version 1, approved")
    press(page, "Put in force")
    says(page, "Version 1, in force")
    page.settle()
    after = service.get_json("/api/values?ws=planned&metric=incident_count&level=grid")
    assert after["edition"] > edition["edition"]
    assert last_month(service) == report, "a report of days before the plan changes with it"
    shown = service.get_json(f"/api/features/areas?ws=planned&level=grid&within={village}&detail=2")
    assert shown["shapes"]


def says(page, text: str) -> None:
    """Wait until the plan's own life says so."""
    page.poll(
        f"() => (document.querySelector('.st-key-wg-plan-life')?.innerText || '').includes({json.dumps(text)})",
        what=text,
        seconds=240,
    )
    page.settle()


def shoot(page, name: str) -> None:
    if PICTURES:
        page.screenshot(ROOT / "docs" / "screenshots" / f"{name}.png")


def test_the_pointer_gives_splits_and_circles(page):
    village, _ = village_out_of_band()
    page.goto(f"/planning?ws=planned&lang=en&area={village}&band=100-900")
    frame = frame_of(page)
    page.page.wait_for_timeout(500)
    box = page.page.locator(".wg-frame iframe").first.bounding_box()
    at = "(z) => { const p = Wangge.map.latLngToContainerPoint(Wangge.unproject(...Wangge.plan.byZone.get(z).middle));"
    at += " return [p.x, p.y]; }"
    zone = frame.evaluate("() => [...Wangge.plan.byZone.keys()].find((z) => !Wangge.plan.now.zones[z][6])")
    x, y = frame.evaluate(at, zone)
    page.page.mouse.click(box["x"] + x, box["y"] + y)
    page.poll(f"() => Wangge.plan.now.picked === {zone} && !Wangge.isBusy()", frame=frame, what="the grid picked")
    zones = frame.evaluate("() => Wangge.plan.byZone.size")
    frame.locator("[data-plan=split]").click()
    left, right = frame.evaluate(SIDES, zone)
    for across in (left - 12, (left + x) / 2, (x + right) / 2):
        page.page.mouse.click(box["x"] + across, box["y"] + y)
        page.page.wait_for_timeout(60)
    page.page.mouse.dblclick(box["x"] + right + 12, box["y"] + y)
    page.poll(f"() => Wangge.plan.byZone.size === {zones + 1}", frame=frame, what="the grid split", seconds=30)
    page.settle()
    frame.locator("[data-plan=lasso]").click()
    other = frame.evaluate("() => Math.max(...Wangge.plan.byZone.keys())")
    x, y = frame.evaluate(at, other)
    moved = f"() => Wangge.plan.now.zone.filter((z) => z === {zone}).length"
    held = frame.evaluate(moved)
    ring = [(-18, -18), (18, -18), (18, 18), (-18, 18), (-18, -18)]
    page.page.mouse.move(box["x"] + x + ring[0][0], box["y"] + y + ring[0][1])
    page.page.mouse.down()
    for dx, dy in ring:
        page.page.mouse.move(box["x"] + x + dx, box["y"] + y + dy, steps=4)
    page.page.mouse.up()
    page.poll(READY, frame=frame, what="the lasso")
    assert frame.evaluate(moved) > held, "units circled are given to the grid picked"
    page.page.keyboard.press("Control+z")
    page.poll(f"() => Wangge.plan.now.zone.filter((z) => z === {zone}).length === {held}", frame=frame, what="undone")


def test_the_page_fits_a_laptop_and_says_what_to_do_without_a_choice(page):
    page.goto("/planning?ws=planned")
    wide = page.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 1366
    assert "规划" in page.text()
