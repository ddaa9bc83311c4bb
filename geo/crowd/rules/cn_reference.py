"""The Chinese reference standard for the safety of large events, as copies in circulation give it."""

from __future__ import annotations

from collections.abc import Mapping

from geo.crowd.rules._arithmetic import on_ground, on_seats
from geo.crowd.rules._spec import AreaFacts, Bound, Parameter, RuleSpec

COPY = "《大型活动现场安全参考标准（试行）》附件三, a copy in circulation, issuer not shown"


def holding(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """2 m² a person where there are no fixed seats, 0.5 m² at exhibitions, 80 % of fixed seats."""
    if facts.kind == "seated":
        clause = "参考标准附件三: with fixed seats at most 80 % of them"
        return on_seats(facts, share=values["seat_share"], clause=clause)
    if facts.kind == "exhibition":
        clause = "参考标准附件三: exhibitions at least 0.5 m² a person, net of structures"
        return on_ground(facts, space_m2=values["exhibition_space_m2"], clause=clause)
    clause = "参考标准附件三: without fixed seats at least 2 m² a person, net of structures"
    return on_ground(facts, space_m2=values["space_m2"], clause=clause)


SPEC = RuleSpec(
    title="Reference standard for large events (China)",
    version="trial, 附件三",
    help="2 m² a person on open ground, 0.5 m² at exhibitions, 80 % of fixed seats. Says nothing about flows.",
    source=COPY,
    parameters=(
        Parameter(name="space_m2", value=2.0, unit="m²/person", low=0.5, high=10, source=COPY,
                  evidence="secondary source"),
        Parameter(name="exhibition_space_m2", value=0.5, unit="m²/person", low=0.5, high=10, source=COPY,
                  evidence="secondary source"),
        Parameter(name="seat_share", value=0.8, unit="share", low=0.1, high=1, source=COPY,
                  evidence="secondary source"),
    ),
    rules={"holding": holding},
)  # fmt: skip
