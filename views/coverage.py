"""Coverage: one question asked of every area: map, table, spread, course and hours of the week, filtered together."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from views.answers import ask, by_week, compare_table, daily, event_words, shared_classes
from views.charts import CONFIG, rank_figure, series_figure, spread_figure, week_figure
from views.controls import (
    act_on_map,
    choose_category,
    choose_compare,
    choose_length,
    choose_level,
    choose_metric,
    choose_period,
    drill_into,
    map_state,
    show_breadcrumbs,
)
from views.frame import show_empty, show_header, show_no_areas, show_sums
from views.map_frame import map_frame
from views.scene import Scene, choose
from views.state import compared_days, to_common_query
from views.tables import coverage_facts, shown_coverage, to_csv, to_xlsx
from views.texts import number, plain


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t = scene.t
    show_header(scene, t("Coverage"))
    if not scene.levels:
        show_no_areas(scene, pages)
        return
    _show_controls(scene)
    days = compared_days(scene.state)
    found = ask(scene)
    before = ask(scene, days=days) if days else None
    table = compare_table(scene, found, before)
    _show_picked(scene, table, pages)
    if days:
        _show_maps(scene, found, before, days)
        beside = st.container()
    else:
        left, beside = st.columns(2)
        with left:
            _show_maps(scene, found, before, days)
    with beside:
        _show_table(scene, table)
        show_sums(t, total=found.total, unassigned=found.unassigned, unit=t("records"))
        _show_downloads(scene, table, found)
    _show_charts(scene, table, days)
    spec = scene.metric
    st.caption(plain(f"{t(spec.help)} · {t('Unit')}: {t(spec.unit)} · {t('Source')}: {t(found.source)}"))


def _show_controls(scene: Scene) -> None:
    crumbs, length = st.columns([3, 2], vertical_alignment="center")
    with crumbs:
        show_breadcrumbs(scene)
    choose_length(scene, length)
    row = st.columns([3, 5, 5, 3, 4], vertical_alignment="bottom")
    choose_level(scene, row[0])
    choose_metric(scene, row[1])
    choose_period(scene, row[2])
    choose_category(scene, row[3])
    choose_compare(scene, row[4])


def _show_picked(scene: Scene, table: pd.DataFrame, pages: dict[str, Any]) -> None:
    """Name the picked area with its value, and offer to look inside it or let it go."""
    t, pick = scene.t, scene.state.pick
    if pick not in table.index:
        return
    row, spec = table.loc[pick], scene.metric
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        value = f"{number(row['value'], spec.decimals)} {t(spec.unit)}"
        st.markdown(f"**{plain(row['name'])}** · {plain(value)}")
        st.button(t("Look inside"), key="picked_in", on_click=drill_into, args=(scene, pick))
        st.page_link(pages["area"], label=t("Area card"), query_params=to_common_query(scene.state.change(area=pick)))
        st.button(t("Let go"), key="picked_out", on_click=choose, args=(scene.state,), kwargs={"pick": ""})


def _show_maps(scene: Scene, found: Any, before: Any, days: tuple[Any, Any] | None) -> None:
    """One map, or two side by side in the same classes where two periods are compared."""
    shown = map_state(scene, click="select")
    if not days:
        act_on_map(scene, map_frame(shown, key="coverage_map", height=430, hears_view=False), key="coverage")
        return
    shown |= {"classes": shared_classes(found, before, scene.state.classes)}
    asked = scene.question(days=days)
    spans = (
        (f"{days[0]} – {days[1]}", {"start": asked.start.isoformat(), "end": asked.end.isoformat()}, "coverage_before"),
        (f"{scene.state.start} – {scene.state.end}", {}, "coverage_map"),
    )
    for column, (title, span, key) in zip(st.columns(2), spans, strict=True):
        with column:
            st.caption(title)
            act_on_map(scene, map_frame(shown | span, key=key, height=400, hears_view=False), key=key)


def _show_table(scene: Scene, table: pd.DataFrame) -> None:
    """The sortable table; choosing a row picks that area everywhere."""
    t, spec = scene.t, scene.metric
    form = "localized"
    columns = {
        "name": st.column_config.TextColumn(t("Area"), pinned=True),
        "value": st.column_config.NumberColumn(scene.titled(scene.state.metric), format=form),
        "low": st.column_config.NumberColumn(t("at least"), format=form, help=t("lower end of the 95 % interval")),
        "high": st.column_config.NumberColumn(t("at most"), format=form, help=t("upper end of the 95 % interval")),
        "records": st.column_config.NumberColumn(t("Records"), format="localized"),
        "mark": st.column_config.TextColumn(t("Sure?"), help=t("few records or a wide interval: read with care")),
        "rank": st.column_config.NumberColumn(t("Rank")),
        "before": st.column_config.NumberColumn(t("Compared period"), format=form),
        "change": st.column_config.NumberColumn(t("Change"), format=form),
        "area_id": st.column_config.TextColumn(t("Code")),
    }
    shown = table.reset_index().rename(columns={"index": "area_id"}).round(spec.decimals)
    shown["mark"] = [t("unsure") if one else "" for one in shown["is_unsure"]]
    order = ["name", "value", "before", "change", "rank", "records", "low", "high", "mark", "area_id"]
    order = [one for one in order if one in shown and (one in ("name", "value") or shown[one].notna().any())]
    rows = _chosen_rows(scene, shown, order, columns)
    chosen = str(shown.at[rows[0], "area_id"]) if rows else ""
    if chosen != scene.state.pick and (chosen or scene.state.pick in table.index):
        st.session_state["coverage_own"] = chosen
        choose(scene.state, pick=chosen)
        st.rerun()


def _chosen_rows(scene: Scene, shown: pd.DataFrame, order: list[str], columns: dict[str, Any]) -> list[int]:
    """Draw the table and return the chosen row; a pick made elsewhere begins a new table with that row chosen."""
    pick, known = scene.state.pick, list(shown["area_id"])
    about = (scene.state.metric, scene.state.level, scene.state.area, tuple(order))
    if st.session_state.get("coverage_own", "") != pick or st.session_state.get("coverage_about") != about:
        st.session_state["coverage_own"], st.session_state["coverage_about"] = pick, about
        st.session_state["coverage_turn"] = st.session_state.get("coverage_turn", 0) + 1
    rows = [known.index(pick)] if pick in known else []
    picked = st.dataframe(
        shown,
        column_order=order,
        column_config=columns,
        hide_index=True,
        placeholder=scene.t("no data"),
        height=395,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": rows}},
        key=f"coverage_table_{st.session_state['coverage_turn']}",
    )
    return list(picked["selection"]["rows"]) if pick in known or not pick else rows


def _pick_once(scene: Scene, area_id: str, key: str) -> None:
    last = st.session_state.get(key, "")
    st.session_state[key] = area_id
    if area_id and area_id != last and area_id != scene.state.pick:
        choose(scene.state, pick=area_id)
        st.rerun()


def _show_downloads(scene: Scene, table: pd.DataFrame, found: Any) -> None:
    t, state = scene.t, scene.state
    name = f"wangge-{state.ws}-{state.metric}-{state.level}-{state.start}-{state.end}"
    with st.container(horizontal=True):
        st.download_button(
            t("Download CSV"),
            lambda: to_csv(shown_coverage(scene, table, found)),
            file_name=f"{name}.csv",
            mime="text/csv",
        )
        st.download_button(
            t("Download XLSX"),
            lambda: to_xlsx(shown_coverage(scene, table, found), facts=coverage_facts(scene, found), t=t),
            file_name=f"{name}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )


def _show_charts(scene: Scene, table: pd.DataFrame, days: tuple[Any, Any] | None) -> None:
    t, spec, pick = scene.t, scene.metric, scene.state.pick
    unit = t(spec.unit)
    picked = float(table.at[pick, "value"]) if pick in table.index else None
    first, second = st.columns(2)
    with first:
        st.markdown(f"**{plain(t('Highest values'))}**")
        chart = st.plotly_chart(
            rank_figure(table, unit=unit, decimals=spec.decimals),
            config=CONFIG,
            key="coverage_rank",
            on_select="rerun",
            selection_mode="points",
        )
        points = chart["selection"]["points"] if chart else []
        _pick_once(scene, str(points[0].get("customdata", "")) if points else "", "coverage_rank_last")
        st.markdown(f"**{plain(t('How many areas have which value'))}**")
        st.plotly_chart(
            spread_figure(table["value"], unit=unit, label=t("areas"), picked=picked),
            config=CONFIG,
            key="coverage_spread",
        )
    with second:
        _show_course(scene, days)


def _show_course(scene: Scene, days: tuple[Any, Any] | None) -> None:
    """The line by day and the hours of the week, of the picked area too."""
    t, metric, pick = scene.t, scene.state.metric, scene.state.pick
    by_day, by_hour, unit = event_words(scene)
    now = daily(scene, metric=metric)
    if not now.notna().any() or not now.sum():
        show_empty(
            t("Nothing on record in this period"), remedy=plain(t("Choose a longer period or another category."))
        )
        return
    st.markdown(f"**{plain(by_day)}**")
    before = daily(scene, metric=metric, days=days) if days else None
    picked = daily(scene, metric=metric, within=pick) if pick else None
    st.plotly_chart(
        series_figure(now, t=t, unit=unit, before=before, picked=picked), config=CONFIG, key="coverage_daily"
    )
    name = f" · {plain(scene.area_name(pick))}" if pick else ""
    st.markdown(f"**{plain(by_hour)}**{name}")
    st.plotly_chart(week_figure(by_week(scene), t=t, unit=unit), config=CONFIG, key="coverage_week")
