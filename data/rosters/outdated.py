"""Whether a saved roster still fits the plan of its event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.rosters.demand_file import RosterTask, task_of_event
from data.rosters.report import demand_of_document
from geo.crowd.event import Event
from geo.crowd.roster.demand import Demand
from geo.crowd.roster.outdated import Change, changes_since
from geo.errors import SchemaError


def outdated(document: Mapping[str, Any], event: Event) -> tuple[Change, ...]:
    """
    Return what changed in an event plan since the roster of a stored document was made from it.

    The plan is staffed again by the ratio and for the days the roster was made with. A roster made from a demand file,
    or kept before rosters said what they were made with, has posts of its own and is never out of date.
    """
    made = document.get("made_with") or {}
    return _since(demand_of_document(document), made, event) if made else ()


def outdated_task(task: RosterTask, event: Event) -> tuple[Change, ...]:
    """Return what changed in an event plan since a task was read from it; nothing for a task of a demand file."""
    return _since(task.demand, task.made_with, event) if task.made_with else ()


def _since(before: Demand, made: Mapping[str, Any], event: Event) -> tuple[Change, ...]:
    try:
        now = task_of_event(event, ratio=str(made["ratio"]), days=int(made["days"])).demand
    except SchemaError:
        return tuple(Change(post_id=one.post_id, what="gone") for one in before.posts)
    return changes_since(before, now)
