"""What the fields of an event plan are called: the words of the form, and of every message about a field."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from geo.errors import Say, say

FIELDS: dict[str, Say] = {
    "area_id": say("Viewing area"),
    "exit_id": say("Code"),
    "entrance_id": say("Code"),
    "route_id": say("Code"),
    "place_id": say("Code"),
    "barrier_id": say("Code"),
    "hazard_id": say("Code"),
    "phase_id": say("Phase"),
    "team_id": say("Team"),
    "passage_id": say("Passage"),
    "name": say("What it is called"),
    "kind": say("Sort of thing"),
    "usable_m2": say("Usable ground"),
    "seats": say("Seats"),
    "physical_factor": say("State of the ground (P)"),
    "safety_factor": say("Safety management (S)"),
    "chainage_m": say("Distance along the front"),
    "area_ids": say("Viewing areas"),
    "lanes": say("Lanes"),
    "check": say("Check"),
    "per_lane_min": say("Through one lane"),
    "clear_width_m": say("Clear width"),
    "leads_to": say("Leads to"),
    "tread_m": say("Tread"),
    "rise_m": say("Rise"),
    "is_emergency_only": say("For emergencies only"),
    "from_id": say("From"),
    "to_id": say("To"),
    "length_m": say("Length"),
    "is_one_way": say("One way"),
    "slope": say("Slope"),
    "capacity": say("Room for"),
    "height_m": say("Height"),
    "note": say("Note"),
    "speed_low_m_s": say("Slowest"),
    "speed_m_s": say("Most likely speed"),
    "speed_high_m_s": say("Fastest"),
    "closed_after_low_s": say("Closed afterwards, at least"),
    "closed_after_high_s": say("Closed afterwards, at most"),
    "margin_s": say("Margin"),
    "source": say("Source"),
    "starts_at": say("From"),
    "ends_at": say("To"),
    "people": say("People"),
    "role": say("Role at the post"),
    "team": say("This team alone"),
    "is_round_the_clock": say("Day and night"),
}
OBVIOUS = ("seats", "people", "lanes")
"""Units that the word of the field says already."""


def field_words(kind: type[Any], name: str) -> Say:
    """
    Return what a field is called, with its unit.

    Examples
    --------
    >>> from geo.crowd.event.ground import Entrance, Exit
    >>> str(field_words(Exit, "clear_width_m")), str(field_words(Entrance, "lanes"))
    ('Clear width (m)', 'Lanes')
    """
    units = {one.name: one.metadata.get("unit", "") for one in fields(kind)}
    label, unit = FIELDS.get(name, say(name)), units.get(name, "")
    return say("{label} ({unit})", label=label, unit=say(unit)) if unit and unit not in OBVIOUS else label
