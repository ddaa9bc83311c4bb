"""Proposals to choose from: repairs and automatic plans, each with what it would change, before it is taken."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.language import translate
from data.planning.editor.session import EditSession
from data.planning.editor.shown import change_of_hands, cut_border_m
from geo.errors import Say, say
from geo.planning.editing.draft import Draft
from views.parts.texts import number, plain
from views.scene import Scene

STATUS = {
    "optimal": "proven best",
    "feasible": "every grid in band",
    "infeasible": "not possible everywhere: reasons below",
    "not found": "none found in band everywhere",
    "stopped": "stopped early",
}


def show_proposals(scene: Scene, session: EditSession, names: dict[int, str]) -> None:
    """Show repairs, else the plans an automatic run found; nothing where there are none."""
    if session.proposals:
        _show_repairs(scene, session, names)
    elif session.plans and session.result is not None:
        _show_plans(scene, session)


def _show_repairs(scene: Scene, session: EditSession, names: dict[int, str]) -> None:
    t = scene.t
    with st.container(border=True, key="wg-plan-proposals"):
        st.markdown(f"**{plain(t('Proposal: fewest households moved'))}**")
        for at, one in enumerate(session.proposals):
            words = t(
                "{size} households in {units} micro-grids move · off the band {before} → {after}"
                " · pieces too many {parts} → {left}",
                size=number(one.size_moved), units=number(len(one.moved)), before=number(one.before),
                after=number(one.after), parts=number(one.parts_before), left=number(one.parts_after),
            )  # fmt: skip
            st.caption(plain(words))
            st.dataframe(_before_after(scene, session, one.draft, one.zones, names), hide_index=True, height="content")
            st.button(t("Take it"), key=f"plan_take_{at}", type="primary" if at == 0 else "secondary",
                      on_click=session.take, args=(one.draft, say("rebalanced")))  # fmt: skip
        st.button(t("Leave it"), key="plan_leave", on_click=_leave, args=(session,))


def _before_after(
    scene: Scene, session: EditSession, after: Draft, zones: tuple[int, ...], names: dict[int, str]
) -> pd.DataFrame:
    t, draft = scene.t, session.draft
    rows = []
    for zone in zones:
        was, now = draft.numbers.get(zone), after.numbers.get(zone)
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
    with st.container(border=True, key="wg-plan-proposals"):
        status = t(STATUS.get(result.status, result.status)) if result else ""
        st.markdown(f"**{plain(t('Automatic plan'))}** · {plain(status)}")
        rows = []
        for at, draft in enumerate(session.plans):
            told = change_of_hands(session, draft)
            rows.append(
                {
                    t("Plan"): at + 1, t("Grids"): told["zones_now"], t("To put right"): told["misfits"],
                    t("Households moved"): told["households"], t("Grids changed"): told["zones"],
                    t("Workers affected"): told["people"],
                    t("Border between grids (km)"): round(cut_border_m(draft) / 1000, 1),
                }
            )  # fmt: skip
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content")
        with st.container(horizontal=True):
            for at, draft in enumerate(session.plans):
                st.button(t("Take plan {number}", number=at + 1), key=f"plan_use_{at}",
                          type="primary" if at == 0 else "secondary",
                          on_click=session.take, args=(draft, say("automatic plan taken")))  # fmt: skip
            st.button(t("Leave it"), key="plan_leave", on_click=_leave, args=(session,))
        reasons = [
            f"- {plain(scene.area_name(one.part.parent))}: "
            + plain("; ".join(_said(scene, (*one.reasons, *one.advice))))
            for one in (result.parts if result else ())
            if one.reasons
        ]
        if reasons:
            with st.expander(t("Why {count} parts are not in band", count=len(reasons))):
                st.markdown("\n".join(reasons[:100]))


def _said(scene: Scene, sentences: tuple[Say, ...]) -> list[str]:
    lang = scene.state.lang
    return [translate(one.template, lang).format(**one.values) for one in sentences]


def _leave(session: EditSession) -> None:
    with session.lock:
        session.proposals, session.plans, session.result = [], [], None
