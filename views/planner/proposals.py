"""Proposals to choose from: repairs and automatic plans, looked at beside each other before one is taken."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.export import MARK
from data.language import translate_say
from data.planning.editor.offered import comparison_book, measures_of, offered_plans, picture_of
from data.planning.editor.session import EditSession
from data.planning.editor.shown import named_zones
from geo.errors import say
from geo.planning.editing.draft import Draft
from geo.planning.editing.rebalance import Proposal
from views.parts.texts import number, plain
from views.scene import Scene

STATUS = {
    "optimal": "proven best",
    "feasible": "every grid in band",
    "infeasible": "not possible everywhere: reasons below",
    "not found": "none found in band everywhere",
    "stopped": "stopped early",
}
LOOK = "plan_look"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PICTURED = 1500
"""Micro-grids a small picture can show."""


def show_proposals(scene: Scene, session: EditSession) -> None:
    """Show repairs, else the plans an automatic run found; nothing where there are none."""
    if session.proposals:
        with st.container(border=True, key="wg-plan-proposals"):
            _show_repairs(scene, session)
    elif session.plans and session.result is not None:
        with st.container(border=True, key="wg-plan-proposals"):
            _show_plans(scene, session)


def _show_looking(scene: Scene, session: EditSession) -> None:
    """Choose what the map shows: the draft, or one of the plans offered; nothing is taken by it."""
    t, offered = scene.t, offered_plans(session)
    st.session_state[LOOK] = next((at for at, one in enumerate(offered) if one is session.looked_at), -1)

    def chosen() -> None:
        at = st.session_state[LOOK]
        session.look_at(offered[at] if at is not None and at >= 0 else None)

    st.segmented_control(
        t("On the map"), [-1, *range(len(offered))], key=LOOK, on_change=chosen,
        format_func=lambda at: t("Draft") if at < 0 else t("Plan {number}", number=at + 1),
    )  # fmt: skip
    if session.looked_at is not None:
        st.caption(plain(t("The map shows what is offered; nothing is taken yet.")))


def _show_repairs(scene: Scene, session: EditSession) -> None:
    t, draft = scene.t, session.draft
    st.markdown(f"**{plain(t('Proposal: fewest households moved'))}**")
    _show_looking(scene, session)
    for at, one in enumerate(session.proposals):
        words = t(
            "{size} households in {units} micro-grids move · off the band {before} → {after}"
            " · pieces too many {parts} → {left}",
            size=number(one.size_moved), units=number(len(one.moved)), before=number(one.before),
            after=number(one.after), parts=number(one.parts_before), left=number(one.parts_after),
        )  # fmt: skip
        title = t("Plan {number}", number=at + 1)
        st.caption(plain(f"{title} · {words}" if len(session.proposals) > 1 else words))
        st.dataframe(_before_after(scene, session, draft, one), hide_index=True, height="content")
        st.button(t("Take it"), key=f"plan_take_{at}", type="primary" if at == 0 else "secondary",
                  on_click=session.take, args=(one.draft, say("rebalanced")))  # fmt: skip
    st.button(t("Leave it"), key="plan_leave", on_click=session.leave_offers)


def _before_after(scene: Scene, session: EditSession, draft: Draft, offered: Proposal) -> pd.DataFrame:
    t, names = scene.t, named_zones(session.bench, draft)
    rows = []
    for zone in offered.zones:
        was, now = draft.numbers.get(zone), offered.draft.numbers.get(zone)
        rows.append(
            {
                t("Grid"): names.get(zone, t("new")),
                t("Before"): "–" if was is None else number(was.size),
                t("After"): "–" if now is None else number(now.size),
                t("Fits"): "–" if now is None else t("yes") if now.is_fit else t("no"),
            }
        )
    return pd.DataFrame(rows)


def _show_plans(scene: Scene, session: EditSession) -> None:
    t, result = scene.t, session.result
    status = t(STATUS.get(result.status, result.status)) if result else ""
    st.markdown(f"**{plain(t('Automatic plan'))}** · {plain(status)}")
    _show_looking(scene, session)
    _show_pictures(scene, session)
    measures = _measures(scene, session)
    right = {name: st.column_config.TextColumn(alignment="right") for name in measures.columns[1:]}
    st.dataframe(measures, hide_index=True, height="content", column_config=right)
    with st.container(horizontal=True):
        for at, draft in enumerate(session.plans):
            st.button(t("Take plan {number}", number=at + 1), key=f"plan_use_{at}",
                      type="primary" if at == 0 else "secondary",
                      on_click=session.take, args=(draft, say("automatic plan taken")))  # fmt: skip
        st.button(t("Leave it"), key="plan_leave", on_click=session.leave_offers)
        mark = MARK if scene.store.is_synthetic else ""
        st.download_button(
            t("Comparison (XLSX)"), lambda: comparison_book(session, t=t, mark=mark), mime=XLSX,
            file_name=f"plans-{scene.state.area}.xlsx", key="plan_comparison", on_click="ignore",
            icon=":material/download:",
            help=t("The measures of all plans, and the grid of every micro-grid under each"),
        )  # fmt: skip
    _show_reasons(scene, session)


def _measures(scene: Scene, session: EditSession) -> pd.DataFrame:
    """A measure a row, a plan a column: they fit beside each other however many measures there are."""
    t = scene.t
    titles = {
        "zones": t("Grids"), "misfits": t("To put right"), "households": t("Households moved"),
        "changed": t("Grids changed"), "people": t("Workers affected"), "border_km": t("Border between grids (km)"),
    }  # fmt: skip
    drafts = {t("Draft"): session.draft}
    drafts |= {t("Plan {number}", number=at): one for at, one in enumerate(session.plans, 1)}
    columns: dict[str, list[str]] = {t("Measure"): list(titles.values())}
    for name, draft in drafts.items():
        told = measures_of(session, draft)
        columns[name] = [number(told[figure], 1 if figure == "border_km" else 0) for figure in titles]
    return pd.DataFrame(columns)


def _show_pictures(scene: Scene, session: EditSession) -> None:
    """The plans as small maps side by side; hatched is what would be in another grid than today."""
    if len(session.plans) < 2 or session.bench.ground.count > MOST_PICTURED:
        return
    for at, (column, draft) in enumerate(zip(st.columns(len(session.plans)), session.plans, strict=True), 1):
        if id(draft) not in session.pictures:
            session.pictures[id(draft)] = picture_of(session, draft)
        column.image(session.pictures[id(draft)], caption=plain(scene.t("Plan {number}", number=at)))


def _show_reasons(scene: Scene, session: EditSession) -> None:
    t, result = scene.t, session.result
    reasons = [
        f"- {plain(scene.area_name(one.part.parent))}: "
        + plain("; ".join(translate_say(said, scene.state.lang) for said in (*one.reasons, *one.advice)))
        for one in (result.parts if result else ())
        if one.reasons
    ]  # fmt: skip
    if reasons:
        with st.expander(t("Why {count} parts are not in band", count=len(reasons))):
            st.markdown("\n".join(reasons[:100]))
