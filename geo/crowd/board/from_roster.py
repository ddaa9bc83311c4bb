"""The stays and posts of a board's plan, out of a roster."""

from __future__ import annotations

from collections.abc import Sequence

from geo.crowd.board.plan import BoardPost, Stay, stamp
from geo.crowd.roster.demand import Assignment, Demand


def stays_of(assignments: Sequence[Assignment], demand: Demand) -> tuple[Stay, ...]:
    """
    Return the stays of a roster with their moments.

    Examples
    --------
    >>> from geo.crowd.roster.drawn import draw_case
    >>> case = draw_case({"ann": ".AA."})
    >>> [(one.post_id, one.start_at) for one in stays_of(case.assignments, case.demand)]
    [('A', '2026-09-27T01:00:00.000Z')]
    """
    at = demand.horizon.at
    return tuple(
        Stay(person_id=one.person_id, post_id=one.post_id, role=one.role, start_at=stamp(at(one.start)),
             end_at=stamp(at(one.end)))
        for one in sorted(assignments)
    )  # fmt: skip


def posts_of(demand: Demand) -> tuple[BoardPost, ...]:
    """Return the posts of a demand as the board knows them."""
    return tuple(BoardPost(post_id=one.post_id, name=one.name, area_id=one.area_id) for one in demand.posts)
