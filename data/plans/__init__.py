"""Plans of boundaries in the store: drawn, saved, handed in, approved, put in force, taken back."""

from data.plans.acting import act_on_plan, branch_plan, make_plan, save_plan, see_plan, submit_plan
from data.plans.draft import Draft, ZoneText
from data.plans.gate import GateReport, check_draft
from data.plans.ground import Ground, draft_of_today, ground_for
from data.plans.records import (
    PlanEvent,
    PlanRecord,
    PlanVersion,
    list_plans,
    plan_events,
    plan_versions,
    read_draft,
    read_plan,
)

__all__ = [
    "Draft",
    "GateReport",
    "Ground",
    "PlanEvent",
    "PlanRecord",
    "PlanVersion",
    "ZoneText",
    "act_on_plan",
    "branch_plan",
    "check_draft",
    "draft_of_today",
    "ground_for",
    "list_plans",
    "make_plan",
    "plan_events",
    "plan_versions",
    "read_draft",
    "read_plan",
    "save_plan",
    "see_plan",
    "submit_plan",
]
