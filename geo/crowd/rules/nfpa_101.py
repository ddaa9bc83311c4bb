"""NFPA 101 Life Safety Code (United States), assembly occupancies."""

from __future__ import annotations

from collections.abc import Mapping

from geo.crowd.rules._arithmetic import on_ground, on_seats, whole
from geo.crowd.rules._spec import AreaFacts, Bound, Parameter, RuleSpec
from geo.errors import say


def holding(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """At least 0.65 m² a person; seats by their number."""
    clause = "NFPA 101 (2021): above 930 m² at least 0.65 m² a person; used for smaller ground too"
    if facts.kind == "seated":
        return on_seats(facts, share=1.0, clause="NFPA 101: fixed seats by their number")
    return on_ground(facts, space_m2=values["space_m2"], clause=clause)


def emergency(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """
    Width over the width each person needs; losing any one exit must leave half, so all count at most double the rest.
    """
    each = [x.width_m * 1000 / values["stair_mm" if x.is_stair else "level_mm"] for x in facts.exits]
    total, most = sum(each), max(each, default=0.0)
    people = min(total, (total - most) / values["left_share"])
    working = say("{all:,.0f} by width; {rest:,.0f} without the widest, ÷ {share:g}", all=total, rest=total - most,
                  share=values["left_share"])  # fmt: skip
    clause = "NFPA 101: 5 mm a person on the level, 7.6 mm on stairs; with one exit lost half must be left"
    return Bound(factor="emergency", people=whole(people), clause=clause, working=working)


SPEC = RuleSpec(
    title="NFPA 101 (United States)",
    version="2021, as cited",
    help="Assembly: 0.65 m² a person, exits by width per person, no single exit may be half of all.",
    source="nfpa.org, crowd figures of the 2021 edition; exit widths from common knowledge",
    parameters=(
        Parameter(name="space_m2", value=0.65, unit="m²/person", low=0.46, high=5, evidence="secondary source",
                  source="nfpa.org 2021: above 930 m² at least 0.65 m² a person"),
        Parameter(name="level_mm", value=5.0, unit="mm/person", low=2.5, high=15, evidence="unchecked",
                  source="NFPA 101 table 7.3.3.1"),
        Parameter(name="stair_mm", value=7.6, unit="mm/person", low=5, high=15, evidence="unchecked",
                  source="NFPA 101 table 7.3.3.1"),
        Parameter(name="left_share", value=0.5, unit="share", low=0.5, high=1, evidence="unchecked",
                  source="NFPA 101 7.3.1.1.2"),
    ),
    rules={"holding": holding, "emergency": emergency},
)  # fmt: skip
