"""LB/T 034-2014, the carrying capacity of scenic areas (China)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from geo.crowd.rules._arithmetic import on_ground
from geo.crowd.rules._spec import AreaFacts, Bound, Parameter, RuleSpec

GUIDELINE = "LB/T 034-2014: C1 = Σ Xi/Yi, C2 = C1 × Int(T/t)"


def holding(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """C1: visitable ground over the basic space a visitor, which the scenic area states."""
    return on_ground(facts, space_m2=values["space_m2"], clause="LB/T 034-2014: momentary capacity C1 = Xi/Yi")


def day_factor(values: Mapping[str, float]) -> int:
    """
    Return Int(T/t): how often the ground is filled anew in the opening hours.

    Examples
    --------
    >>> day_factor({"open_hours": 10.0, "stay_hours": 3.0})
    3
    """
    return math.floor(values["open_hours"] / values["stay_hours"] + 1e-9)


SPEC = RuleSpec(
    title="Scenic areas LB/T 034-2014 (China)",
    version="2014, in force 2015-04-01",
    help="Visitable ground over a stated space a visitor; over the day as often as visits fit in the opening hours.",
    source=f"{GUIDELINE}, as mc1588.com gives it",
    parameters=(
        Parameter(name="space_m2", value=None, unit="m²/visitor", low=0.3, high=1000, evidence="secondary source",
                  source="Yi of LB/T 034-2014: stated by the scenic area, with its source"),
        Parameter(name="open_hours", value=10.0, unit="h", low=1, high=24, evidence="unchecked",
                  source="T: opening hours of the day, county choice"),
        Parameter(name="stay_hours", value=3.0, unit="h", low=0.25, high=24, evidence="unchecked",
                  source="t: mean stay of a visitor, county choice"),
    ),
    rules={"holding": holding},
    day_factor=day_factor,
)  # fmt: skip
