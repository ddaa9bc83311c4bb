"""What the fields of an event plan are called, and how a finding is said."""

from __future__ import annotations

from data.language import translate_say
from geo.crowd.event.checks import Finding


def t(text: str) -> str:
    """Mark a text for the translators."""
    return text


LISTS = {
    "areas": t("Viewing areas"),
    "exits": t("Exits"),
    "entrances": t("Entrances"),
    "routes": t("Routes"),
    "places": t("Places"),
    "barriers": t("Barriers"),
    "hazards": t("Dangers"),
    "phases": t("Phases"),
    "teams": t("Teams"),
    "front": t("Front"),
}
FIELDS = {
    "area_id": t("Viewing area"),
    "exit_id": t("Code"),
    "entrance_id": t("Code"),
    "route_id": t("Code"),
    "place_id": t("Code"),
    "barrier_id": t("Code"),
    "hazard_id": t("Code"),
    "name": t("What it is called"),
    "kind": t("Sort of thing"),
    "usable_m2": t("Usable ground"),
    "seats": t("Seats"),
    "physical_factor": t("State of the ground (P)"),
    "safety_factor": t("Safety management (S)"),
    "chainage_m": t("Distance along the front"),
    "area_ids": t("Viewing areas"),
    "lanes": t("Lanes"),
    "check": t("Check"),
    "per_lane_min": t("Through one lane"),
    "clear_width_m": t("Clear width"),
    "leads_to": t("Leads to"),
    "tread_m": t("Tread"),
    "rise_m": t("Rise"),
    "is_emergency_only": t("For emergencies only"),
    "from_id": t("From"),
    "to_id": t("To"),
    "length_m": t("Length"),
    "is_one_way": t("One way"),
    "slope": t("Slope"),
    "capacity": t("Room for"),
    "height_m": t("Height"),
    "note": t("Note"),
    "speed_low_m_s": t("Slowest"),
    "speed_m_s": t("Most likely speed"),
    "speed_high_m_s": t("Fastest"),
    "closed_after_low_s": t("Closed afterwards, at least"),
    "closed_after_high_s": t("Closed afterwards, at most"),
    "margin_s": t("Margin"),
    "source": t("Source"),
    "starts_at": t("From"),
    "ends_at": t("To"),
    "people": t("People"),
    "role": t("Role at the post"),
    "team": t("This team alone"),
    "is_round_the_clock": t("Day and night"),
}
BY_TABLE = t("by the table of fixed posts")
"""What a duty post without a role of its own is staffed by."""
ACTS = {
    "warn": t("Warn everybody"),
    "one_way_on": t("One-way on"),
    "clear": t("Clear"),
    "closed": t("Closed"),
    "front": t("It comes by"),
    "open": t("Open again"),
    "release": t("Release people"),
    "one_way_off": t("One-way off"),
}
"""What the schedule of a passing says is done."""
CHOICES = (
    t("standing"), t("seated"), t("exhibition"), t("door"), t("opening"), t("stair"), t("level"), t("ramp"), t("none"),
    t("ticket"), t("search_no_bags"), t("search_mixed"), t("search_bags"), t("wand"), t("junction"), t("muster_point"),
    t("shelter"), t("parking"), t("station"), t("open_ground"), t("first_aid"), t("command_post"), t("duty_post"),
    t("toilet"),
    t("water_point"), t("other"), t("build_up"), t("arrival"), t("waiting"), t("peak"), t("after"), t("close"),
    t("tide"), t("parade"), t("race"), t("working_group"), t("volunteers"), t("grid_team"), t("police"), t("medical"),
    t("areas"), t("barriers"), t("hazards"), t("outside"),
)  # fmt: skip
"""Values of the plan that a page and a map show as words."""


def finding_text(one: Finding, language: str) -> str:
    """Say one finding in the reader's language."""
    return translate_say(one.text, language)
