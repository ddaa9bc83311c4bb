"""At a post manned round the clock nobody stands longer than one watch."""

from collections.abc import Iterator
from itertools import pairwise

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.demand import Post
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Limits
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every stay at such a post that is longer than a watch; stays that follow at once are one."""
    horizon = case.demand.horizon
    watch = horizon.most_slots(case.limits.watch_h)
    around = {post.post_id for post in case.demand.posts if post.is_round_the_clock}
    for who, stays in case.by_person.items():
        watches = [stay for stay in stays if stay.post_id in around]
        start = watches[0].start if watches else 0
        for one, after in pairwise([*watches, None]):
            assert one is not None
            if after is not None and after.start <= one.end:
                continue
            if one.end - start > watch:
                why = say("{who}: a watch of {hours:g} h, {limit:g} h allowed", who=who,
                          hours=horizon.hours(one.end - start), limit=case.limits.watch_h)  # fmt: skip
                yield Broken("round_the_clock", (who,), one.post_id, start, why)
            start = after.start if after is not None else 0


GATE = [Post(post_id="A", is_round_the_clock=True)]
FOUR = Limits(rest_h=4, longest_duty_h=8, watch_h=4, shortest_shift_h=1)

SPEC = RosterRuleSpec(
    title="watches round the clock",
    help="at a post manned round the clock nobody stands longer than one watch",
    source="setting roster_watch_h",
    find=find,
    kept=lambda: draw_case({"ann": "AAAA....", "ben": "....AAAA"}, posts=GATE, limits=FOUR),
    broken=lambda: draw_case({"ann": "AAA|AA...", "ben": ".....AAA"}, posts=GATE, limits=FOUR),
)
