"""Values of rule sets typed on the page: stated with their source, cleared again, and a source alone refused."""

from dataclasses import replace

import pandas as pd
import pytest

from data.events.checks import plan_checks
from geo.crowd.event.event import RuleValue
from geo.errors import SchemaError
from tests.crowd.test_event import good
from views.events import rules


@pytest.fixture
def typed(monkeypatch):
    """The table of a plan, and what it makes of rows typed into it."""
    seen = {}
    monkeypatch.setattr(rules, "typed_table", lambda *given, **_: seen.update(rows=given[2], take=given[4]))

    class Scene:
        class state:
            lang = "en"

        t = staticmethod(str)

    def table(event):
        class Session:
            pass

        Session.event = event
        rules._show_table(Scene, Session)
        return seen["rows"], lambda rows: seen["take"](event, rows.to_dict("records"))

    return table


def test_a_value_is_stated_with_its_source_and_cleared_again(typed):
    rows, take = typed(good())
    assert list(rows["name"][:1]) == ["Space of one person"]
    at = rows.index[(rows["name"] == "Space of one person") & (rows["set"] == "Scenic areas LB/T 034-2014 (China)")][0]
    rows.loc[at, "stated"], rows.loc[at, "by"] = 2.5, "counted in 2025"
    stated = take(rows)
    assert stated.rule_values == (
        RuleValue(rules="lbt_034", parameter="space_m2", value=2.5, source="counted in 2025"),
    )
    again, take = typed(stated)
    assert again["stated"].dropna().tolist() == [2.5]
    again["stated"] = pd.array([pd.NA] * len(again), dtype="Float64")
    assert take(again).rule_values == ()


def test_a_source_alone_is_refused_and_a_value_of_no_parameter_can_be_taken_away(typed):
    rows, take = typed(good())
    rows.loc[0, "by"] = "somebody said so"
    with pytest.raises(SchemaError, match="a source alone"):
        take(rows)
    odd = RuleValue(rules="cn_reference", parameter="colour", value=1.0)
    plan = replace(good(), rule_values=(odd,))
    assert "rule_parameter" in {one.kind for one in plan_checks(plan)}
    rows, take = typed(plan)
    rows.loc[rows["name"] == "colour", "stated"] = pd.NA
    assert take(rows).rule_values == ()
