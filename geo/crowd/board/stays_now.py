"""The roster as the day has it: the stays that stand, and those handed on to whoever stands in."""

from __future__ import annotations

from dataclasses import dataclass

from geo.crowd.board.state import Board


@dataclass(frozen=True, kw_only=True)
class StayNow:
    """
    Who stands where, from when to when (stamps). `instead_of` is whose stay it was before ("": their own).

    With `given_to` it is no stay any more: the person dropped out of it, and that one has it since `told_at`.
    """

    person_id: str
    post_id: str
    role: str
    start_at: str
    end_at: str
    instead_of: str = ""
    given_to: str = ""
    told_at: str = ""

    @property
    def stands(self) -> bool:
        """Whether the person is still to stand there."""
        return not self.given_to


def stays_now(board: Board) -> tuple[StayNow, ...]:
    """
    Return every stay after the replacements told so far, in order of post and time, with those handed on.

    A stay taken over while it ran is two: what was over by then stays with the one who dropped out. One handed on
    twice names both who gave it up.

    Examples
    --------
    Ann's four hours at A begin at one; at two she drops out and Ben takes the rest.

    >>> from datetime import UTC, datetime
    >>> from geo.crowd.board.facts import Fact
    >>> from geo.crowd.board.plan import BoardPlan, BoardPost, Stay
    >>> from geo.crowd.board.state import rebuild
    >>> at = lambda hour: datetime(2026, 9, 27, hour, tzinfo=UTC)
    >>> stay = Stay(person_id="ann", post_id="A", role="guard", start_at="2026-09-27T01:00:00.000Z",
    ...             end_at="2026-09-27T05:00:00.000Z")
    >>> plan = BoardPlan(event_id="e", posts=(BoardPost(post_id="A"),), stays=(stay,))
    >>> told = {"out_id": "ann", "person_id": "ben", "post_id": "A"}
    >>> board = rebuild([Fact(kind="opened", at=at(0), payload={"plan": plan.document()}, sequence=1),
    ...                  Fact(kind="replaced", at=at(2), payload=told, sequence=2)])
    >>> [(one.person_id, one.start_at[11:13], one.end_at[11:13], one.given_to) for one in stays_now(board)]
    [('ann', '01', '02', ''), ('ben', '02', '05', ''), ('ann', '02', '05', 'ben')]
    """
    part = board.parts["posts"]
    taken = {(one["by"], one["post_id"], one["role"], one["start_at"]): one["person_id"] for one in part["given_up"]}
    found = [
        StayNow(**one, instead_of=taken.get((one["person_id"], one["post_id"], one["role"], one["start_at"]), ""))
        for one in part["stays"]
    ]
    found += [
        StayNow(**{key: one[key] for key in ("person_id", "post_id", "role", "start_at", "end_at", "told_at")},
                given_to=one["by"])
        for one in part["given_up"]
    ]  # fmt: skip
    return tuple(sorted(found, key=_order))


def _order(one: StayNow) -> tuple[str, str, bool, str, str, str]:
    return one.post_id, one.start_at, not one.stands, one.told_at, one.end_at, one.person_id
