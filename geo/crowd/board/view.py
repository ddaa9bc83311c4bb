"""The board as it is at a moment: what a wall shows and what needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo.crowd.board.parts import counts
from geo.crowd.board.plan import BoardPlan, BoardStage, Watch, moment_of, stamp
from geo.crowd.board.state import Board

MANNED, SHORT, EMPTY, NOT_DUE = "manned", "short", "empty", "not due"


@dataclass(frozen=True, kw_only=True)
class PostNow:
    """
    A post at a moment. `state`: manned (all who are planned are there), short, empty (nobody, and somebody is
    planned), not due (nobody planned). Ids: `present`, `late` (should be there, and the grace is over), `leaving`
    (end soon, and nobody comes for them yet), `coming` (begin soon, or should be there within the grace).
    """

    post_id: str
    area_id: str
    state: str
    planned: int
    present: tuple[str, ...]
    late: tuple[str, ...]
    leaving: tuple[str, ...]
    coming: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Void:
    """An area with nobody of a role it needs now; `since` is when the last one left, or the need began if later."""

    area_id: str
    role: str
    since: str


@dataclass(frozen=True, kw_only=True)
class AreaNow:
    """
    People and density of an area. `present` is by the books (area_id "" is the site); below 0 a count is wrong.
    `unexplained` is how many at least were never counted in. `stage` is the alarm, 0 to 3; None where no density is
    known. `share` is people against the most the area may hold. `closed_at` is since when it is closed; None: open.
    """

    area_id: str
    present: int
    unexplained: int
    corrected: int
    density: float | None
    basis: str
    seen_at: str | None
    stage: int | None
    share: float | None
    closed_at: str | None


@dataclass(frozen=True, kw_only=True)
class TaskNow:
    """An open task: its deadline, minutes left (below 0 overdue), and "overdue", "soon" or "open"."""

    task_id: str
    text: str
    owner: str
    area_id: str
    due_at: str
    minutes_left: float
    state: str


@dataclass(frozen=True, kw_only=True)
class BoardNow:
    """Everything at one moment."""

    at: str
    stage: str
    next_stage: BoardStage | None
    posts: tuple[PostNow, ...]
    voids: tuple[Void, ...]
    areas: tuple[AreaNow, ...]
    alarms: tuple[dict[str, Any], ...]
    incidents: tuple[dict[str, Any], ...]
    tasks: tuple[TaskNow, ...]
    messages: tuple[dict[str, Any], ...]
    next_front: tuple[dict[str, Any], ...]


def board_at(board: Board, now: datetime) -> BoardNow:
    """
    Return the board at a moment; the state itself knows no clock, what is late or due is worked out here.

    Examples
    --------
    Ann is planned from noon; ten minutes later she is late.

    >>> from geo.crowd.board.facts import Fact
    >>> from geo.crowd.board.plan import BoardPlan, BoardPost, Stay
    >>> from geo.crowd.board.state import rebuild
    >>> noon = datetime.fromisoformat("2026-09-27T12:00+08:00")
    >>> stay = Stay(person_id="ann", post_id="A", role="guard", start_at=stamp(noon),
    ...             end_at=stamp(noon + timedelta(hours=4)))
    >>> plan = BoardPlan(event_id="e", posts=(BoardPost(post_id="A"),), stays=(stay,))
    >>> board = rebuild([Fact(kind="opened", at=noon, payload={"plan": plan.document()}, sequence=1)])
    >>> [(p.state, p.late) for p in board_at(board, noon + timedelta(minutes=10)).posts]
    [('empty', ('ann',))]
    """
    stages = board.parts["stages"]
    known = board.parts["incidents"]["incidents"]
    sent = board.parts["messages"]["messages"]
    return BoardNow(
        at=stamp(now),
        stage=stages["current"],
        next_stage=next_stage(board),
        posts=posts_at(board, now),
        voids=voids_at(board, now),
        areas=_areas(board),
        alarms=tuple(one for one in board.parts["density"]["alarms"] if one["ended_at"] is None),
        incidents=tuple({"incident_id": key, **one} for key, one in sorted(known.items()) if not one["closed_at"]),
        tasks=tasks_at(board, now),
        messages=tuple({"message_id": key, **one} for key, one in sorted(sent.items())),
        next_front=_next_front(board, now),
    )


def posts_at(board: Board, now: datetime) -> tuple[PostNow, ...]:
    """Return every post of the plan with who is there, late, leaving and coming at a moment."""
    plan, part, moment = board.plan, board.parts["posts"], stamp(now)
    soon = stamp(now + timedelta(minutes=plan.soon_min))
    grace = stamp(now - timedelta(minutes=plan.late_min))
    rows = []
    for post in plan.posts:
        stays = [one for one in part["stays"] if one["post_id"] == post.post_id]
        due = [one for one in stays if one["start_at"] <= moment < one["end_at"]]
        here = sorted(who for who, one in part["present"].items() if one["post_id"] == post.post_id)
        late = sorted({s["person_id"] for s in due if s["start_at"] <= grace and s["person_id"] not in here})
        coming = [s for s in stays if moment < s["start_at"] <= soon and s["person_id"] not in here]
        awaited = {s["person_id"] for s in (*due, *coming)} - {*here, *late}
        relieved = {s["role"]: sum(c["role"] == s["role"] for c in coming) for s in due}
        leaving = []
        for stay in sorted(due, key=lambda one: (one["end_at"], one["person_id"])):
            if stay["end_at"] > soon or stay["person_id"] not in here:
                continue
            if relieved[stay["role"]] > 0:
                relieved[stay["role"]] -= 1
            else:
                leaving.append(stay["person_id"])
        state = NOT_DUE if not due else EMPTY if not here else SHORT if len(here) < len(due) else MANNED
        rows.append(
            PostNow(post_id=post.post_id, area_id=post.area_id, state=state, planned=len(due), present=tuple(here),
                    late=tuple(late), leaving=tuple(leaving), coming=tuple(sorted(awaited)))
        )  # fmt: skip
    return tuple(rows)


def voids_at(board: Board, now: datetime) -> tuple[Void, ...]:
    """
    Return the areas that have nobody of a role the plan asks for there at a moment.

    A stage that was told ahead of its time is as far into the plan as its planned beginning. An area that is closed
    lacks nothing, nor does one whose need is over.

    Examples
    --------
    The plan asks for a medic from noon to two; the wall is told closed at one.

    >>> from geo.crowd.board.facts import Fact
    >>> from geo.crowd.board.plan import BoardArea, BoardPlan, BoardTask, Watch
    >>> from geo.crowd.board.state import rebuild
    >>> noon = datetime.fromisoformat("2026-09-27T12:00+08:00")
    >>> after = lambda minutes: noon + timedelta(minutes=minutes)
    >>> plan = BoardPlan(event_id="e", areas=(BoardArea(area_id="P"),),
    ...                  watches=(Watch(area_id="P", role="medic", start_at=stamp(noon), end_at=stamp(after(120))),),
    ...                  tasks=(BoardTask(task_id="1", text="closed", due_at=stamp(after(60)), area_id="P"),))
    >>> log = [Fact(kind="opened", at=after(-60), payload={"plan": plan.document()}, sequence=1),
    ...        Fact(kind="task_done", at=after(60), payload={"task_id": "1"}, sequence=2)]
    >>> [len(voids_at(rebuild(log[:1]), after(m))) for m in (-1, 0, 119, 120)], voids_at(rebuild(log), after(70))
    ([0, 1, 1, 0], ())
    """
    part, closed = board.parts["posts"], closed_areas(board)
    area_of = {one.post_id: one.area_id for one in board.plan.posts}
    here = {(area_of.get(one["post_id"], ""), one["role"]) for one in part["present"].values()}
    planned = {one.stage_id: one.planned_at for one in board.plan.stages}
    at = max(stamp(now), planned.get(board.parts["stages"]["current"], ""))
    found: dict[tuple[str, str], Void] = {}
    for watch in watches_of_plan(board.plan):
        key = (watch.area_id, watch.role)
        if watch.start_at <= at < watch.end_at and key not in here and watch.area_id not in closed:
            since = max(watch.start_at, part["vacated"].get(f"{watch.area_id}/{watch.role}", ""))
            found.setdefault(key, Void(area_id=watch.area_id, role=watch.role, since=since))
    return tuple(found.values())


def watches_of_plan(plan: BoardPlan) -> tuple[Watch, ...]:
    """Return when each area needs its roles: as the plan says, else while somebody is planned there in the role."""
    area_of = {one.post_id: one.area_id for one in plan.posts}
    said = {(one.area_id, one.role) for one in plan.watches}
    needs = {(area.area_id, role) for area in plan.areas for role in area.needs} - said
    return *plan.watches, *(
        Watch(area_id=area_of[one.post_id], role=one.role, start_at=one.start_at, end_at=one.end_at)
        for one in plan.stays
        if (area_of.get(one.post_id, ""), one.role) in needs
    )


def closed_areas(board: Board) -> dict[str, str]:
    """
    Return the areas that are closed, with when they were told to be: from its task `closed` done until its task
    `release` is, passing by passing.
    """
    closed: dict[str, str] = {}
    tasks = board.parts["tasks"]["tasks"].values()
    for one in sorted(tasks, key=lambda task: (task["due_at"], task["task_id"])):
        if one["area_id"] and one["done_at"] is not None:
            if one["text"] == "closed":
                closed[one["area_id"]] = one["done_at"]
            elif one["text"] == "release":
                closed.pop(one["area_id"], None)
    return closed


def _areas(board: Board) -> tuple[AreaNow, ...]:
    rows = []
    closed = closed_areas(board)
    most = {one.area_id: one.most_people for one in board.plan.areas}
    for key, area in board.parts["counts"]["areas"].items():
        limit = most.get(key)
        seen = board.parts["density"]["areas"].get(key)
        people = counts.present(area)
        known = seen is not None and seen["density"] is not None
        rows.append(
            AreaNow(area_id=key, present=people, unexplained=counts.unexplained(area), corrected=area["corrected"],
                    density=seen["density"] if known else None, basis=seen["basis"] if known else "",
                    seen_at=seen["seen_at"] if known else None, stage=seen["stage"] if known else None,
                    share=people / limit if limit else None, closed_at=closed.get(key))
        )  # fmt: skip
    return tuple(rows)


def tasks_at(board: Board, now: datetime) -> tuple[TaskNow, ...]:
    """Return the open tasks, the most urgent first; a task due this moment is not overdue yet."""
    rows = []
    for one in board.parts["tasks"]["tasks"].values():
        if one["done_at"] is not None or one["dropped_at"] is not None:
            continue
        left = (moment_of(one["due_at"]) - now).total_seconds() / 60
        state = "overdue" if left < 0 else "soon" if left <= board.plan.soon_min else "open"
        shown = {key: one[key] for key in ("task_id", "text", "owner", "area_id", "due_at")}
        rows.append(TaskNow(**shown, minutes_left=left, state=state))
    return tuple(sorted(rows, key=lambda one: (one.due_at, one.task_id)))


def next_stage(board: Board) -> BoardStage | None:
    """Return the stage one key changes to: the one after the current in the plan; None after the last."""
    ids = [one.stage_id for one in board.plan.stages]
    current = board.parts["stages"]["current"]
    at = ids.index(current) + 1 if current in ids else 0
    return board.plan.stages[at] if at < len(ids) else None


def _next_front(board: Board, now: datetime) -> tuple[dict[str, Any], ...]:
    """When the front passes each area next, by the plan, with minutes left."""
    rows = []
    for area in board.plan.areas:
        times = sorted(moment_of(one.at) for one in board.plan.front if one.area_id == area.area_id)
        passed = len(board.parts["stages"]["passed"].get(area.area_id, ()))
        if passed < len(times):
            left = (times[passed] - now).total_seconds() / 60
            rows.append({"area_id": area.area_id, "at": stamp(times[passed]), "minutes_left": left})
    return tuple(sorted(rows, key=lambda one: (one["at"], one["area_id"])))
