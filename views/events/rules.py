"""The rule sets of an event: the one that decides, the one asked where it is silent, values the organizer states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from data.events.checks import rule_sets
from data.events.session import EventSession
from data.language import translate_say
from geo.crowd.event import Event
from geo.crowd.event.event import RuleValue
from geo.crowd.rules._spec import Parameter
from geo.crowd.rules._words import parameter_words
from geo.errors import SchemaError, say
from views.events.table import Rows, typed_table
from views.parts.texts import plain
from views.scene import Scene


def show_rules(scene: Scene, session: EventSession) -> None:
    """Choose the rule sets; a refused plan has the choice too, so that nobody is shut in with a wrong one."""
    t, event, rules = scene.t, session.event, rule_sets()
    names = list(rules)

    def chosen() -> None:
        session.take(
            replace(
                session.event,
                governing_rules=st.session_state["w_event_rules"],
                companion_rules=st.session_state["w_event_companion"],
                risk=st.session_state["w_event_risk"],
                has_alcohol=bool(st.session_state["w_event_alcohol"]),
            )
        )

    st.session_state["w_event_rules"] = event.governing_rules
    st.session_state["w_event_companion"] = event.companion_rules
    st.session_state["w_event_risk"] = event.risk
    st.session_state["w_event_alcohol"] = event.has_alcohol
    one, two, three, four = st.columns([4, 4, 2, 2], vertical_alignment="bottom")
    word = lambda name: t(rules[name].title) if name in rules else name  # noqa: E731
    one.selectbox(t("Rule set that decides"), _with(names, event.governing_rules), key="w_event_rules",
                  on_change=chosen, format_func=word)  # fmt: skip
    two.selectbox(t("Where it is silent"), _with(names, event.companion_rules), key="w_event_companion",
                  on_change=chosen, format_func=word)  # fmt: skip
    three.selectbox(t("Risk"), ["low", "medium", "high"], key="w_event_risk", on_change=chosen, format_func=t)
    four.checkbox(t("Alcohol"), key="w_event_alcohol", on_change=chosen)
    _show_parameters(scene, session)


def _with(names: list[str], given: str) -> list[str]:
    """An unknown set of a file is shown as it is: it is an open check, and another one is chosen here."""
    return names if given in names else [given, *names]


def _show_parameters(scene: Scene, session: EventSession) -> None:
    t, event, rules = scene.t, session.event, rule_sets()
    lacking = [
        (name, one) for name in dict.fromkeys((event.governing_rules, event.companion_rules)) if name in rules
        for one in rules[name].parameters if one.value is None and (name, one.name) not in _stated(event)
    ]  # fmt: skip
    for _, one in lacking:
        text = t("“{name}” has no value of its own: state it below, with its source.",
                 name=translate_say(parameter_words(one.name), scene.state.lang))  # fmt: skip
        st.warning(plain(text), icon=":material/edit:")
    with st.expander(t("Every number of the rule sets with its source"), expanded=bool(lacking)):
        _show_table(scene, session)
        st.caption(plain(t("State another value where you have a better source; an empty cell takes the value of the "
                           "set. Out of range is refused.")))  # fmt: skip
        st.caption(plain(t("None of the standards was at hand in print: open it before quoting a clause as law.")))


def _stated(event: Event) -> dict[tuple[str, str], RuleValue]:
    return {(one.rules, one.parameter): one for one in event.rule_values}


def _keys(event: Event) -> list[tuple[str, str, Parameter | None]]:
    """Every parameter, those of the deciding sets first; then what was stated for none there is."""
    rules = rule_sets()
    first = [one for one in (event.governing_rules, event.companion_rules) if one in rules]
    known: list[tuple[str, str, Parameter | None]] = [
        (name, one.name, one) for name in dict.fromkeys((*first, *rules)) for one in rules[name].parameters
    ]
    there = {(name, key) for name, key, _ in known}
    return known + [(*key, None) for key in _stated(event) if key not in there]


def _show_table(scene: Scene, session: EventSession) -> None:
    t, stated = scene.t, _stated(session.event)
    keys = _keys(session.event)
    rows = pd.DataFrame([_row(scene, stated.get((name, key)), name, key, one) for name, key, one in keys])
    rows["stated"] = rows["stated"].astype("Float64")
    sources = list(rows["by"])
    titles = {
        "set": t("Rule set"), "name": t("Parameter"), "unit": t("Unit"), "value": t("Value of the set"),
        "low": t("From"), "high": t("To"), "evidence": t("Evidence"), "source": t("Source"),
    }  # fmt: skip
    config: dict[str, Any] = {key: st.column_config.Column(title, disabled=True) for key, title in titles.items()}
    config |= {
        "stated": st.column_config.NumberColumn(t("Stated"), format="%g"),
        "by": st.column_config.TextColumn(t("Where it comes from")),
    }

    def take(event: Event, given: Rows) -> Event:
        pairs = zip(given, sources, strict=True)
        if any(pd.isna(row["stated"]) and row["by"] and not said for row, said in pairs):
            raise SchemaError(say("a value first, then where it comes from"), say("a source alone"),
                              say("fill in the value of the row"))  # fmt: skip
        values = tuple(
            RuleValue(rules=name, parameter=key, value=float(row["stated"]), source=str(row["by"] or ""))
            for row, (name, key, _) in zip(given, keys, strict=True) if not pd.isna(row["stated"])
        )  # fmt: skip
        return replace(event, rule_values=values)

    typed_table(session, "rules", rows, config, take, num_rows="fixed", height=320)


def _row(scene: Scene, said: RuleValue | None, name: str, key: str, one: Parameter | None) -> dict[str, Any]:
    t, rules = scene.t, rule_sets()
    return {
        "set": t(rules[name].title) if name in rules else name,
        "name": translate_say(parameter_words(key), scene.state.lang),
        "stated": None if said is None else said.value,
        "by": "" if said is None else said.source,
        "value": None if one is None else one.value,
        "unit": "" if one is None else t(one.unit),
        "low": None if one is None else one.low,
        "high": None if one is None else one.high,
        "evidence": "" if one is None else t(one.evidence),
        "source": "" if one is None else one.source,
    }
