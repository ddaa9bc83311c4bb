"""Between two duties lies the rest; a duty ends within its longest time."""

from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Limits
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every duty that lasts longer, first to last minute, than a duty may; too short a rest joins two to one."""
    horizon = case.demand.horizon
    longest = horizon.most_slots(case.limits.longest_duty_h)
    for who, stays in case.by_person.items():
        for duty in case.duties(stays):
            length = max(stay.end for stay in duty) - duty[0].start
            if length > longest:
                why = say("{who}: {hours:g} h without {rest:g} h of rest", who=who, hours=horizon.hours(length),
                          rest=case.limits.rest_h)  # fmt: skip
                yield Broken("rest", (who,), duty[-1].post_id, duty[0].start, why)


FIVE = Limits(rest_h=3, longest_duty_h=5, posts_per_duty=9, shortest_shift_h=1, longest_shift_h=5)

SPEC = RosterRuleSpec(
    title="rest between duties",
    help="duties last no longer than they may, and the rest lies between two of them",
    source="setting roster_rest_h, roster_longest_duty_h",
    find=find,
    kept=lambda: draw_case({"ann": "AA.BB...AAAAA"}, limits=FIVE),
    broken=lambda: draw_case({"ann": "AA.BB..AAAAA."}, limits=FIVE),
)
