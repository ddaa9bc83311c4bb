"""Two people who must not work together are never at one post at the same time."""

from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Pair
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every meeting of such a pair; one who leaves as the other comes is no meeting."""
    for pair in case.staff.pairs:
        if pair.is_together:
            continue
        for one in case.by_person.get(pair.one, []):
            for other in case.by_person.get(pair.other, []):
                start = max(one.start, other.start)
                if one.post_id == other.post_id and start < min(one.end, other.end):
                    why = say("{who} stands with {partner}", who=pair.one, partner=pair.other)
                    yield Broken("apart", (pair.one, pair.other), one.post_id, start, why)


APART = [Pair(one="ann", other="ben", is_together=False, why="married")]

SPEC = RosterRuleSpec(
    title="apart",
    help="two people who must not work together are never at one post at the same time",
    source="definition",
    find=find,
    kept=lambda: draw_case({"ann": "AA..", "ben": "..AA"}, pairs=APART),
    broken=lambda: draw_case({"ann": "AAA.", "ben": "..AA"}, pairs=APART),
)
