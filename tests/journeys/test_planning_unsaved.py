"""A planner's work is not lost: by a start over, a change of page, an end of the service, or another planner's save."""

from __future__ import annotations

import json

import pytest

from data.plans import list_plans, read_draft, save_plan
from tests.conftest import Service
from tests.journeys.planned import BAND, desk_of, village_to_try
from tests.journeys.test_planning import frame_of, metrics, page, planned, press, says

pytestmark = pytest.mark.browser
__all__ = ["page", "planned"]
GIVE = "([unit, zone]) => Wangge.planAct({ verb: 'give', units: [unit], zone })"


def give(page, frame, unit, zone) -> None:
    seal = frame.evaluate("() => Wangge.plan.now.seal")
    frame.evaluate(GIVE, [unit, zone])
    page.poll(
        f"() => Wangge.plan.now.seal !== {json.dumps(seal)} && !Wangge.isBusy()", frame=frame, what="the unit given"
    )
    page.settle()


def shows(page, text: str, *, seconds: float = 60) -> None:
    """Wait for a text; a refusal stands on the page as an error, which `settle` would not let pass."""
    page.poll(f"() => document.body.innerText.includes({json.dumps(text)})", what=text, seconds=seconds)


def shows_moved(page, households: str) -> None:
    """Wait for the number of households moved; a click may settle before its run begins."""
    for _ in range(150):
        if metrics(page)["Households moved"] == households:
            return
        page.page.wait_for_timeout(200)
    raise AssertionError(f"expected {households} households moved, found {metrics(page)}")


def start_over(page) -> None:
    page.page.get_by_role("button", name="Start over", exact=True).click()
    shows(page, "Undo brings your work back")
    page.page.get_by_role("button", name="Yes, start over").click()
    page.settle()


def test_work_is_found_again_after_any_way_of_leaving(page, planned, tmp_path):
    village, unit, zone = village_to_try()
    place = f"/planning?ws=planned&lang=en&area={village}&band={BAND[0]}-{BAND[1]}"
    page.goto(place)
    frame = frame_of(page)
    none = metrics(page)["Households moved"]
    give(page, frame, unit, zone)
    moved = metrics(page)["Households moved"]
    assert moved != none
    says(page, "Not saved yet")
    start_over(page)
    shows_moved(page, none)
    page.page.route("**/api/plan/**", lambda route: route.abort("aborted"))
    give(page, frame, unit, zone)
    shows_moved(page, moved)
    page.page.unroute("**/api/plan/**")
    press(page, "Undo")
    shows_moved(page, none)
    press(page, "Undo")
    shows_moved(page, moved)
    page.goto("/coverage?ws=planned&lang=en")
    page.goto("/planning?ws=planned&lang=en")
    assert "Not saved yet:" in page.text()
    page.page.locator(".st-key-wg-plan-unsaved button").first.click()
    frame_of(page)
    shows_moved(page, moved)
    page.goto(place.replace(f"band={BAND[0]}-{BAND[1]}", "band=100-900"))
    frame_of(page)
    shows_moved(page, moved)
    page.page.goto("about:blank")
    planned.process.kill()
    planned.process.wait()
    again = Service(planned.home, tmp_path / "again.log")
    again.wait()
    try:
        page.home = again.url
        page.goto(place)
        frame_of(page)
        shows_moved(page, moved)
        shows(page, "stands here again")
        start_over(page)
        shows_moved(page, none)
        page.goto("/planning?ws=planned&lang=en")
        assert "Not saved yet:" not in page.text()
        two_planners(page, village, unit, zone)
    finally:
        page.page.goto("about:blank")
        again.stop()
    assert "Traceback" not in again.text(), again.text()[-4000:]


def two_planners(page, village: str, unit: str, zone: int) -> None:
    """Both have one plan open; the other saves first: the page says so, refuses to save over it, and keeps both."""
    page.goto(f"/planning?ws=planned&lang=en&area={village}&band=100-900")
    frame = frame_of(page)
    page.page.locator(".st-key-plan_name input").fill("Both")
    page.page.keyboard.press("Enter")
    page.settle()
    press(page, "Save as a plan")
    says(page, "Version 1, draft")
    plan = next(one for one in list_plans(desk_of("planner")) if one.name == "Both")
    theirs = read_draft(desk_of("planner"), plan.plan_id)
    save_plan(desk_of("planner"), plan.plan_id, theirs, version=1, comment="theirs")
    give(page, frame, unit, zone)
    shows(page, "saved version 2")
    page.page.get_by_role("button", name="Save", exact=True).click()
    shows(page, "keep yours")
    assert read_draft(desk_of("planner"), plan.plan_id).zone.to_dict() == theirs.zone.to_dict()
    page.page.get_by_role("button", name="Keep as another plan").click()
    says(page, "Version 1, draft")
    page.settle()
    kept = next(one for one in list_plans(desk_of("planner")) if one.branched_from == plan.plan_id)
    mine = read_draft(desk_of("planner"), kept.plan_id).zone
    assert {one for one in mine.index if mine[one] != theirs.zone[one]} == {unit}
