"""What is open, as a list: each line takes the map to its place and marks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from data.events.checks import check_row
from data.events.session import EventSession
from views.parts.texts import plain
from views.scene import Scene, choose

Row = Mapping[str, Any]


def known_checks(session: EventSession) -> list[dict[str, Any]]:
    """Return what is open in the plan as it stands; with its figures, where they are worked out, also what they say."""
    rows = [check_row(one) for one in session.findings]
    job = session.figures
    if job is not None and not job.is_running and job.report is not None and job.event == session.event:
        said = {(one["kind"], one["text"]) for one in rows}
        rows += [one for one in job.report["checks"] if (one["kind"], one["text"]) not in said]
    return rows


def show_checks(scene: Scene, session: EventSession, rows: Sequence[Row], *, key: str) -> None:
    """List checks; a press chooses the thing at fault and shows its places in “Plan on the map”."""
    with st.container(key=f"wg-checks-{key}", gap="xsmall"):
        for at, one in enumerate(rows):
            icon = ":material/block:" if one["is_refused"] else ":material/rule:"
            pressed = st.button(text_of(scene, one), key=f"{key}_{at}", type="tertiary", icon=icon,
                                disabled=not one["places"], on_click=_look, args=(session, one))  # fmt: skip
            if pressed and scene.state.tab not in ("", "plan"):
                choose(scene.state, tab="plan")
                st.rerun()


def text_of(scene: Scene, row: Row) -> str:
    """Return a check in the reader's language, fit for Markdown."""
    return plain(words_of(scene, row))


def words_of(scene: Scene, row: Row) -> str:
    """Return a check in the reader's language, as it is said."""
    return str(row["text_zh" if scene.state.lang == "zh_CN" else "text"])


def _look(session: EventSession, row: Row) -> None:
    """Take the map to the places of a check; the thing at fault is chosen where it is one."""
    where = {one_id: what for what, one_id, _ in session.event.things() if what not in ("phases", "teams")}
    thing = next((one for one in row["ids"] if one in where), "") if len(row["places"]) == 1 else ""
    session.look([(lon, lat) for lon, lat in row["places"]], where.get(thing, ""), thing)
