"""A board's plan out of an event plan, its schedule for the front, and a roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from geo.crowd.board.plan import (
    BoardArea,
    BoardEntrance,
    BoardPlan,
    BoardPost,
    BoardStage,
    BoardTask,
    Expected,
    Levels,
    Stay,
    Watch,
    stamp,
)
from geo.crowd.event import Event
from geo.crowd.event.findings import place_of
from geo.crowd.tide.clock import Step

WATCHED = ("medic",)
"""Roles an area shall have while the plan asks for them there."""


def plan_of_event(
    event: Event,
    *,
    posts: Sequence[BoardPost] = (),
    stays: Sequence[Stay] = (),
    watches: Sequence[Watch] = (),
    steps: Sequence[Step] = (),
    most_people: Mapping[str, int] | None = None,
    levels: Levels | None = None,
) -> BoardPlan:
    """
    Return what the board of an event day is held against.

    Phases become stages with the keys 1 to 9; the crowd of a phase is expected at its end. Steps of the schedule become
    tasks due at their moment (`clear`: begun by then), and passings of the front. An entrance to one area counts for
    it, an entrance to several for the site as a whole. `watches` are taken for areas of the event. `most_people` is the
    capacity of each area, where it is known. Standing and seated crowds are held against the levels for people who
    stand.

    Examples
    --------
    >>> from datetime import datetime
    >>> from geo.crowd.event import Crowd, Phase, ViewingArea
    >>> at = datetime.fromisoformat
    >>> peak = Phase(phase_id="peak", name="the tide", kind="peak", starts_at=at("2026-09-27T12:00+08:00"),
    ...              ends_at=at("2026-09-27T13:00+08:00"))
    >>> event = Event(event_id="e", name="e", areas=(ViewingArea(area_id="P", name="P", usable_m2=50.0),),
    ...               phases=(peak,), crowds=(Crowd(area_id="P", phase_id="peak", people=9),))
    >>> plan = plan_of_event(event)
    >>> plan.stages[0].key, plan.crowds[0].people, plan.crowds[0].at
    ('1', 9, '2026-09-27T05:00:00.000Z')
    """
    known = {area.area_id for area in event.areas}
    phases = {phase.phase_id: phase for phase in event.phases}
    return BoardPlan(
        event_id=event.event_id,
        name=event.name,
        posts=tuple(post if post.area_id in known else replace(post, area_id="") for post in posts),
        stays=tuple(stays),
        areas=tuple(
            BoardArea(area_id=area.area_id, name=area.name, usable_m2=area.usable_m2,
                      most_people=(most_people or {}).get(area.area_id), is_static=area.kind != "exhibition",
                      lon=lon, lat=lat)
            for area in event.areas
            for lon, lat in (place_of(area),)
        ),
        watches=tuple(one for one in watches if one.area_id in known),
        entrances=tuple(
            BoardEntrance(entrance_id=one.entrance_id, name=one.name,
                          area_id=one.area_ids[0] if len(one.area_ids) == 1 and one.area_ids[0] in known else "")
            for one in event.entrances
        ),
        stages=tuple(
            BoardStage(stage_id=phase.phase_id, name=phase.name, key=str(number) if number < 10 else "",
                       planned_at=stamp(phase.starts_at))
            for number, phase in enumerate(sorted(event.phases, key=lambda one: one.starts_at), 1)
        ),
        tasks=_tasks(steps),
        crowds=tuple(
            Expected(area_id=one.area_id, at=stamp(phases[one.phase_id].ends_at), people=one.people)
            for one in event.crowds
            if one.phase_id in phases and one.area_id in known
        ),
        front=tuple(
            Expected(area_id=area, at=stamp(step.at)) for step in steps if step.act == "front" for area in step.area_ids
        ),
        levels=levels or Levels(),
    )  # fmt: skip


def _tasks(steps: Sequence[Step]) -> tuple[BoardTask, ...]:
    """One task for each step somebody does, in order of time; the front and the opening happen by themselves."""
    tasks = []
    for number, step in enumerate(steps, 1):
        if step.act in ("front", "open"):
            continue
        for area in step.area_ids or ("",):
            key = f"{number:03d}-{step.act}" + (f"-{area}" if area else "")
            tasks.append(BoardTask(task_id=key, text=step.act, due_at=stamp(step.at), area_id=area))
    return tuple(tasks)
