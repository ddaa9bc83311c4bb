"""A post with a standing team is manned by that team, and the team stands nowhere else."""

from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.demand import Post
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Person
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every stay of somebody else at such a post, and of the team at another."""
    team_of = {post.post_id: post.standing_team for post in case.demand.posts}
    standing = {team for team in team_of.values() if team}
    for who, stays in case.by_person.items():
        own = case.staff.by_id[who].team
        for stay in stays:
            wanted = team_of.get(stay.post_id, "")
            if wanted != (own if own in standing else ""):
                why = say("{who} of team {own} at a post of {wanted}", who=who, own=own or "-", wanted=wanted or "-")
                yield Broken("standing_team", (who,), stay.post_id, stay.start, why)


ROAD = [Post(post_id="A", standing_team="motorway")]
BEN = Person(person_id="ben", role="guard", team="motorway")

SPEC = RosterRuleSpec(
    title="standing team",
    help="a post with a standing team is manned by that team, and the team stands nowhere else",
    source="the 24-hour motorway team of the tide-watching festival",
    find=find,
    kept=lambda: draw_case({"ben": "AA", "ann": "BB"}, people=[BEN], posts=ROAD),
    broken=lambda: draw_case({"ben": "BB", "ann": "AA"}, people=[BEN], posts=ROAD),
)
