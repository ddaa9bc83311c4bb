"""The checker: every hard rule over a finished roster. It shares no line with the solver."""

from __future__ import annotations

import geo.crowd.roster.rules
from geo.catalogue import discover
from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.rules._spec import RosterRuleSpec

RULES: dict[str, RosterRuleSpec] = discover(geo.crowd.roster.rules)


def check_roster(case: Case, *, only: tuple[str, ...] = ()) -> tuple[Broken, ...]:
    """
    Return every break of every hard rule (of `only` where given), rule by rule; empty for a sound roster.

    Examples
    --------
    >>> from geo.crowd.roster.drawn import draw_case
    >>> [(one.rule, one.slot) for one in check_roster(draw_case({"ann": "AAA.", "ann/2": "..BB"}))]
    [('one_place', 2)]
    """
    names = only or tuple(RULES)
    return tuple(one for name in names for one in RULES[name].find(case))


def changes_broken(case: Case, before: tuple[Broken, ...], *, only: tuple[str, ...] = ()) -> tuple[Broken, ...]:
    """Return what is broken in `case` and was not before; for one more or one other assignment."""
    known = {(one.rule, one.person_ids, one.post_id, one.slot) for one in before}
    found = check_roster(case, only=only)
    return tuple(one for one in found if (one.rule, one.person_ids, one.post_id, one.slot) not in known)
