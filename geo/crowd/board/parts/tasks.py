"""Tasks with deadlines, those of the plan and those of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.parts._spec import BoardPartSpec, State
from geo.crowd.board.plan import BoardPlan, moment_of, stamp

OPEN = {"started_at": None, "done_at": None, "dropped_at": None, "by": ""}


def begin(plan: BoardPlan) -> State:
    """The tasks of the plan, all open."""
    tasks = {one.task_id: {**asdict(one), **OPEN, "due_at": stamp(moment_of(one.due_at))} for one in plan.tasks}
    return {"tasks": tasks}


def apply(state: State, _plan: BoardPlan, fact: Fact, _others: Mapping[str, State]) -> None:
    """Set a task (again, with another deadline), or note that it was begun, done or given up."""
    key = str(fact.payload["task_id"])
    if fact.kind == "task_set":
        before = state["tasks"].get(key, OPEN)
        due = stamp(moment_of(str(fact.payload["due_at"])))
        given = {name: str(fact.payload.get(name, before.get(name, ""))) for name in ("text", "owner", "area_id")}
        state["tasks"][key] = {**before, "task_id": key, **given, "due_at": due}
    elif key in state["tasks"]:
        one = state["tasks"][key]
        step = {"task_started": "started_at", "task_done": "done_at", "task_dropped": "dropped_at"}[fact.kind]
        if one["done_at"] is None and one["dropped_at"] is None:
            one[step] = one[step] or stamp(fact.at)
            one["by"] = fact.actor


SPEC = BoardPartSpec(
    title="tasks",
    facts={
        "task_set": FactSpec(title="task set", required=("task_id", "text", "due_at"), optional=("owner", "area_id"),
                             refers={"area_id": "areas"}),
        "task_started": FactSpec(title="task begun", required=("task_id",), refers={"task_id": "tasks"}),
        "task_done": FactSpec(title="task done", required=("task_id",), refers={"task_id": "tasks"}),
        "task_dropped": FactSpec(title="task given up", required=("task_id", "why"), refers={"task_id": "tasks"}),
    },
    begin=begin,
    apply=apply,
)  # fmt: skip
