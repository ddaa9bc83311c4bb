"""Between two posts lies the time it takes to get there."""

from collections.abc import Iterator
from itertools import pairwise

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.demand import Walk
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every change of post in less time than the way takes."""
    minutes = case.demand.horizon.slot_min
    for who, stays in case.by_person.items():
        for one, other in pairwise(stays):
            gap = (other.start - one.end) * minutes
            way = case.demand.walk.minutes(one.post_id, other.post_id)
            if 0 <= gap < way:
                why = say("{who}: {gap} min for {way:.0f} min from {one} to {other}", who=who, gap=gap, way=way,
                          one=one.post_id, other=other.post_id)  # fmt: skip
                yield Broken("travel", (who,), other.post_id, other.start, why, (one.post_id,))


FAR = Walk({("A", "B"): 90.0})

SPEC = RosterRuleSpec(
    title="time to get there",
    help="between two posts lies the time it takes from one to the other",
    source="definition; the way is given, or walked at 1.2 m/s with a detour of 1.3",
    find=find,
    kept=lambda: draw_case({"ann": "AA..BB"}, walk=FAR),
    broken=lambda: draw_case({"ann": "AA.BBB"}, walk=FAR),
)
