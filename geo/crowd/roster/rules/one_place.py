"""Nobody stands in two places at once."""

from collections.abc import Iterator
from itertools import pairwise

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every stay that begins before an earlier one of the person ends; at the same moment is in time."""
    for who, stays in case.by_person.items():
        until, where = 0, ""
        for earlier, stay in pairwise(stays):
            if earlier.end > until:
                until, where = earlier.end, earlier.post_id
            if stay.start < until:
                why = say("{who} is at {one} and at {other}", who=who, one=where, other=stay.post_id)
                yield Broken("one_place", (who,), stay.post_id, stay.start, why, (where,))


SPEC = RosterRuleSpec(
    title="one place at a time",
    help="nobody stands in two places at once",
    source="definition",
    find=find,
    kept=lambda: draw_case({"ann": "AABB"}),
    broken=lambda: draw_case({"ann": "AAA.", "ann/2": "..BB"}),
)
