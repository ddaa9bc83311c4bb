"""The CP-SAT model of one block."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from geo.crowd.roster.solve.block import Block


@dataclass
class Model:
    """The model, its variable for each (member, duty), and what a missing slot costs against unfairness."""

    model: Any
    takes: dict[tuple[int, int], Any]
    per_missing: int


def build_model(block: Block) -> Model:
    """
    Return min per_missing * missing slots + slots off the fair share + night slots over the fair share.

    A member's duties never come nearer than the rest: of all duties that hold or rest at one moment a duty begins at,
    at most one is taken. Members' hours a day and in the event are bounded; pairs follow. Two who belong together stand
    at one post from the same hour to the same hour, each in a role of their own.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    takes = {(p, d): model.new_bool_var("") for p, own in enumerate(block.choices) for d in own}
    most_off = sum(left + before for left, before in zip(block.event_left, block.hours_before, strict=True))
    per_missing = 1 + 2 * most_off + len(block.members) * block.fair_slots[1]
    terms: list[Any] = []
    for at, shift in enumerate(block.shifts):
        holding = [takes[p, d] for d in block.holders.get(at, []) for p in range(len(block.members)) if (p, d) in takes]
        missing = model.new_int_var(0, shift.people, "")
        model.add(sum(holding) + missing == shift.people)
        terms.append(per_missing * shift.length * missing)
    for member in range(len(block.members)):
        terms += _member(model, block, takes, member)
    _pair_up(model, block, takes)
    model.minimize(sum(terms))
    return Model(model, takes, per_missing)


def _member(model: Any, block: Block, takes: dict[tuple[int, int], Any], member: int) -> list[Any]:
    own = block.choices[member]
    if not own:
        return []
    duties = block.duties
    for moment in sorted({duties[d].start for d in own}):
        busy = [takes[member, d] for d in own if duties[d].start <= moment < duties[d].end + block.rest]
        if len(busy) > 1:
            model.add_at_most_one(busy)
    for day, left in enumerate(block.day_left[member]):
        worked = [(duties[d].by_day[day], takes[member, d]) for d in own if duties[d].by_day[day]]
        if sum(need for need, _ in worked) > left:
            model.add(sum(need * take for need, take in worked) <= left)
    hours = sum(duties[d].slots * takes[member, d] for d in own)
    left = block.event_left[member]
    low, high = block.fair_slots
    before = block.hours_before[member]
    total = model.new_int_var(before, before + left, "")
    model.add(total == before + hours)
    over = model.new_int_var(0, before + left, "")
    under = model.new_int_var(0, low, "")
    model.add(over >= total - high)
    model.add(under >= low - total)
    nights = [duties[d].night_slots * takes[member, d] for d in own if duties[d].night_slots]
    if not nights:
        return [over, under]
    night_over = model.new_int_var(0, left, "")
    model.add(night_over >= sum(nights) - block.fair_nights)
    return [over, under, night_over]


def _pair_up(model: Any, block: Block, takes: dict[tuple[int, int], Any]) -> None:
    number = {person.person_id: p for p, person in enumerate(block.members)}
    for pair in block.pairs:
        one, other = number[pair.one], number[pair.other]
        at_shift: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for p in (one, other):
            for d in block.choices[p]:
                for shift_at in block.duties[d].shifts:
                    at_shift[p, shift_at].append(takes[p, d])
        if pair.is_together:
            at_post: dict[tuple[str, int, int], list[Any]] = defaultdict(list)
            for (p, s), taken in at_shift.items():
                shift = block.shifts[s]
                at_post[shift.line.post_id, shift.start, shift.end] += taken if p == one else [-take for take in taken]
            for both in at_post.values():
                model.add(sum(both) == 0)
            continue
        for s, shift in enumerate(block.shifts):
            mine = at_shift.get((one, s), [])
            for o, away in enumerate(block.shifts):
                is_met = shift.line.post_id == away.line.post_id and shift.start < away.end and away.start < shift.end
                if is_met and mine and at_shift.get((other, o)):
                    model.add(sum(mine) + sum(at_shift[other, o]) <= 1)
