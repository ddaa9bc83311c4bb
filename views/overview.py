"""Overview: what this place is, what happened, what is not covered; each number leads to where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from views.frame import show_empty, show_header, show_no_areas, show_sums
from views.map_frame import map_frame
from views.parts.answers import ask, by_category, daily, full_names, named_table, total_of
from views.parts.charts import CONFIG, category_figure, series_figure
from views.parts.controls import act_on_map, calm_layers, choose_category, choose_length, choose_period, map_state
from views.parts.texts import change, measured, number, plain, plural
from views.scene import Scene, choose
from views.state import compared_days, to_common_query


@dataclass(frozen=True)
class Gap:
    """One way of not being covered: the metric that measures it and which end of it is the bad one."""

    metric: str
    title: str
    is_high_bad: bool


GAPS = (
    Gap("hours_since_last_visit", "Longest without a visit", True),
    Gap("households_near_place_share", "Households far from a station", False),
    Gap("workers_per_1000_households", "Fewest workers for their households", False),
)
HEADLINES = (
    "incident_count",
    "open_share",
    "overdue_share",
    "median_minutes_to_arrive",
    "closure_rate",
    "visit_count",
)


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t = scene.t
    show_header(scene, t("Overview"))
    if not scene.levels:
        show_no_areas(scene, pages)
        return
    with st.container(key="wg-controls"):
        left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    choose_period(scene, left)
    choose_length(scene, middle)
    choose_category(scene, right)
    shown, numbers = st.columns([7, 5])
    with shown:
        result = map_frame(
            map_state(scene, click="select", **calm_layers(scene)), key="overview_map", height=470, keeps_view=False
        )
        act_on_map(scene, result, key="overview_map")
    with numbers:
        _show_place(scene, pages)
        _show_headlines(scene, pages)
    _show_happened(scene)
    _show_gaps(scene, pages)


def _show_place(scene: Scene, pages: dict[str, Any]) -> None:
    """Levels with their counts and households, each leading to the map at that level."""
    t = scene.t
    st.markdown(f"**{plain(t('What this place is'))}**")
    households = scene.areas.loc[scene.areas["level"] == scene.levels[0].key, "households"].sum()
    with st.container(key="wg-levels"):
        for level in scene.levels:
            query = to_common_query(scene.state.change(level=level.key, area=""))
            label = f"**{number(level.count)}** {plain(plural(t(level.title), level.count))}"
            st.page_link(pages["map"], label=label, query_params=query)
        if households > 0:
            label = f"**{number(households)}** {plain(t('households'))}"
            st.page_link(pages["about"], label=label, query_params=to_common_query(scene.state))


def _show_headlines(scene: Scene, pages: dict[str, Any]) -> None:
    """The numbers of the period against the period before."""
    t = scene.t
    names = [one for one in HEADLINES if one in scene.metrics]
    pairs = {name: (total_of(scene, name), total_of(scene, name, is_before=True)) for name in names}
    is_compared = any(change(*pair) for pair in pairs.values())
    beside = t("against the period before") if is_compared else t("the period before has no records")
    st.markdown(f"**{plain(t('What happened'))}** · {plain(beside)}")
    with st.container(key="wg-headlines"):
        for name, (now, before) in pairs.items():
            _show_headline(scene, pages, name, now, before)
    found = ask(scene, metric="incident_count", level=scene.levels[0].key)
    show_sums(t, total=found.total, unassigned=found.unassigned, unit=t("incidents"))


def _show_headline(scene: Scene, pages: dict[str, Any], name: str, now: float | None, before: float | None) -> None:
    t, spec = scene.t, scene.metrics[name]
    delta = change(now, before)
    is_same = delta in ("", "+0 %", "-0 %")
    color = {True: "normal", False: "inverse", None: "off"}[spec.higher_is_better]
    with st.container(border=True, gap="xxsmall", key=f"wg-card-{name}"):
        query = to_common_query(scene.state.change(metric=name))
        st.page_link(pages["coverage"], label=plain(t(spec.title)), query_params=query)
        st.metric(
            t(spec.title),
            number(now, spec.decimals) if spec.additive else measured(now, spec.unit, spec.decimals, t=t),
            delta or None,
            delta_color="off" if is_same else color,
            delta_arrow="off" if is_same else "auto",
            label_visibility="collapsed",
            help=t(spec.help),
        )


def _show_happened(scene: Scene) -> None:
    """The daily line and the categories; a click on a category filters every page."""
    t = scene.t
    now = daily(scene)
    if not now.notna().any() or not now.sum():
        show_empty(
            t("No incidents in this period"),
            remedy=plain(t("Choose a longer period above, or load incidents on the Import page.")),
        )
        return
    line, bars = st.columns([7, 5])
    with line:
        st.markdown(f"**{plain(t('Incidents by day'))}**")
        before = daily(scene, days=compared_days(scene.state.change(compare="previous")))
        figure = series_figure(now, before=before if before.sum() else None, t=t, unit=t("incidents"))
        st.plotly_chart(figure, config=CONFIG, key="overview_daily")
    with bars:
        st.markdown(f"**{plain(t('By category'))}**")
        figure = category_figure(by_category(scene), t=t, unit=t("incidents"))
        picked = st.plotly_chart(
            figure, config=CONFIG, key="overview_category", on_select="rerun", selection_mode="points"
        )
        _act_on_category(scene, picked)


def _act_on_category(scene: Scene, picked: Any) -> None:
    points = picked["selection"]["points"] if picked else []
    category = str(points[0].get("customdata", "")) if points else ""
    last = st.session_state.get("overview_category_last", "")
    st.session_state["overview_category_last"] = category
    if category != last and category in scene.categories:
        choose(scene.state, category=category)
        st.rerun()


def _show_gaps(scene: Scene, pages: dict[str, Any]) -> None:
    """Three short lists of areas that nobody reaches enough; each name leads to the area's card."""
    t = scene.t
    st.markdown(f"**{plain(t('What is not covered'))}** · {plain(scene.level_title(scene.state.level))}")
    gaps = [one for one in GAPS if one.metric in scene.metrics]
    for column, gap in zip(st.columns(max(len(gaps), 1)), gaps, strict=False):
        spec = scene.metrics[gap.metric]
        table = named_table(scene, ask(scene, metric=gap.metric))
        known = table.dropna(subset=["value"])
        worst = known.sort_values("value", ascending=not gap.is_high_bad).head(5)
        with column.container(border=True, gap="xxsmall", key=f"wg-card-{gap.metric}"):
            query = to_common_query(scene.state.change(metric=gap.metric))
            st.page_link(pages["coverage"], label=f"**{plain(t(gap.title))}**", query_params=query)
            told_apart = full_names(scene, worst.index)
            for area_id, row in worst.iterrows():
                value = measured(row["value"], spec.unit, spec.decimals, t=t)
                label = f"{plain(told_apart[area_id])} · **{plain(value)}**"
                query = to_common_query(scene.state.change(area=str(area_id)))
                st.page_link(pages["area"], label=label, query_params=query)
            missing = len(table) - len(known)
            if missing:
                st.caption(t("{count} areas without data", count=number(missing)))
