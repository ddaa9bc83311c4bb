"""A first roster: shift by shift, whoever can and has worked least."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.crowd.roster.solve.block import Block


def greedy_duties(block: Block) -> list[tuple[int, int]]:
    """
    Return (member, duty) of a roster that breaks no rule, single shifts only.

    Shifts go in order of time, among those the ones fewest can fill first. Whoever has the role takes it before a
    stand-in, by night the one with the fewest nights, then the one with the fewest hours; pairs that belong together
    move as one, pairs that must not meet never do.
    """
    state = _State(block)
    single = {duty.shifts[0]: at for at, duty in enumerate(block.duties) if len(duty.shifts) == 1}
    able = {at: [p for p, own in enumerate(state.open) if at in own] for at in single.values()}
    order = sorted(single, key=lambda s: (block.shifts[s].start, len(able[single[s]]), s))
    for shift_at in order:
        at = single[shift_at]
        left = block.shifts[shift_at].people
        for unit in sorted((u for u in state.units if u[0] in able[at]), key=lambda u: state.key(u, at)):
            if len(unit) <= left and all(state.fits(p, at) for p in unit):
                for member in unit:
                    state.take(member, at)
                left -= len(unit)
            if not left:
                break
    return sorted(state.taken)


class _State:
    """What everybody has taken so far."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.taken: list[tuple[int, int]] = []
        self.open = [set(own) for own in block.choices]
        self.own: list[list[int]] = [[] for _ in block.members]
        self.slots = list(block.hours_before)
        self.nights = [0] * len(block.members)
        self.days = [list(left) for left in block.day_left]
        number = {person.person_id: p for p, person in enumerate(block.members)}
        joined = {p: {p} for p in range(len(block.members))}
        self.apart: dict[int, set[int]] = {p: set() for p in joined}
        for pair in block.pairs:
            one, other = number[pair.one], number[pair.other]
            if pair.is_together:
                whole = joined[one] | joined[other]
                for p in whole:
                    joined[p] = whole
            else:
                self.apart[one].add(other)
                self.apart[other].add(one)
        self.units = sorted({tuple(sorted(whole)) for whole in joined.values()})

    def key(self, unit: tuple[int, ...], at: int) -> tuple[bool, int, int, int]:
        """Whoever has the role itself comes before those who may stand in for it; then the least worked."""
        line = self.block.shifts[self.block.duties[at].shifts[0]].line
        stands_in = any(self.block.members[p].role != line.role for p in unit)
        nights = max(self.nights[p] for p in unit) if self.block.duties[at].night_slots else 0
        return stands_in, nights, max(self.slots[p] for p in unit), unit[0]

    def fits(self, member: int, at: int) -> bool:
        block, duty = self.block, self.block.duties[at]
        if at not in self.open[member]:
            return False
        worked = self.slots[member] - block.hours_before[member]
        if worked + duty.slots > block.event_left[member]:
            return False
        if any(need > left for need, left in zip(duty.by_day, self.days[member], strict=True)):
            return False
        others = (block.duties[o] for o in self.own[member])
        if any(duty.start < o.end + block.rest and o.start < duty.end + block.rest for o in others):
            return False
        return not any(self._meets(duty.shifts[0], o) for p in self.apart[member] for o in self.own[p])

    def _meets(self, shift_at: int, other_duty: int) -> bool:
        shift = self.block.shifts[shift_at]
        other = self.block.shifts[self.block.duties[other_duty].shifts[0]]
        return shift.line.post_id == other.line.post_id and shift.start < other.end and other.start < shift.end

    def take(self, member: int, at: int) -> None:
        duty = self.block.duties[at]
        self.taken.append((member, at))
        self.own[member].append(at)
        self.slots[member] += duty.slots
        self.nights[member] += duty.night_slots
        for day, need in enumerate(duty.by_day):
            self.days[member][day] -= need
