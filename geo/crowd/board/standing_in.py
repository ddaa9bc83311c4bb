"""On the day: which stays nobody holds, and who may take one over, in the order to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from geo.crowd.board.plan import moment_of, stamp
from geo.crowd.board.state import Board
from geo.crowd.board.view import BoardNow
from geo.crowd.roster.case import Case
from geo.crowd.roster.demand import Assignment
from geo.crowd.roster.replacement import Replacement, replacement_order
from geo.errors import Say, SchemaError, say


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A stay whose person is not there: late, left early, awaited or still to come; `since` is when it begins."""

    post_id: str
    person_id: str
    role: str
    since: str
    until: str
    is_late: bool

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return f"{self.post_id}|{self.person_id}|{self.since}"


def gaps_at(board: Board, seen: BoardNow) -> tuple[Gap, ...]:
    """Return the stays to fill at a moment, those that are late first, then by their beginning."""
    late = {(one.post_id, who) for one in seen.posts for who in one.late}
    coming = {(one.post_id, who) for one in seen.posts for who in one.coming}
    soon = stamp_after(seen.at, board.plan.soon_min)
    found = [
        Gap(post_id=one["post_id"], person_id=one["person_id"], role=one["role"], since=one["start_at"],
            until=one["end_at"], is_late=(one["post_id"], one["person_id"]) in late)
        for one in board.parts["posts"]["stays"]
        if (one["post_id"], one["person_id"]) in late | coming and one["start_at"] <= soon and seen.at < one["end_at"]
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (not one.is_late, one.since, one.post_id, one.person_id)))


def stamp_after(at: str, minutes: float) -> str:
    """
    Return the stamp so many minutes later.

    Examples
    --------
    >>> stamp_after("2026-09-27T04:00:00.000Z", 15)
    '2026-09-27T04:15:00.000Z'
    """
    return stamp(datetime.fromtimestamp(moment_of(at).timestamp() + minutes * 60, tz=moment_of(at).tzinfo))


def case_now(board: Board, case: Case) -> Case:
    """
    Return the roster as the day has it: every stay of the board in the slots it touches, with the skills and groups
    its line of demand asks for.
    """
    horizon = case.demand.horizon
    lines: dict[tuple[str, str], list[Assignment]] = {}
    for one in case.assignments:
        lines.setdefault((one.post_id, one.role), []).append(one)
    stays = []
    for stay in board.parts["posts"]["stays"]:
        start, end = moment_of(stay["start_at"]), moment_of(stay["end_at"])
        low, high = max(horizon.slot(start), 0), min(horizon.slot_up(end), horizon.slots)
        of = [one for one in lines.get((stay["post_id"], stay["role"]), ()) if one.start <= low and high <= one.end]
        like = of[0] if of else None
        if stay["person_id"] in case.staff.by_id and low < high:
            stays.append(
                Assignment(start=low, end=high, post_id=stay["post_id"], role=stay["role"],
                           person_id=stay["person_id"], skills=like.skills if like else frozenset(),
                           groups=like.groups if like else ())
            )  # fmt: skip
    return replace(case, assignments=tuple(sorted(stays)), shortfalls=())


def standing_in(board: Board, case: Case, gap: Gap, *, now: datetime) -> Replacement:
    """
    Return who may take over a stay from `now` on, the least recently asked first, by the rules of the roster.

    Beside those whom a rule forbids it, whoever is at another post now, or dropped out today, is ruled out.

    Raises
    ------
    SchemaError
        If the board has no such stay, or its person is not on the list of people.
    """
    roster, horizon = case_now(board, case), case.demand.horizon
    found = [
        one for one in roster.assignments
        if (one.person_id, one.post_id, one.role) == (gap.person_id, gap.post_id, gap.role)
        and one.start == max(horizon.slot(moment_of(gap.since)), 0)
    ]  # fmt: skip
    if not found:
        raise SchemaError(
            say("a stay of the roster"), say("{who} at {post}", who=gap.person_id, post=gap.post_id),
            say("choose one of the roster"),
        )  # fmt: skip
    whole = found[0]
    stay = replace(whole, start=min(max(whole.start, horizon.slot(now)), whole.end - 1))
    others = list(roster.assignments)
    others.remove(whole)
    asked = {who: moment_of(at) for who, at in board.parts["posts"]["asked"].items()}
    order = replacement_order(replace(roster, assignments=(*others, stay)), stay, asked=asked)
    busy, barred = _busy(board, gap), {one.person.person_id for one in order.ruled_out}
    out = [
        replace(one, reasons=(busy[one.person.person_id],)) if one.person.person_id in busy else one
        for one in (*order.order, *order.ruled_out)
        if one.person.person_id in busy or one.person.person_id in barred
    ]
    return Replacement(
        stay=stay,
        order=tuple(one for one in order.order if one.person.person_id not in busy),
        ruled_out=tuple(sorted(out, key=lambda one: one.person.person_id)),
    )


def _busy(board: Board, gap: Gap) -> Mapping[str, Say]:
    part = board.parts["posts"]
    out = {who: say("{who} dropped out of {post}", who=who, post=post) for who, _, post, _ in part["replaced"]}
    here = {who: say("{who} is at {post} now", who=who, post=one["post_id"]) for who, one in part["present"].items()
            if one["post_id"] != gap.post_id}  # fmt: skip
    return out | here
