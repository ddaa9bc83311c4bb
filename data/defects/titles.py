"""What people call each kind of defect, and the sign that stands for it on a map."""

from __future__ import annotations

from geo.errors import Say, say

TITLES: dict[str, Say] = {
    "missing_id": say("Row without an id"),
    "duplicate_id": say("One id used twice"),
    "invalid": say("Border that crosses itself"),
    "overlap": say("Areas that overlap"),
    "gap": say("Gap between areas"),
    "parent_not_tiled": say("Ground of the area above left bare"),
    "two_parents": say("Under two areas above"),
    "outside_parent": say("Outside the area above"),
    "out_of_band": say("Households out of band"),
    "bad_code": say("Code that breaks the scheme"),
    "sliver": say("Sliver"),
}
MARKS = {
    "missing_id": "?",
    "duplicate_id": "=",
    "invalid": "x",
    "overlap": "2",
    "gap": "0",
    "parent_not_tiled": "0",
    "two_parents": "Y",
    "outside_parent": "!",
    "out_of_band": "#",
    "bad_code": "#",
    "sliver": "|",
}
"""Kind -> the sign its mark carries: a kind is told by sign and word, not by colour alone."""
