"""What every rule set gets for free, published figures, and that one more is one new file."""

import importlib
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geo.crowd.rules
from data.language import catalogue
from geo.catalogue import discover
from geo.crowd.capacity import capacity_findings, capacity_sheet, not_compared, rule_findings
from geo.crowd.event import Crowd, Event, Exit, ViewingArea
from geo.crowd.event.event import RuleValue
from geo.crowd.rules._spec import AreaFacts, Lanes, WayOut, rule_faults, rule_values
from geo.crowd.rules._words import PARAMETERS, parameter_words
from geo.errors import SchemaError
from tests.conftest import ROOT

RULES = discover(geo.crowd.rules)
STATED = {"lbt_034": [("space_m2", 4.0)]}
EXITS = tuple(WayOut(exit_id=f"x{w}", width_m=w) for w in (2.0, 3.0, 4.0))
FACTS = AreaFacts(
    area_id="A", kind="standing", usable_m2=1000.0, seats=500, exits=EXITS,
    entrances=(Lanes(entrance_id="e", lanes=4, check="search_mixed"),),
)  # fmt: skip
NEW_RULE = '''"""A house rule."""

from geo.crowd.rules._arithmetic import on_ground
from geo.crowd.rules._spec import Parameter, RuleSpec

SPEC = RuleSpec(
    title="House rule", version="1", help="One person to 3 m².", source="the house",
    parameters=(
        Parameter(name="space_m2", value=3.0, unit="m²/person", low=1, high=9, source="house", evidence="checked"),
    ),
    rules={"holding": lambda facts, values: on_ground(facts, space_m2=values["space_m2"], clause="house")},
)
'''


def bounds(name, facts=FACTS):
    spec = RULES[name]
    values = rule_values(spec, STATED.get(name, []))
    return {factor: spec.rules[factor](facts, values) for factor in spec.factors}


def require_rule_set(spec):
    assert spec.title
    assert spec.version
    assert spec.help
    assert spec.source
    assert set(spec.rules) <= {"entry", "holding", "exit", "emergency"}
    assert "holding" in spec.rules
    names = [one.name for one in spec.parameters]
    assert len(names) == len(set(names))
    for one in spec.parameters:
        assert one.unit
        assert one.source
        assert one.low < one.high
        assert one.value is None or one.low <= one.value <= one.high, one.name
        stated = [*((p.name, p.low) for p in spec.parameters if p.value is None), (one.name, one.high + 1)]
        assert any(str(parameter_words(one.name)) in str(fault) for fault in rule_faults(spec, stated))


@pytest.mark.parametrize(("name", "spec"), RULES.items())
def test_rule_set_contract(name, spec):
    require_rule_set(spec)
    assert spec.title in catalogue("zh_CN")
    for kind in ("standing", "seated", "exhibition"):
        for bound in bounds(name, replace(FACTS, kind=kind)).values():
            assert bound.people >= 0
            assert isinstance(bound.people, int)
            assert bound.clause
            assert str(bound.working)


@settings(max_examples=30)
@given(more=st.floats(1.0, 10.0), extra=st.floats(0.1, 8.0), risk=st.sampled_from(["low", "medium", "high"]))
def test_more_ground_width_or_lanes_never_holds_fewer(more, extra, risk):
    facts = replace(FACTS, risk=risk)
    larger = replace(
        facts, usable_m2=facts.usable_m2 * more,
        exits=(*facts.exits, WayOut(exit_id="new", width_m=extra)),
        entrances=(*facts.entrances, Lanes(entrance_id="f", lanes=1, check="ticket")),
    )  # fmt: skip
    for name in RULES:
        before, after = bounds(name, facts), bounds(name, larger)
        assert all(after[factor].people >= before[factor].people for factor in before)


def test_published_figures():
    """Green Guide 4.7/m², 82; open air 0.5 m², 109; NFPA 0.65 m²; China 2 m², 80 %, 0.5 m²; widest exit left out."""
    green, air = bounds("green_guide"), bounds("uk_open_air")
    assert green["holding"].people == 4700
    assert green["entry"].people == 4 * 7 * 60
    assert green["exit"].people == 5 * 82 * 8
    assert green["exit"].not_counted == ("x4.0",)
    assert bounds("green_guide", replace(FACTS, risk="high"))["emergency"].people == 5 * 82 * 2.5
    assert bounds("green_guide", replace(FACTS, has_alcohol=True))["exit"].people == 5 * 72 * 8
    factors = replace(FACTS, physical_factor=0.6, safety_factor=0.8)
    assert bounds("green_guide", factors)["holding"].people == 2820
    assert air["holding"].people == 2000
    assert bounds("uk_open_air", replace(FACTS, risk="high"))["exit"].people == 5 * 109 * 5
    assert bounds("nfpa_101")["holding"].people == 1538
    assert bounds("cn_reference")["holding"].people == 500
    assert bounds("cn_reference", replace(FACTS, kind="seated"))["holding"].people == 400
    assert bounds("cn_reference", replace(FACTS, kind="exhibition"))["holding"].people == 2000
    assert bounds("lbt_034")["holding"].people == 250


def test_a_single_exit_left_out_holds_nobody():
    one = replace(FACTS, exits=EXITS[:1])
    assert bounds("green_guide", one)["emergency"].people == 0
    assert bounds("nfpa_101", one)["emergency"].people == 0


def test_an_exit_below_the_least_width_does_not_count():
    slim = replace(FACTS, exits=(*EXITS, WayOut(exit_id="slim", width_m=1.0)))
    assert bounds("uk_open_air", slim)["exit"].people == bounds("uk_open_air")["exit"].people
    assert "slim" in bounds("uk_open_air", slim)["exit"].not_counted


def test_every_parameter_has_its_words():
    named = {one.name for spec in RULES.values() for one in spec.parameters}
    assert named == set(PARAMETERS)


AT_A = ((120.5, 30.4),)


def plan(**changes) -> Event:
    areas = (ViewingArea(area_id="A", name="A", usable_m2=1000.0, lon=120.5, lat=30.4),)
    exits = tuple(Exit(exit_id=x.exit_id, area_id="A", clear_width_m=x.width_m) for x in EXITS)
    base = Event(event_id="e", name="e", areas=areas, exits=exits)
    return replace(base, **changes)


def test_a_rule_set_without_its_parameter():
    """Not compared where nobody asked for it, an open check where values of it are stated, refused where it governs."""
    sheet = capacity_sheet(plan(), RULES)
    assert "lbt_034" not in {one.rules for one in sheet.areas[0].by_rules}
    assert [name for name, _ in not_compared(plan(), RULES)] == ["lbt_034"]
    assert "rule_parameter" not in {one.kind for one in capacity_findings(plan(), sheet, RULES)}
    half = plan(rule_values=(RuleValue(rules="lbt_034", parameter="open_hours", value=8.0),))
    found = capacity_findings(half, sheet, RULES)
    assert [(one.ids, one.spots) for one in found if one.kind == "rule_parameter"] == [(("lbt_034",), AT_A)]
    governed = rule_findings(plan(governing_rules="lbt_034"), RULES)
    assert [(one.is_refused, one.spots) for one in governed] == [(True, AT_A)]
    assert [one.is_refused for one in rule_findings(plan(companion_rules="none"), RULES)] == [True]
    with pytest.raises(SchemaError, match="lacks its parameter Space of one person"):
        capacity_sheet(plan(governing_rules="lbt_034"), RULES)
    with pytest.raises(SchemaError, match="rule set out of"):
        capacity_sheet(plan(governing_rules="none"), RULES)
    wild = (RuleValue(rules="cn_reference", parameter="space_m2", value=0.01),)
    with pytest.raises(SchemaError, match=r"not 0\.5 to 10"):
        capacity_sheet(plan(rule_values=wild), RULES)


@pytest.mark.parametrize(
    ("people", "kind"), [(500, None), (501, "crowd_over_capacity"), (9000, "crowd_over_every_rule")]
)
def test_crowds_above_the_capacity_are_open_checks_with_their_place(people, kind):
    event = plan(crowds=(Crowd(area_id="A", phase_id="p", people=people),))
    sheet = capacity_sheet(event, RULES)
    assert (sheet.people, sheet.areas[0].binding_rules, sheet.areas[0].binding.factor) == (
        500,
        "cn_reference",
        "holding",
    )
    found = [one for one in capacity_findings(event, sheet, RULES) if one.kind.startswith("crowd_over")]
    assert [one.kind for one in found] == ([kind] if kind else [])
    assert all((one.lon, one.lat) == (120.5, 30.4) for one in found)


def test_the_whole_is_the_sum_of_its_areas_and_factors_come_from_the_companion():
    two = tuple(ViewingArea(area_id=i, name=i, usable_m2=m) for i, m in (("A", 1000.0), ("B", 300.0)))
    sheet = capacity_sheet(plan(areas=two), RULES)
    assert sheet.people == sum(one.people for one in sheet.areas) == 500
    assert sheet.areas[1].binding.factor == "exit", "no exit at all: nobody"
    named = {bound.factor: rules for rules, bound in sheet.areas[0].deciding}
    assert named == {"holding": "cn_reference", "exit": "green_guide", "emergency": "green_guide"}


def test_lbt_day_capacity():
    stated = tuple(RuleValue(rules="lbt_034", parameter=k, value=v)
                   for k, v in (("space_m2", 4.0), ("open_hours", 10.0), ("stay_hours", 3.0)))  # fmt: skip
    assert capacity_sheet(plan(rule_values=stated), RULES).day_capacity == {"lbt_034": 750}


def test_a_rule_set_is_one_new_file(tmp_path, monkeypatch):
    (tmp_path / "house_rule.py").write_text(NEW_RULE, encoding="utf-8")
    monkeypatch.setattr(geo.crowd.rules, "__path__", [*geo.crowd.rules.__path__, str(tmp_path)])
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    found = discover(geo.crowd.rules)
    assert set(found) == {*RULES, "house_rule"}
    require_rule_set(found["house_rule"])
    assert capacity_sheet(plan(governing_rules="house_rule"), found).people == 333
    assert "| `house_rule` | House rule | 1 |" in importlib.import_module("tables").catalogue_page()
    monkeypatch.delitem(sys.modules, "geo.crowd.rules.house_rule")
