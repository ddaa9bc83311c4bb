"""Every hour a post is short of people is named as a shortfall, no other, and nobody stands where nobody is needed."""

from collections.abc import Iterator

import numpy as np

from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.demand import NeedLine, Shortfall
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.rules._spec import RosterRuleSpec
from geo.errors import say


def find(case: Case) -> Iterator[Broken]:
    """Give every slot of a line of demand where need - people there is not what the roster says is missing."""
    slots = case.demand.horizon.slots
    wanted = case.demand.table()
    named: dict[NeedLine, np.ndarray] = {}
    for one in case.shortfalls:
        line = NeedLine(one.post_id, one.role, one.skills, one.groups)
        named.setdefault(line, np.zeros(slots, dtype=np.int64))[one.start : one.end] += one.people
    nothing = np.zeros(slots, dtype=np.int64)
    for line in sorted({*wanted, *named, *case.served}, key=lambda one: one.key):
        missing = np.maximum(wanted.get(line, nothing) - case.served.get(line, nothing), 0)
        wrong = np.flatnonzero(missing != named.get(line, nothing))
        useless = np.flatnonzero((case.served.get(line, nothing) > 0) & (wanted.get(line, nothing) == 0))
        for slot in wrong[:1].tolist():
            why = say("{post}: {missing} too few, {named} named", post=line.post_id, missing=int(missing[slot]),
                      named=int(named.get(line, nothing)[slot]))  # fmt: skip
            yield Broken("shortfalls_named", (), line.post_id, slot, why)
        for slot in useless[:1].tolist():
            why = say("{post}: people where nobody is needed", post=line.post_id)
            yield Broken("shortfalls_named", (), line.post_id, slot, why)


SHORT = [Shortfall(post_id="A", role="guard", start=1, end=2, people=1)]

SPEC = RosterRuleSpec(
    title="shortfalls named",
    help="every hour a post is short of people is named, no other, and nobody stands where nobody is needed",
    source="definition",
    find=find,
    kept=lambda: draw_case({"ann": "A.A"}, needs={"A": "111"}, shortfalls=SHORT),
    broken=lambda: draw_case({"ann": "A.A"}, needs={"A": "121"}, shortfalls=SHORT),
)
