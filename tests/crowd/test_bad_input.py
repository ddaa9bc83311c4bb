"""Bad input of an event: each is refused or an open check, and has its place on the map."""

from dataclasses import replace

import pytest

from data.events.checks import check_row, plan_checks, roster_checks
from data.events.report import egress_report
from data.events.session import EventSession
from geo.crowd.event import Place, Team, ViewingArea
from geo.crowd.event.event import RuleValue
from geo.crowd.roster.checking import check_roster
from geo.crowd.roster.demand import Post
from geo.crowd.roster.drawn import draw_case
from geo.errors import SchemaError
from tests.crowd.test_event import NOON, SPOT, first, good

A, B, X, POSTS = (120.5, 30.4), (120.6, 30.5), (120.5001, 30.4001), ((120.51, 30.4), (120.52, 30.4), (120.53, 30.4))


def drawn():
    """The good plan with its two areas and its exits at places of their own, and three duty posts for five people."""
    areas = tuple(
        replace(one, lon=lon, lat=lat) for one, (lon, lat) in zip(good().areas, (A, B), strict=True)
    )  # fmt: skip
    posts = tuple(
        Place(place_id=f"P{n}", kind="duty_post", role="guard", people=2, lon=lon, lat=lat)
        for n, (lon, lat) in enumerate(POSTS)
    )
    exits = first(good().exits, lon=X[0], lat=X[1])
    return replace(good(), areas=areas, exits=exits, places=(*good().places, *posts))


def team(people):
    return (Team(team_id="T", name="T", people=people),)


CN = RuleValue(rules="lbt_034", parameter="open_hours", value=8.0)
BAD = {
    "an exit inside no area": (
        lambda e: replace(e, exits=first(e.exits, area_id="C")), "unknown_reference", True, (X,)),
    "an exit inside no area, not drawn": (
        lambda e: replace(e, exits=first(e.exits, area_id="C", lon=None)), "unknown_reference", True, (A, B)),
    "a width of zero": (lambda e: replace(e, exits=first(e.exits, clear_width_m=0.0)), "not_positive", True, (X,)),
    "a crowd larger than any rule allows": (
        lambda e: replace(e, crowds=first(e.crowds, people=90_000)), "crowd_over_every_rule", False, (A,)),
    "a route that leads nowhere": (
        lambda e: replace(e, places=tuple(replace(p, kind="other") if p.place_id == "S" else p for p in e.places)),
        "leads_nowhere", False, (A,)),
    "more posts than people": (
        lambda e: replace(e, teams=team(5)), "more_posts_than_people", False, POSTS[2:]),
    "more posts than a team has people": (
        lambda e: replace(e, teams=team(3), places=tuple(
            replace(p, team="T", people=2 if p.place_id == "P0" else 1) if p.is_post else p for p in e.places)),
        "more_posts_than_people", False, POSTS[2:]),
    "a phase that ends before it begins": (
        lambda e: replace(e, phases=first(e.phases, ends_at=NOON), crowds=e.crowds[1:]),
        "ends_before_it_begins", True, (B,)),
    "a phase without a crowd that ends before it begins": (
        lambda e: replace(e, phases=first(e.phases, ends_at=NOON), crowds=()), "ends_before_it_begins", True, (A, B)),
    "a governing rule set without a parameter": (
        lambda e: replace(e, governing_rules="lbt_034"), "rule_parameter", True, (A, B)),
    "a rule set to compare with without a parameter": (
        lambda e: replace(e, rule_values=(CN,)), "rule_parameter", False, (A, B)),
}  # fmt: skip


def checks(event):
    """Every check of a plan: of the plan alone where it is refused, else with its figures."""
    found = plan_checks(event)
    if any(one.is_refused for one in found):
        with pytest.raises(SchemaError):
            egress_report(event, seed=1, runs=50)
        return [check_row(one) for one in found]
    return egress_report(event, seed=1, runs=50)["checks"]


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_or_open_with_its_place(name):
    change, kind, is_refused, places = BAD[name]
    assert kind not in {one.kind for one in plan_checks(drawn())}
    wrong = change(drawn())
    rows = [one for one in checks(wrong) if one["kind"] == kind]
    assert rows, checks(wrong)
    assert [(one["is_refused"], tuple(map(tuple, one["places"]))) for one in rows][:1] == [(is_refused, places)]
    assert (rows[0]["lon"], rows[0]["lat"]) == places[0]
    session = EventSession(wrong)
    session.look(places)
    assert session.map_state()["look"] == {"number": 1, "at": [list(one) for one in places]}


def test_posts_that_go_unmanned_and_a_person_in_two_places_have_the_places_of_the_posts():
    posts = [Post(post_id=name, lon=lon, lat=lat) for name, (lon, lat) in zip("AB", POSTS[:2], strict=True)]
    twice = [one for one in check_roster(draw_case({"ann": "AAA.", "ann/2": "..BB"})) if one.rule == "one_place"]
    roving = Post(post_id="B-roving", area_id="B")
    rows = roster_checks(drawn(), "fair", [*posts, roving], short=["B-roving", "A", "A"], broken=twice)
    assert [(one["kind"], one["ids"]) for one in rows] == [
        ("roster_short", ["A", "B-roving"]), ("roster_broken", ["B", "A"])
    ]  # fmt: skip
    assert [[tuple(spot) for spot in one["places"]] for one in rows] == [[POSTS[0], B], [POSTS[1], POSTS[0]]]
    assert rows[1]["text"] == "roster fair: ann is at A and at B"
    assert "A" in rows[1]["text_zh"]
    assert "ann is" not in rows[1]["text_zh"]


def test_nothing_drawn_has_no_place_and_a_plan_without_position_none_either():
    bare = replace(good(), areas=(ViewingArea(area_id="A", name="A", usable_m2=1.0),), exits=(), places=(), routes=())
    assert {one.spots for one in plan_checks(bare)} == {()}
    assert SPOT["lon"] == A[0]
