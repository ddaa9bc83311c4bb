"""One duty has no more stays at posts than allowed."""

from collections.abc import Iterator

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Limits
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every duty of more stays than allowed."""
    for who, stays in case.by_person.items():
        for duty in case.duties(stays):
            if len(duty) > case.limits.posts_per_duty:
                why = say("{who}: {count} posts in one duty, {limit} allowed", who=who, count=len(duty),
                          limit=case.limits.posts_per_duty)  # fmt: skip
                yield Broken("posts_per_duty", (who,), duty[-1].post_id, duty[0].start, why)


TWO = Limits(rest_h=3, longest_duty_h=12, posts_per_duty=2, shortest_shift_h=1)

SPEC = RosterRuleSpec(
    title="posts in one duty",
    help="nobody is sent to more posts in one duty than allowed",
    source="setting roster_posts_per_duty",
    find=find,
    kept=lambda: draw_case({"ann": "AA.BB...CC"}, limits=TWO),
    broken=lambda: draw_case({"ann": "AA.BB..CC."}, limits=TWO),
)
