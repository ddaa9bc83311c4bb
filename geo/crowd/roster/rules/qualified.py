"""Whoever stands at a post has its role and skills, and is of a group it is taken from."""

from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Person
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import name_few, say


def find(case: Case) -> Iterator[Broken]:
    """Give every stay in a role, with a skill or for a group that is not the person's."""
    for who, stays in case.by_person.items():
        person = case.staff.by_id[who]
        for stay in stays:
            lacking = sorted(stay.skills - person.skills)
            if stay.role not in (person.role, *person.other_roles):
                lacking.append(stay.role)
            if stay.groups and person.group not in stay.groups:
                lacking.append("/".join(stay.groups))
            if lacking:
                why = say("{who} lacks {lacking}", who=who, lacking=name_few(lacking))
                yield Broken("qualified", (who,), stay.post_id, stay.start, why)


DOCTOR = frozenset({"first aid"})
BEN = Person(person_id="ben", role="guard", skills=DOCTOR)

SPEC = RosterRuleSpec(
    title="role and skill",
    help="whoever stands at a post has its role and its skills, and is of a group it is taken from",
    source="definition",
    find=find,
    kept=lambda: draw_case({"ben": "AA"}, people=[BEN], skills={"A": DOCTOR}),
    broken=lambda: draw_case({"ann": "AA"}, skills={"A": DOCTOR}),
)
