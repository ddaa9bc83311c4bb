"""What the board is held against: posts and stays, areas and entrances, stages, tasks, expected counts, the front."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from geo.errors import SchemaError, name_few, say


def stamp(moment: datetime) -> str:
    """
    Return a moment as the one text it has in facts and states: UTC, milliseconds.

    Examples
    --------
    >>> stamp(datetime.fromisoformat("2026-09-27T12:00:00+08:00"))
    '2026-09-27T04:00:00.000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """Return the moment a stamp names; SchemaError if it is none or has no zone."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise SchemaError(
            say("a moment such as 2026-09-27T12:00+08:00"), say("{text!r}", text=text), say("write it with its zone")
        )
    return found


@dataclass(frozen=True, kw_only=True)
class BoardPost:
    """A post, the viewing area it stands for ("" for none), and where it is on the map (None: unknown)."""

    post_id: str
    name: str = ""
    area_id: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, kw_only=True)
class Stay:
    """Who is to stand where, in which role, from when to when (stamps)."""

    person_id: str
    post_id: str
    role: str
    start_at: str
    end_at: str


@dataclass(frozen=True, kw_only=True)
class BoardArea:
    """
    A viewing area: usable ground, people it may hold, whether they stand still, roles it is watched for, and a point
    inside (None: unknown).
    """

    area_id: str
    name: str = ""
    usable_m2: float | None = None
    most_people: int | None = None
    is_static: bool = True
    needs: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A role the plan asks for in an area, from when to when (stamps), however many of it and at whichever post."""

    area_id: str
    role: str
    start_at: str
    end_at: str


@dataclass(frozen=True, kw_only=True)
class BoardEntrance:
    """Where people are counted; `area_id` is where they then are ("" for the site as a whole)."""

    entrance_id: str
    name: str = ""
    area_id: str = ""


@dataclass(frozen=True, kw_only=True)
class BoardStage:
    """A stage of the event, the key that changes to it, and when it is planned."""

    stage_id: str
    name: str
    key: str = ""
    planned_at: str = ""


@dataclass(frozen=True, kw_only=True)
class BoardTask:
    """Something to be done by a moment."""

    task_id: str
    text: str
    due_at: str
    owner: str = ""
    area_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """People expected in an area at a moment, or the moment the front passes it (`people` is then None)."""

    area_id: str
    at: str
    people: int | None = None


@dataclass(frozen=True, kw_only=True)
class Levels:
    """
    People per m² at which the three stages of alarm begin, moving and standing.

    An alarm falls only when the density has been `margin` below its stage for `hold_s` seconds, so that it does not
    flicker. Source: our own stages between Fruin's 2 (slowed), 3.57 (contact) and 5.55 (dangerous forces), and the
    4.7 of the Green Guide for standing.
    """

    moving: tuple[float, float, float] = (2.0, 3.5, 5.0)
    static: tuple[float, float, float] = (3.0, 4.0, 4.7)
    margin: float = 0.3
    hold_s: float = 120.0

    def of(self, is_static: bool) -> tuple[float, float, float]:
        """Return the three densities for people who stand, or walk."""
        return self.static if is_static else self.moving


@dataclass(frozen=True, kw_only=True)
class BoardPlan:
    """
    The plan of one day. `late_min`: how long after its start a missing person is late. `soon_min`: how long before
    the end of a stay a person is leaving, before its start coming, before its time a task is due soon. `watches` say
    when an area needs its roles; where a role has none (boards opened before they were kept) its stays say so.
    `roster_id` and `roster_version` are the saved roster its stays are from ("": none).
    """

    event_id: str
    name: str = ""
    posts: tuple[BoardPost, ...] = ()
    stays: tuple[Stay, ...] = ()
    areas: tuple[BoardArea, ...] = ()
    watches: tuple[Watch, ...] = ()
    entrances: tuple[BoardEntrance, ...] = ()
    stages: tuple[BoardStage, ...] = ()
    tasks: tuple[BoardTask, ...] = ()
    crowds: tuple[Expected, ...] = ()
    front: tuple[Expected, ...] = ()
    levels: Levels = field(default_factory=Levels)
    late_min: float = 10.0
    soon_min: float = 15.0
    is_drill: bool = False
    roster_id: str = ""
    roster_version: int = 0

    def document(self) -> dict[str, Any]:
        """Return the plan as plain values, for the first fact of the log."""
        return _plain(asdict(self))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


_PARTS = {"posts": BoardPost, "stays": Stay, "areas": BoardArea, "watches": Watch, "entrances": BoardEntrance,
          "stages": BoardStage, "tasks": BoardTask, "crowds": Expected, "front": Expected}  # fmt: skip


def plan_of(document: dict[str, Any]) -> BoardPlan:
    """
    Return the plan a document holds, checked: ids once, stays at known posts and in order, levels rising.

    Raises
    ------
    SchemaError
        With every fault at once.

    Examples
    --------
    >>> plan = BoardPlan(event_id="e", posts=(BoardPost(post_id="A"),))
    >>> plan_of(plan.document()) == plan
    True
    """
    try:
        given = dict(document)
        for name, kind in _PARTS.items():
            given[name] = tuple(_built(kind, one) for one in given.get(name, ()))
        if "levels" in given:
            given["levels"] = _built(Levels, given["levels"])
        plan = BoardPlan(**given)
    except (TypeError, AttributeError) as error:
        raise SchemaError(
            say("a plan with the fields of the board"), say("{error}", error=str(error)), say("correct the plan")
        ) from error
    _require_plan(plan)
    return plan


def _built(kind: Any, given: dict[str, Any]) -> Any:
    tuples = {one.name for one in fields(kind) if str(one.type).startswith("tuple")}
    return kind(**{key: tuple(value) if key in tuples else value for key, value in given.items()})


def _require_plan(plan: BoardPlan) -> None:
    faults = []
    lists = {"posts": "post_id", "areas": "area_id", "entrances": "entrance_id", "stages": "stage_id",
             "tasks": "task_id"}  # fmt: skip
    for name, key in lists.items():
        ids = [getattr(one, key) for one in getattr(plan, name)]
        faults += sorted({f"{name}: {one!r}" for one in ids if ids.count(one) > 1 or not one})
    posts, areas = {one.post_id for one in plan.posts}, {one.area_id for one in plan.areas}
    faults += [f"stays: {one.post_id!r}" for one in plan.stays if one.post_id not in posts]
    for stay in plan.stays:
        if moment_of(stay.start_at) >= moment_of(stay.end_at):
            faults.append(f"stays: {stay.person_id} ends before it begins")
    for watch in plan.watches:
        if moment_of(watch.start_at) >= moment_of(watch.end_at):
            faults.append(f"watches: {watch.role} ends before it begins")
    placed = [("posts", p.area_id) for p in plan.posts] + [("entrances", e.area_id) for e in plan.entrances]
    placed += [("watches", w.area_id) for w in plan.watches]
    placed += [("crowds", c.area_id) for c in plan.crowds] + [("front", c.area_id) for c in plan.front]
    faults += [f"{name}: area {area!r}" for name, area in placed if area and area not in areas]
    times = [*(t.due_at for t in plan.tasks), *(e.at for e in (*plan.crowds, *plan.front))]
    for text in [*times, *(s.planned_at for s in plan.stages if s.planned_at)]:
        moment_of(text)
    for kind in (plan.levels.moving, plan.levels.static):
        if len(kind) != 3 or list(kind) != sorted(set(kind)) or kind[0] <= plan.levels.margin:
            faults.append(f"levels: {kind}")
    if faults:
        raise SchemaError(
            say("a plan with ids once each, known posts and areas, stays in order, and three rising levels"),
            say("{faults}", faults=name_few(faults)),
            say("correct the plan; the board was not opened"),
        )
