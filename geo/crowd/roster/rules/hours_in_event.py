"""Nobody works more hours in the whole event than they may."""

from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Person
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give everyone whose hours at posts, over the whole roster, are over the limit."""
    horizon = case.demand.horizon
    for who, stays in case.by_person.items():
        hours = horizon.hours(sum(stay.end - stay.start for stay in stays))
        limit = case.staff.by_id[who].event_limit_h(case.limits)
        if hours > limit + 1e-9:
            why = say("{who}: {hours:g} h in the event, {limit:g} h allowed", who=who, hours=hours, limit=limit)
            yield Broken("hours_in_event", (who,), "", stays[0].start, why)


BEN = Person(person_id="ben", role="guard", hours_in_event=4)

SPEC = RosterRuleSpec(
    title="hours in the event",
    help="nobody works more hours in the whole event than they may",
    source="setting roster_hours_in_event",
    find=find,
    kept=lambda: draw_case({"ben": "AA..AA"}, people=[BEN]),
    broken=lambda: draw_case({"ben": "AA.AAA"}, people=[BEN]),
)
