"""The stays and posts of a board's plan, out of a roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from geo.crowd.board.plan import BoardPost, Stay, Watch, stamp
from geo.crowd.board.spans import Span, join_spans
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
    return tuple(
        BoardPost(post_id=one.post_id, name=one.name, area_id=one.area_id, lon=one.lon, lat=one.lat)
        for one in demand.posts
    )


def watches_of(demand: Demand, roles: Collection[str], *, edges: Sequence[datetime] = ()) -> tuple[Watch, ...]:
    """
    Return when each area needs somebody of these roles, by what its posts ask for together.

    A demand counts in whole slots; where a phase begins or ends (`edges`) inside the first or last of them, the need
    begins or ends there. Posts that serve no area watch none.

    Examples
    --------
    A medic from one to three, the last phase ends at half past two.

    >>> from geo.crowd.roster.demand import Need, Post
    >>> from geo.crowd.roster.horizon import Horizon
    >>> noon = datetime.fromisoformat("2026-09-27T12:00+00:00")
    >>> need = Need(post_id="A", role="medic", start=1, end=3, people=2)
    >>> demand = Demand(Horizon(noon, 4), (Post(post_id="A", area_id="P"),), (need,))
    >>> found = watches_of(demand, ["medic"], edges=[noon + timedelta(minutes=150)])
    >>> [(one.area_id, one.start_at[11:16], one.end_at[11:16]) for one in found]
    [('P', '13:00', '14:30')]
    """
    horizon, posts = demand.horizon, demand.by_id
    slot = timedelta(minutes=horizon.slot_min)
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for need in demand.needs:
        area_id = posts[need.post_id].area_id
        if need.role in roles and need.people and area_id:
            spans[area_id, need.role].append((horizon.at(need.start), horizon.at(need.end)))
    return tuple(
        Watch(area_id=area_id, role=role,
              start_at=stamp(min((one for one in edges if start <= one < start + slot), default=start)),
              end_at=stamp(max((one for one in edges if end - slot < one <= end), default=end)))
        for (area_id, role), found in sorted(spans.items())
        for start, end in join_spans(found)
    )  # fmt: skip
