"""Two people who belong together stand at the same post at the same time, or neither stands."""

from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Pair
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every stay of one of a pair that the other does not share from its first to its last hour."""
    for pair in case.staff.pairs:
        if not pair.is_together:
            continue
        for who, partner in ((pair.one, pair.other), (pair.other, pair.one)):
            there = {(s.post_id, s.start, s.end) for s in case.by_person.get(partner, [])}
            for stay in case.by_person.get(who, []):
                if (stay.post_id, stay.start, stay.end) not in there:
                    why = say("{who} stands without {partner}", who=who, partner=partner)
                    yield Broken("together", (who, partner), stay.post_id, stay.start, why)


TOGETHER = [Pair(one="ann", other="ben", is_together=True, why="trainee")]

SPEC = RosterRuleSpec(
    title="together",
    help="two people who belong together stand at the same post at the same time, or neither stands",
    source="definition",
    find=find,
    kept=lambda: draw_case({"ann": "AA..", "ben": "AA..", "eve": "..AA"}, pairs=TOGETHER),
    broken=lambda: draw_case({"ann": "AA..", "ben": "..AA", "eve": "AA.."}, pairs=TOGETHER),
)
