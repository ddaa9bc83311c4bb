"""A planner's way: find what is out of band, plan, redraw by hand, undo, hand in, have it approved, see it in force."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
import shapely

from tests.browser import WatchedPage
from tests.conftest import DEMO_DAYS, DEMO_SCALE, DEMO_UNTIL, PICTURES, ROOT, Service, environment, run_wangge
from tests.journeys.planned import BAND, bank_of_a_river, desk_of, village_out_of_band

pytestmark = pytest.mark.browser
READY = (
    "() => !!(window.Wangge && Wangge.plan && Wangge.plan.now && Wangge.plan.byZone.size && !Wangge.isBusy()"
    " && Wangge.plan.now.seal.indexOf('+') < 0)"
)
GRIDS = "() => !!(window.Wangge && Wangge.areas.level === 'grid' && !Wangge.isBusy())"
UNDER = """([lon, lat]) => { const s = Wangge.areas.shapes, p = Wangge.toRef(L.latLng(lat, lon));
  const found = s.at(...p); return found.length ? s.ids[found[0]] : null; }"""
ODD_PIXELS = """() => {
  const canvas = Wangge.stage._container, ctx = canvas.getContext('2d');
  const read = () => ctx.getImageData(0, 0, canvas.width, canvas.height).data;
  const before = read(); Wangge.stage.paint(); const after = read();
  let odd = 0;
  for (let i = 0; i < after.length; i += 4)
    odd += [0, 1, 2].some((c) => Math.abs(before[i + c] - after[i + c]) > 80);
  return odd; }"""
"""How many pixels are not as a map painted whole has them: corners of lines may be softened otherwise."""
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
    texts = page.page.locator(".st-key-wg-plan-numbers .wg-figures > div").all_inner_texts()
    return {text.split("\n")[0].strip(): [one for one in text.split("\n") if one.strip()][1] for text in texts}


def press(page, name: str) -> None:
    page.page.get_by_role("button", name=name).first.click()
    page.settle()


def report_of(service: Service, path: Path) -> tuple[bytes, object]:
    """The days before the plan, by the borders of their time: the command's file, and what the page's map asks for."""
    days = ("--from", "2026-11-08", "--to", "2026-11-16")
    words = ("coverage", "--workspace", "planned", "--level", "grid", *days, "--boundaries", "as_was")
    metrics = [word for name in ("incident_count", "visit_count") for word in ("--metric", name)]
    done = run_wangge(*words, *metrics, "--out", path, home=service.home)
    assert done.returncode == 0, done.stderr
    days = "start=2026-11-08T00:00:00Z&end=2026-11-16T00:00:00Z"
    answer = service.get_json(f"/api/values?ws=planned&metric=incident_count&level=grid&{days}")
    return path.read_bytes(), {"values": answer["values"], "total": answer["total"]}


def download(page, path: Path) -> bytes:
    """The table of the coverage page for the same days, as its CSV."""
    page.goto("/coverage?ws=planned&lang=en&metric=incident_count&level=grid&start=2026-11-08&end=2026-11-15")
    with page.page.expect_download() as told:
        page.page.get_by_role("button", name="Download CSV").click()
    told.value.save_as(path)
    return path.read_bytes()


def test_from_grids_out_of_band_to_new_grids_in_force(page, planned, tmp_path):
    bank = bank_of_a_river()
    before, report = download(page, tmp_path / "before.csv"), report_of(planned, tmp_path / "table.csv")
    page.goto(f"/planning?ws=planned&lang=en&band={BAND[0]}-{BAND[1]}")
    assert f"{bank.out} of" in page.text()
    assert f"out of the band {BAND[0]}–{BAND[1]}" in page.text()
    page.goto(f"/planning?ws=planned&lang=en&area={bank.area}&band={BAND[0]}-{BAND[1]}")
    frame = frame_of(page)
    assert int(metrics(page)["To put right"]) > 0
    press(page, "Automatic plan")
    page.page.get_by_role("button", name="Take plan 1").click()
    page.poll("() => Wangge.plan.now.can_undo", frame=frame, what="the plan taken")
    numbers = metrics(page)
    assert int(numbers["To put right"]) == 0
    assert int(numbers["Households moved"]) > 0
    moved = along_the_river(page, frame, bank)
    page.page.keyboard.press("Control+z")
    page.poll("() => Wangge.plan.now.can_redo", frame=frame, what="the border back")
    assert metrics(page) == numbers
    page.page.keyboard.press("Control+y")
    page.poll("() => !Wangge.plan.now.can_redo", frame=frame, what="the border moved again")
    assert metrics(page) == moved
    assert frame.evaluate(ODD_PIXELS) < 40, "what changed was painted again, and nothing else had to be"
    replay(page)
    submit_and_approve(page)
    effect_on(page, "2026/11/18")
    assert report_of(planned, tmp_path / "table.csv") == report, "a report of days before the plan changes with it"
    assert download(page, tmp_path / "after.csv") == before
    see_new_grids(page, bank)


def along_the_river(page, frame, bank) -> dict[str, str]:
    """Draw the border along the water with the mouse: exactly the micro-grids between old border and water move."""
    zones = "() => Object.fromEntries(Wangge.plan.now.ids.map((id, i) => [id, Wangge.plan.now.zone[i]]))"
    held, seal = frame.evaluate(zones), frame.evaluate("() => Wangge.plan.now.seal")
    box = page.page.locator(".wg-frame iframe").first.bounding_box()
    at = "([lon, lat]) => { const p = Wangge.map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }"
    points = [frame.evaluate(at, list(one)) for one in bank.line]
    kept = [points[0]]
    for one in points[1:-1]:
        if max(abs(one[0] - kept[-1][0]), abs(one[1] - kept[-1][1])) > 5:
            kept.append(one)
    frame.locator("[data-plan=border]").click()
    for x, y in kept:
        page.page.mouse.click(box["x"] + x, box["y"] + y)
        page.page.wait_for_timeout(60)
    shoot(page, "planning-river")
    page.page.mouse.dblclick(box["x"] + points[-1][0], box["y"] + points[-1][1])
    page.poll(f"() => Wangge.plan.now.seal !== {json.dumps(seal)} && !Wangge.isBusy()", frame=frame, what="the border")
    page.settle()
    now = frame.evaluate(zones)
    assert {id_ for id_, zone in now.items() if held[id_] != zone} == set(bank.moved)
    return metrics(page)


def replay(page) -> None:
    """The year replayed on the draft: per grid before and after, every incident counted."""
    page.page.locator(".st-key-plan_replay label").first.click()
    told = r"20\d\d-\d\d-\d\d to 20\d\d-\d\d-\d\d: [\d,]+ incidents"
    page.poll(f"() => /{told}/.test(document.body.innerText)", what="the year replayed")
    page.settle()


def submit_and_approve(page) -> None:
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


def effect_on(page, day: str) -> None:
    page.page.locator(".st-key-plan_day [data-type=year]").click()
    page.page.keyboard.type(day.replace("/", ""), delay=50)
    page.page.keyboard.press("Tab")
    page.settle()
    assert page.page.locator(".st-key-plan_day [data-type=day]").inner_text() == day[-2:]
    press(page, "Put in force")
    says(page, f"Version 1, in force · from {day.replace('/', '-')}")
    page.settle()


def see_new_grids(page, bank) -> None:
    """On the live map: the day before the plan the grids of then, from its day on and now the new ones."""
    tree, areas = desk_of().hierarchy(), desk_of().areas("grid")
    new = {}
    for unit, (lon, lat, _) in bank.moved.items():
        inside = areas.index[areas.geometry.contains(shapely.Point(lon, lat)).to_numpy()]
        new[unit] = str(inside[0])
    assert any(new[unit] != old for unit, (_, _, old) in bank.moved.items()), "the border by the river is not in force"
    village = str(tree.at_level([next(iter(new.values()))], "village")[0])
    for at, expected in (
        ("2026-11-17T15:00Z", {unit: old for unit, (_, _, old) in bank.moved.items()}),
        ("2026-11-17T17:00Z", new),
        ("", new),
    ):
        page.goto(f"/live?ws=planned&lang=en&area={village}" + (f"&at={at}" if at else ""))
        wall = page.map()
        page.poll(GRIDS, frame=wall, what="grids")
        unit, (lon, lat, _) = next(iter(bank.moved.items()))
        under = f"() => ({UNDER})([{lon}, {lat}]) === {json.dumps(expected[unit])}"
        page.poll(under, frame=wall, what=f"the grids at {at or 'now'}")
        shown = {unit: wall.evaluate(UNDER, [lon, lat]) for unit, (lon, lat, _) in bank.moved.items()}
        assert shown == expected, at or "now"
        shoot(page, f"live-{'before' if at.endswith('15:00Z') else 'after'}")


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
