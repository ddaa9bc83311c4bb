"""The safety plan of an event as a document: one neutral content, rendered as HTML or as Word."""

from data.events.safety_plan.content import safety_plan
from data.events.safety_plan.facts import PlanFacts, facts_of, facts_of_file, open_checks, open_rows
from data.events.safety_plan.saving import require_final, write_safety_plan

__all__ = [
    "PlanFacts",
    "facts_of",
    "facts_of_file",
    "open_checks",
    "open_rows",
    "require_final",
    "safety_plan",
    "write_safety_plan",
]
