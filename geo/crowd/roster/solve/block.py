"""People of one block (a group or team) to shifts: CP-SAT over duties, started from a greedy roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.crowd.roster.demand import Assignment, Demand
from geo.crowd.roster.people import Limits, Pair, Person
from geo.crowd.roster.solve.duties import Duty, list_duties
from geo.crowd.roster.solve.greedy import greedy_duties
from geo.crowd.roster.solve.shifts import Shift, can_stand


@dataclass(frozen=True)
class Block:
    """
    Members with the shifts they are to fill, and the stays they have already.

    `choices[p]` are the numbers of the duties open to member `p`; a duty near one of their stays is not among them.
    """

    members: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    duties: tuple[Duty, ...]
    choices: tuple[tuple[int, ...], ...]
    pairs: tuple[Pair, ...]
    demand: Demand
    limits: Limits
    day_left: tuple[tuple[int, ...], ...]
    event_left: tuple[int, ...]
    hours_before: tuple[int, ...]
    rest: int
    holders: Mapping[int, list[int]] = field(default_factory=dict)
    """Duties by the shift they hold."""

    @property
    def fair_slots(self) -> tuple[int, int]:
        """What everybody's slots would be if all were shared out evenly: rounded down and up."""
        total = sum(one.length * one.people for one in self.shifts) + sum(self.hours_before)
        able = max(sum(bool(one) for one in self.choices), 1)
        return total // able, -(-total // able)

    @property
    def fair_nights(self) -> int:
        """The same for slots at night, rounded up."""
        horizon = self.demand.horizon
        total = sum(one.people * sum(map(horizon.is_night, range(one.start, one.end))) for one in self.shifts)
        return -(-total // max(sum(bool(one) for one in self.choices), 1))


@dataclass(frozen=True)
class BlockAnswer:
    """Who does which duty (member, duty), what is missing of each shift, and how far the fairness is from its bound."""

    taken: tuple[tuple[int, int], ...]
    missing: tuple[int, ...]
    unfairness: int
    bound: float
    status: str


def build_block(
    members: Sequence[Person],
    shifts: Sequence[Shift],
    demand: Demand,
    limits: Limits,
    *,
    pairs: Sequence[Pair] = (),
    stays: Mapping[str, list[Assignment]] | None = None,
    most_duties: int = 1500,
) -> Block:
    """
    Return a block: duties listed, and for every member those they may take beside the stays they have.

    Whoever belongs together with somebody who is no member may take none.
    """
    horizon, stays = demand.horizon, stays or {}
    rest = horizon.least_slots(limits.rest_h)
    clear = max(rest, -int(-demand.walk.longest_min // horizon.slot_min))
    duties = list_duties(shifts, demand, limits, most=most_duties)
    team_of_post = {post.post_id: post.standing_team for post in demand.posts}
    standing = frozenset(team for team in team_of_post.values() if team)
    apart, alone = _apart(pairs, stays), _alone(pairs, members)
    choices, day_left, event_left, before = [], [], [], []
    for person in members:
        own = stays.get(person.person_id, [])
        worked = [0] * horizon.days
        for stay in own:
            for t in range(stay.start, stay.end):
                worked[horizon.day(t)] += 1
        days = tuple(max(horizon.most_slots(person.day_limit_h(limits)) - done, 0) for done in worked)
        left = max(horizon.most_slots(person.event_limit_h(limits)) - sum(worked), 0)
        fits = [
            person.person_id not in alone
            and person.is_available(shift.start, shift.end)
            and can_stand(person, shift.line, team_of_post=team_of_post, standing=standing)
            and not any(
                other.post_id == shift.line.post_id and other.start < shift.end and shift.start < other.end
                for other in apart.get(person.person_id, [])
            )
            for shift in shifts
        ]
        choices.append(
            tuple(
                at
                for at, duty in enumerate(duties)
                if all(fits[s] for s in duty.shifts)
                and duty.slots <= left
                and all(need <= free for need, free in zip(duty.by_day, days, strict=True))
                and all(duty.end + clear <= stay.start or stay.end + clear <= duty.start for stay in own)
            )
        )
        day_left.append(days)
        event_left.append(left)
        before.append(sum(worked))
    holders: dict[int, list[int]] = defaultdict(list)
    for at, duty in enumerate(duties):
        for shift_at in duty.shifts:
            holders[shift_at].append(at)
    return Block(
        tuple(members), tuple(shifts), tuple(duties), tuple(choices), _inside(pairs, members), demand, limits,
        tuple(day_left), tuple(event_left), tuple(before), clear, holders,
    )  # fmt: skip


def _inside(pairs: Sequence[Pair], members: Sequence[Person]) -> tuple[Pair, ...]:
    ids = {person.person_id for person in members}
    return tuple(pair for pair in pairs if pair.one in ids and pair.other in ids)


def _alone(pairs: Sequence[Pair], members: Sequence[Person]) -> set[str]:
    """Whose partner is not among the members."""
    ids = {person.person_id for person in members}
    return {
        who
        for pair in pairs
        if pair.is_together
        for who, partner in ((pair.one, pair.other), (pair.other, pair.one))
        if partner not in ids
    }


def _apart(pairs: Sequence[Pair], stays: Mapping[str, list[Assignment]]) -> dict[str, list[Assignment]]:
    """Stays that somebody must not meet."""
    found: dict[str, list[Assignment]] = defaultdict(list)
    for pair in pairs:
        if not pair.is_together:
            found[pair.one] += stays.get(pair.other, [])
            found[pair.other] += stays.get(pair.one, [])
    return found


def solve_block(block: Block, *, work: float, seed: int) -> BlockAnswer:
    """
    Fill as many hours as possible, then share hours and nights as evenly as possible.

    The first wins over the second whatever it costs. `work` is CP-SAT's deterministic seconds: the same block, work
    and seed give the same answer. Where the greedy roster misses nobody and nobody's hours are off, it is the optimum
    and CP-SAT is not asked. `bound` is what the unfairness cannot go below with as few hours missing as found.

    Examples
    --------
    Two shifts of two hours for two guards: one each.

    >>> from geo.crowd.roster.drawn import draw_case
    >>> from geo.crowd.roster.solve.shifts import cut_shifts
    >>> limits = Limits(rest_h=1, shortest_shift_h=2, longest_shift_h=2)
    >>> case = draw_case({"ann": "....", "ben": "...."}, needs={"A": "1111"})
    >>> shifts = cut_shifts(case.demand, case.staff.people, limits)
    >>> answer = solve_block(build_block(case.staff.people, shifts, case.demand, limits), work=1.0, seed=1)
    >>> len({member for member, _ in answer.taken}), answer.missing, answer.unfairness, answer.status
    (2, (0, 0), 0, 'optimal')
    """
    first = greedy_duties(block)
    missing, unfair = measure(block, first)
    if not any(missing) and unfair == 0:
        return BlockAnswer(tuple(first), missing, 0, 0.0, "optimal")
    return _search(block, first, work=work, seed=seed)


def measure(block: Block, taken: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], int]:
    """Return what is missing of each shift, and the unfairness: slots off the fair share, night slots over it."""
    missing = [one.people for one in block.shifts]
    hours, nights = list(block.hours_before), [0] * len(block.members)
    for member, at in taken:
        hours[member] += block.duties[at].slots
        nights[member] += block.duties[at].night_slots
        for shift_at in block.duties[at].shifts:
            missing[shift_at] -= 1
    low, high = block.fair_slots
    able = [p for p, one in enumerate(block.choices) if one]
    off = sum(max(hours[p] - high, 0) + max(low - hours[p], 0) + max(nights[p] - block.fair_nights, 0) for p in able)
    return tuple(missing), off


def _search(block: Block, first: Sequence[tuple[int, int]], *, work: float, seed: int) -> BlockAnswer:
    from ortools.sat.python import cp_model

    from geo.crowd.roster.solve.model import build_model

    built = build_model(block)
    for key in built.takes:
        built.model.add_hint(built.takes[key], 1 if key in set(first) else 0)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    status = solver.solve(built.model)
    missing, unfair = measure(block, first)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return BlockAnswer(tuple(first), missing, unfair, 0.0, "feasible")
    taken = tuple(sorted(key for key, take in built.takes.items() if solver.boolean_value(take)))
    found = measure(block, taken)

    def value(one: tuple[tuple[int, ...], int]) -> int:
        return built.per_missing * sum(m * s.length for m, s in zip(one[0], block.shifts, strict=True)) + one[1]

    if value((missing, unfair)) < value(found):
        taken, found = tuple(sorted(first)), (missing, unfair)
    short = value(found) - found[1]
    bound = max(solver.best_objective_bound - short, 0.0)
    return BlockAnswer(taken, *found, min(bound, found[1]), "optimal" if status == cp_model.OPTIMAL else "feasible")
