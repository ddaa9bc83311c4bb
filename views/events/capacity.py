"""The capacity sheet: what each area can hold by which rule, what binds, and how the rule sets differ."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.events.session import EventSession
from geo.errors import name_few
from views.events.rules import show_rules
from views.events.working import show_stranded, show_worked_out
from views.parts.texts import number, plain
from views.scene import Scene

FACTORS = ("entry", "holding", "exit", "emergency")


def show_capacity(scene: Scene, session: EventSession) -> None:
    """Draw the part: the rule sets first, what they come to below."""
    show_rules(scene, session)
    show_worked_out(scene, session, _sheet)


def title_of(scene: Scene, report: dict[str, Any], name: str) -> str:
    """Return what a rule set is called in the reader's language."""
    found = report["rules"].get(name)
    return name if found is None else str(found["title_zh" if scene.state.lang == "zh_CN" else "title"])


def _sheet(scene: Scene, _: EventSession, report: dict[str, Any]) -> None:
    t, sheet = scene.t, report["capacity"]
    show_stranded(scene, report)
    people, peak = sheet["people"], sheet["peak_at_once"]
    fits = [one for one in sheet["areas"] if one["fits"]]
    cells = (
        (t("The place holds"), number(people), t("sum of its areas, none makes up for another")),
        (t("Most people at once"), number(peak), t("in one phase of the plan")),
        (t("Areas within capacity"), f"{len(fits)} / {len(sheet['areas'])}", t("each by its own binding rule")),
        (t("Over a day"), " · ".join(f"{number(v)}" for v in sheet["day_capacity"].values()) or "–",
         t("by rule sets that speak of days")),
    )  # fmt: skip
    with st.container(key="wg-event-numbers"):
        for column, (title, value, note) in zip(st.columns(4), cells, strict=True):
            column.metric(title, value, note, delta_color="off", delta_arrow="off")
    _show_areas(scene, report)
    _show_by_rules(scene, report)
    _show_workings(scene, report)


def _show_areas(scene: Scene, report: dict[str, Any]) -> None:
    t = scene.t
    rows = []
    for one in report["capacity"]["areas"]:
        bound = one["binding"]
        rows.append(
            {
                t("Viewing area"): f"{one['area_id']} · {one['name']}",
                t("Usable m²"): one["usable_m2"],
                t("People at the peak"): one["crowd"],
                t("Capacity"): one["capacity"],
                t("Share"): one["crowd"] / one["capacity"] if one["capacity"] else None,
                t("Fits"): t("yes") if one["fits"] else "✕ " + t("over"),
                t("Binding"): t(bound["factor"]),
                t("Rule set"): title_of(scene, report, bound["rules"]),
                t("Clause"): bound["clause"],
            }
        )
    config = {
        t("Share"): st.column_config.ProgressColumn(t("Share"), format="percent", min_value=0.0, max_value=1.5),
        t("Usable m²"): st.column_config.NumberColumn(format="localized"),
        t("People at the peak"): st.column_config.NumberColumn(format="localized"),
        t("Capacity"): st.column_config.NumberColumn(format="localized"),
    }
    table = pd.DataFrame(rows)
    st.dataframe(table, hide_index=True, column_config=config, key="event_capacity")
    st.download_button(t("Capacity sheet"), table.to_csv(index=False).encode("utf-8-sig"), "capacity.csv", "text/csv",
                       icon=":material/download:", key="event_capacity_file", on_click="ignore")  # fmt: skip


def _show_by_rules(scene: Scene, report: dict[str, Any]) -> None:
    """How far the rule sets are apart: never one number without its set."""
    t = scene.t
    st.markdown(f"**{plain(t('By every rule set'))}** · {plain(t('no figure stands without its set'))}")
    table = pd.DataFrame(
        [
            {t("Viewing area"): f"{one['area_id']} · {one['name']}"}
            | {title_of(scene, report, each["rules"]): each["capacity"] for each in one["by_rules"]}
            for one in report["capacity"]["areas"]
        ]
    )
    config = {name: st.column_config.NumberColumn(format="localized") for name in table.columns[1:]}
    st.dataframe(table, hide_index=True, key="event_by_rules", column_config=config)
    for one in report["capacity"]["no_exit_counts"]:
        told = t("{rules}: it leaves out the only exits of {areas}. It does not decide here, so no check is open.",
                 rules=title_of(scene, report, one["rules"]), areas=name_few(one["area_ids"]))  # fmt: skip
        st.caption(plain(told))


def _show_workings(scene: Scene, report: dict[str, Any]) -> None:
    t = scene.t
    with st.expander(t("The sums written out")):
        rows = [
            {
                t("Viewing area"): one["area_id"], t("Rule set"): title_of(scene, report, each["rules"]),
                t("Factor"): t(bound["factor"]), t("People"): bound["people"], t("Working"): bound["working"],
                t("Clause"): bound["clause"], t("Exits not counted"): ", ".join(bound["exits_not_counted"]),
            }
            for one in report["capacity"]["areas"] for each in one["by_rules"] for bound in each["bounds"]
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="event_workings")
