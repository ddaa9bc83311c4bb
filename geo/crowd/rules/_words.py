"""What the parameters of the rule sets are called."""

from __future__ import annotations

from geo.errors import Say, say

PARAMETERS: dict[str, Say] = {
    "lane_none": say("Through one lane without a check"),
    "lane_ticket": say("Through one lane with tickets"),
    "lane_search_no_bags": say("Through one lane, searched, no bags"),
    "lane_search_mixed": say("Through one lane, searched, some bags"),
    "lane_search_bags": say("Through one lane, searched, bags"),
    "lane_wand": say("Through one lane with a wand"),
    "lane_cap": say("Through one lane, at most"),
    "entry_minutes": say("Time for entry"),
    "space_m2": say("Space of one person"),
    "exhibition_space_m2": say("Space of one person at an exhibition"),
    "seat_share": say("Share of the seats that may be sold"),
    "density_per_10_m2": say("People standing on 10 m²"),
    "flow_level": say("Flow on level ground"),
    "flow_stepped": say("Flow on steps"),
    "flow_alcohol_level": say("Flow on level ground, alcohol"),
    "flow_alcohol_stepped": say("Flow on steps, alcohol"),
    "flow_standing": say("Flow from standing areas"),
    "flow_seated": say("Flow from seated areas"),
    "exits_discounted": say("Widest exits left out"),
    "least_exit_m": say("Narrowest exit that counts"),
    "exit_minutes": say("Time to leave"),
    "emergency_minutes_high_risk": say("Time to leave in an emergency, high risk"),
    "emergency_minutes_medium_risk": say("Time to leave in an emergency, medium risk"),
    "emergency_minutes_low_risk": say("Time to leave in an emergency, low risk"),
    "minutes_high_risk": say("Time to leave, high risk"),
    "minutes_medium_risk": say("Time to leave, medium risk"),
    "minutes_low_risk": say("Time to leave, low risk"),
    "open_hours": say("Opening hours of the day"),
    "stay_hours": say("Hours a visitor stays"),
    "level_mm": say("Width for one person on level ground"),
    "stair_mm": say("Width for one person on stairs"),
    "left_share": say("Share of the exits that must be left"),
}


def parameter_words(name: str) -> Say:
    """
    Return what a parameter is called; its name where it has no words.

    Examples
    --------
    >>> str(parameter_words("space_m2"))
    'Space of one person'
    """
    return PARAMETERS.get(name, say(name))
