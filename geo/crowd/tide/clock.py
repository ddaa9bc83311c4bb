"""The tide clock: by when each area must begin to clear, how long it stays closed, and the schedule that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from geo.crowd.event import Event
from geo.crowd.tide.arrival import Arrival, arrivals
from geo.errors import Say, say

Act = Literal["warn", "one_way_on", "clear", "closed", "front", "open", "release", "one_way_off"]
WARN_S = 900.0
RELEASE_GAP_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """
    One area and one passing: `clear_from` is the last moment to begin clearing it, `clear_by` when nobody may be left.

    `opens` is when the front, with its return, is past for certain. `egress_s` is the time clearing was given.
    """

    area_id: str
    arrival: Arrival
    egress_s: float
    margin_s: float
    clear_from: datetime
    clear_by: datetime
    opens: datetime


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act of the schedule. `area_ids` empty: the whole event."""

    at: datetime
    act: Act
    area_ids: tuple[str, ...]
    reason: Say


def deadlines(event: Event, passage_id: str, egress_s: Mapping[str, float]) -> tuple[Deadline, ...]:
    """
    Return every area's deadline: earliest arrival − egress time − margin; the returning front keeps it closed.

    Parameters
    ----------
    event
        A plan with a front; areas without a place along it have no deadline.
    passage_id
        Which passing: the day or the night tide.
    egress_s
        Seconds to clear each area: the high end of its egress band.

    Examples
    --------
    Earliest arrival 12:50, 400 s to clear, 300 s margin: begin at 12:38:20.

    >>> from geo.crowd.event import Front, Passage, ViewingArea
    >>> at = datetime.fromisoformat("2026-09-28T12:50:00+08:00")
    >>> bore = Front(name="bore", speed_low_m_s=5.0, speed_m_s=6.0, speed_high_m_s=7.0, closed_after_high_s=1800.0,
    ...              passages=(Passage(passage_id="day", at=at, error_s=0.0),))
    >>> plan = Event(event_id="e", name="e", front=bore,
    ...              areas=(ViewingArea(area_id="A", name="A", usable_m2=1.0, chainage_m=0.0),))
    >>> one = deadlines(plan, "day", {"A": 400.0})[0]
    >>> one.clear_from.time().isoformat(), one.clear_by.time().isoformat(), one.opens.time().isoformat()
    ('12:38:20', '12:45:00', '13:20:00')
    """
    if event.front is None:
        return ()
    front = event.front
    margin = timedelta(seconds=front.margin_s)
    found = []
    for area_id, arrival in arrivals(event, passage_id).items():
        clear_by = arrival.earliest - margin
        found.append(
            Deadline(
                area_id=area_id, arrival=arrival, egress_s=egress_s[area_id], margin_s=front.margin_s,
                clear_from=clear_by - timedelta(seconds=egress_s[area_id]), clear_by=clear_by,
                opens=arrival.latest + timedelta(seconds=front.closed_after_high_s),
            )
        )  # fmt: skip
    return tuple(found)


def schedule(
    event: Event, times: Sequence[Deadline], *, warn_s: float = WARN_S, release_gap_s: float = RELEASE_GAP_S
) -> tuple[Step, ...]:
    """
    Return the acts of one passing in order of time: warn, one-way on, clear, closed, front, open, release, one-way off.

    Routes become one-way before the first area begins to clear and two-way again when the last has been let go. Areas
    are let go one after another, `release_gap_s` apart at least, in the order in which they open: the streams do not
    meet on the shared routes all at once.
    """
    if not times:
        return ()
    first, last = min(times, key=lambda one: one.clear_from), max(times, key=lambda one: one.opens)
    steps = [Step(at=first.clear_from - timedelta(seconds=warn_s), act="warn", area_ids=(),
                  reason=say("{seconds:g} s before the first area clears", seconds=warn_s))]  # fmt: skip
    two_way = [one for one in event.routes if not one.is_one_way]
    if two_way:
        steps.append(Step(at=first.clear_from, act="one_way_on", area_ids=(),
                          reason=say("{count} routes only away from the front", count=len(two_way))))  # fmt: skip
    let_go: datetime | None = None
    for one in sorted(times, key=lambda each: (each.opens, each.area_id)):
        own = (one.area_id,)
        steps.append(Step(at=one.clear_from, act="clear", area_ids=own,
                          reason=say("{egress:,.0f} s to clear, {margin:,.0f} s margin before the earliest arrival",
                                     egress=one.egress_s, margin=one.margin_s)))  # fmt: skip
        steps.append(Step(at=one.clear_by, act="closed", area_ids=own,
                          reason=say("nobody left before the front can come")))  # fmt: skip
        steps.append(Step(at=one.arrival.likely, act="front", area_ids=own,
                          reason=say("likely passing, by the {basis}", basis=one.arrival.basis)))  # fmt: skip
        steps.append(Step(at=one.opens, act="open", area_ids=own,
                          reason=say("latest passing and the longest return are over")))  # fmt: skip
        let_go = one.opens if let_go is None else max(one.opens, let_go + timedelta(seconds=release_gap_s))
        steps.append(Step(at=let_go, act="release", area_ids=own,
                          reason=say("in turn, {gap:g} s apart at least", gap=release_gap_s)))  # fmt: skip
    if two_way and let_go is not None:
        steps.append(Step(at=max(let_go, last.opens), act="one_way_off", area_ids=(),
                          reason=say("the last area has been let go")))  # fmt: skip
    order = {act: at for at, act in enumerate(("warn", "one_way_on", "clear", "closed", "front", "open", "release",
                                               "one_way_off"))}  # fmt: skip
    return tuple(sorted(steps, key=lambda one: (one.at, order[one.act], one.area_ids)))


def release_offsets(steps: Sequence[Step]) -> dict[str, float]:
    """Return seconds after the first release at which each area is let go: `Variant.release_s` of the network."""
    found = {area: one.at for one in steps if one.act == "release" for area in one.area_ids}
    first = min(found.values(), default=None)
    return {} if first is None else {area: (at - first).total_seconds() for area, at in found.items()}
