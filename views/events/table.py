"""A table typed like a spreadsheet: what was typed is taken at once, and refused as a whole with one message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data.events.session import EventSession
from geo.crowd.event import Event
from geo.errors import SchemaError, say
from views.scene import restore_address

Rows = Sequence[dict[str, Any]]


def typed_table(
    session: EventSession, name: str, rows: pd.DataFrame, columns: dict[str, Any],
    take: Callable[[Event, Rows], Event], **options: Any,
) -> None:  # fmt: skip
    """One table; what was typed is taken at once, and refused as a whole with one message."""
    key = f"event_table_{name}_{session.event.event_id}_{len(session.past)}_{len(session.future)}"

    def edited() -> None:
        restore_address()
        told = st.session_state[key]
        table = rows.copy()
        for at, change in told.get("edited_rows", {}).items():
            for column, value in change.items():
                table.loc[table.index[int(at)], column] = value
        kept = [one for at, one in enumerate(table.to_dict("records")) if at not in set(told.get("deleted_rows", []))]
        added = [{column: one.get(column) for column in rows.columns} for one in told.get("added_rows", [])]
        if any(all(value is None for value in one.values()) for one in added):
            return
        session.refusal = None
        try:
            session.take(take(session.event, [*kept, *added]))
        except (SchemaError, ValueError, TypeError) as error:
            session.refusal = error if isinstance(error, SchemaError) else _refusal(error)

    st.data_editor(rows, column_config=columns, key=key, on_change=edited, hide_index=True, **options)


def _refusal(error: Exception) -> SchemaError:
    return SchemaError(say("a table that can be read"), say("{error}", error=str(error)), say("correct the cell"))


def moment_of(value: Any, zone: ZoneInfo) -> datetime:
    """Return a typed time in the event's zone; SchemaError where it is empty."""
    if value is None or pd.isna(value):
        raise SchemaError(
            say("the beginning and the end of every row"), say("an empty time"), say("fill in both times of the row")
        )
    at: datetime = pd.Timestamp(value).to_pydatetime()
    return at.replace(tzinfo=zone)
