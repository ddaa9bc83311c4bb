"""Every hard rule tells its two drawings apart, and finds nothing else wrong in them."""

from dataclasses import replace

import pytest

from geo.crowd.roster.checking import RULES, check_roster
from geo.crowd.roster.demand import Demand, Need, Post
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Pair, Person, Staff
from geo.errors import SchemaError


@pytest.mark.parametrize("name", RULES)
def test_a_drawing_that_keeps_the_rule_breaks_none(name):
    assert check_roster(RULES[name].kept()) == ()


@pytest.mark.parametrize("name", RULES)
def test_a_drawing_that_breaks_the_rule_breaks_it_alone(name):
    case = RULES[name].broken()
    assert {one.rule for one in check_roster(case)} == {name}
    for one in check_roster(case):
        assert str(one.why)
        assert set(one.person_ids) <= set(case.staff.by_id)


def test_rules_are_named_by_their_file():
    assert len(RULES) >= 12
    for name, spec in RULES.items():
        assert all(one.rule == name for one in spec.find(spec.broken()))
        assert spec.source
        assert spec.help


def test_a_person_in_two_places_is_found_across_any_order():
    case = draw_case({"ann": "AAAAAA", "ann/2": ".B....", "ann/3": "....C."})
    assert [(one.post_id, one.slot) for one in check_roster(case)] == [("B", 1), ("C", 4)]
    assert check_roster(replace(case, assignments=case.assignments[::-1])) == check_roster(case)


def test_faults_of_people_and_demand_are_named_together():
    ann = Person(person_id="ann", role="guard")
    with pytest.raises(SchemaError, match=r"twice or without id: ann; unknown in pairs: eve"):
        Staff((ann, ann), (Pair(one="ann", other="eve", is_together=True),))
    hours = draw_case({"ann": "AAAA"}).demand.horizon
    with pytest.raises(SchemaError, match=r"unknown posts: B; hours or people: A"):
        Demand(hours, (Post(post_id="A"),), (
            Need(post_id="B", role="guard", start=0, end=2, people=1),
            Need(post_id="A", role="guard", start=3, end=3, people=1),
        ))  # fmt: skip


def test_a_pair_cannot_be_together_and_apart():
    people = (Person(person_id="ann", role="guard"), Person(person_id="ben", role="guard"))
    pairs = tuple(Pair(one="ann", other="ben", is_together=kind) for kind in (True, False))
    with pytest.raises(SchemaError, match=r"ann\+ben"):
        Staff(people, pairs)
    eve = Person(person_id="eve", role="guard")
    chain = (Pair(one="ann", other="ben", is_together=True), Pair(one="eve", other="ben", is_together=True))
    with pytest.raises(SchemaError, match=r"ann\+eve"):
        Staff((*people, eve), (*chain, Pair(one="eve", other="ann", is_together=False)))
