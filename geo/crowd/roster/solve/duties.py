"""What one person can do in one go: a shift, or a few with the way between them in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.crowd.roster.demand import Demand
from geo.crowd.roster.people import Limits
from geo.crowd.roster.solve.shifts import Shift


@dataclass(frozen=True)
class Duty:
    """Shifts by number in order of time; first and last slot, hours in slots by day and by night, minutes of way."""

    shifts: tuple[int, ...]
    start: int
    end: int
    slots: int
    night_slots: int
    by_day: tuple[int, ...]
    way_min: float


def list_duties(shifts: Sequence[Shift], demand: Demand, limits: Limits, *, most: int) -> list[Duty]:
    """
    Return every single shift, and every chain of shifts that one duty may hold, nearest first, `most` in all.

    A chain keeps the way between posts, the longest duty, the posts in a duty and the watch; the rest lies outside.

    Examples
    --------
    >>> from geo.crowd.roster.drawn import draw_case
    >>> from geo.crowd.roster.solve.shifts import cut_shifts
    >>> limits = Limits(shortest_shift_h=2, longest_shift_h=2, longest_duty_h=5, rest_h=3)
    >>> demand = draw_case({}, needs={"A": "11", "B": "...11"}).demand
    >>> [duty.shifts for duty in list_duties(cut_shifts(demand, [], limits), demand, limits, most=9)]
    [(0,), (1,), (0, 1)]
    """
    horizon = demand.horizon
    rest = horizon.least_slots(limits.rest_h)
    longest = horizon.most_slots(limits.longest_duty_h)
    watch = horizon.most_slots(limits.watch_h)
    around = {post.post_id for post in demand.posts if post.is_round_the_clock}
    order = sorted(range(len(shifts)), key=lambda at: (shifts[at].start, shifts[at].end, shifts[at].line.key))

    def follows(one: Shift, after: Shift) -> float | None:
        """The minutes of way if `after` may come next in the same duty."""
        gap = after.start - one.end
        way = demand.walk.minutes(one.line.post_id, after.line.post_id)
        if not 0 <= gap < rest or gap * horizon.slot_min < way:
            return None
        both = one.line.post_id in around and after.line.post_id in around
        return None if both and gap == 0 and after.end - one.start > watch else way

    def grow(chain: tuple[int, ...], way_min: float) -> list[tuple[tuple[int, ...], float]]:
        found = [(chain, way_min)]
        if len(chain) >= limits.posts_per_duty or len(chains) > 20 * most:
            return found
        first, last = shifts[chain[0]], shifts[chain[-1]]
        for nxt in order:
            if shifts[nxt].start < last.end or shifts[nxt].end - first.start > longest:
                continue
            way = follows(last, shifts[nxt])
            if way is not None:
                found += grow((*chain, nxt), way_min + way)
        return found

    chains: list[tuple[tuple[int, ...], float]] = []
    for at in order:
        if shifts[at].length <= longest:
            chains += grow((at,), 0.0)
    duties = [_duty(chain, way, shifts, demand) for chain, way in chains]
    duties.sort(key=lambda d: (len(d.shifts), d.way_min + (d.end - d.start - d.slots) * horizon.slot_min, d.shifts))
    return duties[:most]


def _duty(chain: tuple[int, ...], way_min: float, shifts: Sequence[Shift], demand: Demand) -> Duty:
    horizon = demand.horizon
    slots = [t for at in chain for t in range(shifts[at].start, shifts[at].end)]
    by_day = [0] * horizon.days
    for t in slots:
        by_day[horizon.day(t)] += 1
    night = sum(map(horizon.is_night, slots))
    return Duty(chain, slots[0], slots[-1] + 1, len(slots), night, tuple(by_day), way_min)
