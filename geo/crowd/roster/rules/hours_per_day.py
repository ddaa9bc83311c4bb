"""Nobody works more hours on one calendar day than they may."""

from collections import Counter
from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Person
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every day on which a person's hours at posts are over the limit; a stay over midnight counts in two days."""
    horizon = case.demand.horizon
    for who, stays in case.by_person.items():
        slots = [t for stay in stays for t in range(stay.start, stay.end)]
        limit = case.staff.by_id[who].day_limit_h(case.limits)
        for day, count in sorted(Counter(map(horizon.day, slots)).items()):
            if horizon.hours(count) > limit + 1e-9:
                first = min(t for t in slots if horizon.day(t) == day)
                why = say("{who}: {hours:g} h on one day, {limit:g} h allowed", who=who, hours=horizon.hours(count),
                          limit=limit)  # fmt: skip
                yield Broken("hours_per_day", (who,), "", first, why)


DAY = "." * 20
BEN = Person(person_id="ben", role="guard", hours_per_day=4)

SPEC = RosterRuleSpec(
    title="hours a day",
    help="nobody works more hours on one calendar day than they may",
    source="setting roster_hours_per_day",
    find=find,
    kept=lambda: draw_case({"ben": DAY + "AAAABBBB"}, people=[BEN]),
    broken=lambda: draw_case({"ben": DAY[1:] + "AAAAABBB"}, people=[BEN]),
)
