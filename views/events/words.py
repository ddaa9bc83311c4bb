"""What the lists and values of an event plan are called."""

from __future__ import annotations

from geo.crowd.roster.people import Person
from views.scene import Scene


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


def named_person(scene: Scene, person: Person) -> str:
    """Return the id of a person, with the name for whoever may see it."""
    shown = person.name if scene.desk.sees_personal else ""
    return f"{person.person_id} · {shown}" if shown else person.person_id
