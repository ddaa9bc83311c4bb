"""The density of an event's areas and ways as a map plays it, minute by minute."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from geo.crowd.egress.levels import QUEUE_M2, WALKWAY_M2


def density_frames(report: dict[str, Any]) -> dict[str, Any] | None:
    """
    Return the frames of the report of `wangge egress`, one a minute; None where there are none.

    `standing` holds the areas by Fruin's levels of a queue, `walking` routes and junctions by those of a walkway:
    `ids`, and for each minute `levels` (a letter an id) and `per_m2`; `most` is the densest of levels A to E. `inside`
    is how many people are still in the areas. `seal` changes with anything in it.

    Examples
    --------
    An area of 1,000 m² at 2 people/m², then empty:

    >>> none = {"ids": [], "levels": ["", ""], "per_m2": [[], []], "minutes": [0.0, 1.0]}
    >>> dense = none | {"ids": ["A"], "levels": ["D", "A"], "per_m2": [[2.0], [0.0]]}
    >>> areas = [{"area_id": "A", "usable_m2": 1000.0}]
    >>> frames = density_frames({"capacity": {"areas": areas}, "egress": {"density": dense, "corridors": none}})
    >>> frames["inside"], frames["standing"]["levels"], frames["standing"]["most"][0]
    ([2000, 0], ['D', 'A'], 0.83)
    """
    standing, walking = report["egress"]["density"], report["egress"]["corridors"]
    if not standing["minutes"]:
        return None
    size = {one["area_id"]: one["usable_m2"] for one in report["capacity"]["areas"]}
    usable = [size[one] for one in standing["ids"]]
    frames = {
        "standing": _part(standing, QUEUE_M2),
        "walking": _part(walking, WALKWAY_M2),
        "inside": [round(sum(d * m2 for d, m2 in zip(row, usable, strict=True))) for row in standing["per_m2"]],
    }
    return {**frames, "seal": hashlib.blake2b(orjson.dumps(frames), digest_size=9).hexdigest()}


def _part(table: dict[str, Any], space_m2: tuple[float, ...]) -> dict[str, Any]:
    return {
        "ids": table["ids"], "levels": table["levels"],
        "per_m2": [[round(one, 2) for one in row] for row in table["per_m2"]],
        "most": [round(1 / one, 2) for one in space_m2],
    }  # fmt: skip
