"""Whether a board has been told something already."""

from __future__ import annotations

from geo.crowd.board.facts import Fact
from geo.crowd.board.state import Board

STEPS = {"incident_sent": "sent_at", "incident_reached": "arrived_at", "incident_closed": "closed_at"}


def is_known(board: Board, fact: Fact) -> bool:
    """
    Say whether a fact would tell a board only what it says already: the stage that is on, an alarm that was taken up,
    a step that was taken, a task that is over, a message that was read, somebody at the post where they are.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from geo.crowd.board.plan import BoardPlan, BoardStage
    >>> from geo.crowd.board.state import rebuild
    >>> at = datetime(2026, 9, 27, 4, tzinfo=UTC)
    >>> plan = BoardPlan(event_id="e", stages=(BoardStage(stage_id="tide", name="Tide"),))
    >>> log = [Fact(kind="opened", at=at, payload={"plan": plan.document()}, sequence=1),
    ...        Fact(kind="stage_changed", at=at, payload={"stage_id": "tide"}, sequence=2)]
    >>> is_known(rebuild(log[:1]), log[1]), is_known(rebuild(log), log[1])
    (False, True)
    """
    told, parts = fact.payload, board.parts
    if fact.kind == "stage_changed":
        return bool(parts["stages"]["current"] == told["stage_id"])
    if fact.kind == "alarm_taken":
        alarms = parts["density"]["alarms"]
        return any(one["alarm_id"] == told["alarm_id"] and one["taken_at"] is not None for one in alarms)
    if fact.kind in STEPS:
        incident = parts["incidents"]["incidents"].get(str(told["incident_id"]), {})
        return incident.get(STEPS[fact.kind]) is not None
    if fact.kind in ("task_done", "task_dropped"):
        task = parts["tasks"]["tasks"].get(str(told["task_id"]), {})
        return task.get("done_at") is not None or task.get("dropped_at") is not None
    if fact.kind == "message_read":
        message = parts["messages"]["messages"].get(str(told["message_id"]), {"read_by": {}})
        return str(told.get("person_id") or fact.actor) in message["read_by"]
    if fact.kind == "arrived":
        here = parts["posts"]["present"].get(str(told["person_id"]))
        return here is not None and here["post_id"] == told["post_id"]
    return False
