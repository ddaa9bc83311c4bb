"""Incidents of the day: reported, somebody sent by choice or the nearest, somebody there, closed."""

from __future__ import annotations

import uuid
from typing import Any

import streamlit as st

from data.board import read_board
from geo.crowd.board.sending import Sendable, sendable, sent_payload
from views.events.day.telling import Shown, tell_one, typed
from views.parts.texts import number, plain
from views.scene import Scene

HEIGHT, MOST = 300, 40


def show_incidents(scene: Scene, shown: Shown) -> None:
    """A form for a new incident, and the open ones in order of time with the next step of each."""
    t = scene.t
    areas = ["", *(one.area_id for one in shown.board.plan.areas)]
    with st.form("board_incident", border=False, clear_on_submit=True):  # noqa: SIM117
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("What happened"), key="board_incident_text")
            st.selectbox(t("Area"), areas, key="board_incident_area", format_func=shown.area)
            st.form_submit_button(t("Open incident"), disabled=not shown.may_tell, key="board_incident_open",
                                  on_click=_open_incident, args=(scene, shown))  # fmt: skip
    with st.container(height=HEIGHT, border=False):
        if not shown.now.incidents:
            st.caption(plain(t("No incident is open.")))
        for one in sorted(shown.now.incidents, key=lambda each: str(each["opened_at"])):
            with st.container(horizontal=True, vertical_alignment="center"):
                step, word = _next_step(scene, one)
                where = shown.area(one["area_id"]) if one["area_id"] else "–"
                sent = f" · {plain(_sent_text(scene, shown, one))}" if one["sent_at"] else ""
                st.markdown(f"**{plain(t(one['text']))}** · {plain(where)} · {shown.clock(one['opened_at'])}{sent}")
                if step == "incident_sent":
                    _choose_sent(scene, shown, one["incident_id"])
                st.button(word, key=f"board_step_{one['incident_id']}_{step}", disabled=not shown.may_tell,
                          on_click=_take_step, args=(scene, shown, step, one["incident_id"]))  # fmt: skip


def _open_incident(scene: Scene, shown: Shown) -> None:
    text, area = typed("board_incident_text"), typed("board_incident_area")
    if text:
        about: dict[str, Any] = {"area_id": area} if area else {}
        tell_one(scene, shown, "incident_opened", incident_id=uuid.uuid4().hex[:8], text=text, **about)


def _next_step(scene: Scene, one: dict[str, Any]) -> tuple[str, str]:
    t = scene.t
    if one["sent_at"] is None:
        return "incident_sent", t("Somebody sent")
    if one["arrived_at"] is None:
        return "incident_reached", t("Somebody there")
    return "incident_closed", t("Close")


def _choose_sent(scene: Scene, shown: Shown, incident_id: str) -> None:
    """Whom to send, the nearest who is free first; left empty it is that one as of the click."""
    t, order = scene.t, {one.person_id: one for one in sendable(shown.board, incident_id)[:MOST]}
    first = next(iter(order.values()), None)

    def named(who: str) -> str:
        one = order.get(who)
        if one is None:
            return who
        parts = (who, _away(one), one.post_id, t(one.role), "" if one.is_free else t("already sent"))
        return " · ".join(part for part in parts if part)

    empty = t("type a code")
    if first is not None and first.is_free:
        empty = t("nearest: {who}", who=" · ".join(part for part in (first.person_id, _away(first)) if part))
    st.selectbox(t("Who is sent"), list(order), index=None, key=f"board_sent_{incident_id}", accept_new_options=True,
                 format_func=named, placeholder=empty, label_visibility="collapsed", width=260)  # fmt: skip


def _away(one: Sendable) -> str:
    return "" if one.away_m is None else f"{number(one.away_m)} m"


def _take_step(scene: Scene, shown: Shown, kind: str, incident_id: str) -> None:
    way: dict[str, Any] = {}
    if kind == "incident_sent":
        order = sendable(read_board(scene.desk, shown.board_id), incident_id)
        way = sent_payload(order, typed(f"board_sent_{incident_id}"))
    tell_one(scene, shown, kind, incident_id=incident_id, **way)


def _sent_text(scene: Scene, shown: Shown, one: dict[str, Any]) -> str:
    """When somebody was sent, who and how far off, and who nearer was free."""
    t, told = scene.t, f"{scene.t('sent')} {shown.clock(one['sent_at'])}"
    if one["to"]:
        told += f" {one['to']}"
    if one["away_m"] is None:
        return told
    told += f" · {t('{metres} m away', metres=number(one['away_m']))}"
    if not one["passed_over"]:
        return f"{told} · {t('nobody free was nearer')}"
    passed = t("passed over, nearer and free: {people}, first {who} at {metres} m", people=number(one["passed_over"]),
               who=one["nearest"], metres=number(one["nearest_m"]))  # fmt: skip
    return f"{told} · {passed}"
