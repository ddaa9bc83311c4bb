"""Nobody stands at a post at a time they did not offer."""

from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Person
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every stay that does not lie within one stretch of the person's time, or outside the roster's hours."""
    last = case.demand.horizon.slots
    for who, stays in case.by_person.items():
        offered = case.staff.by_id[who].available
        for stay in stays:
            inside = 0 <= stay.start < stay.end <= last
            if not inside or (offered is not None and not any(a <= stay.start and stay.end <= b for a, b in offered)):
                yield Broken("available", (who,), stay.post_id, stay.start, say("{who} is not available then", who=who))


BEN = Person(person_id="ben", role="guard", available=((0, 2), (4, 6)))

SPEC = RosterRuleSpec(
    title="available",
    help="people stand at posts at times they offered",
    source="definition",
    find=find,
    kept=lambda: draw_case({"ben": "AA..AA"}, people=[BEN]),
    broken=lambda: draw_case({"ben": "AAA..."}, people=[BEN]),
)
