"""Acts as a map sends them: checked before any is done, done in order, answered with all they come to."""

from __future__ import annotations

import math
from typing import Any

import orjson

from data.planning.editor.session import MOST_POINTS, EditSession
from data.planning.editor.shown import map_plan, plan_numbers
from geo.errors import FormatError, say

MOST_ACTS = 200
MOST_SEQ = 2**53


def read_acts(body: bytes) -> list[dict[str, Any]]:
    """
    Return the acts of a message, each with `seq`, `verb` and what it needs of units, zone, zones, line and cuts.

    Raises
    ------
    FormatError
        If any of it is not as a map of this service sends it: then none is done.

    Examples
    --------
    >>> read_acts(b'{"acts": [{"seq": 1, "verb": "pick", "zone": 4, "colour": "red"}]}')
    [{'seq': 1, 'verb': 'pick', 'zone': 4}]
    """
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        told = None
    acts = told.get("acts") if isinstance(told, dict) else None
    if not isinstance(acts, list) or not 0 < len(acts) <= MOST_ACTS:
        raise _refuse("acts")
    return [_read_act(one) for one in acts]


def answer_acts(session: EditSession, acts: list[dict[str, Any]]) -> dict[str, Any]:
    """Do the acts not done yet and return `plan` as the map takes it and `numbers`, both counted after the last."""
    with session.lock:
        session.take_acts(acts)
        return {"plan": map_plan(session), "numbers": plan_numbers(session)}


def _read_act(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise _refuse("act")
    act = {name: value for name, value in told.items() if name in CHECKS}
    bad = [name for name, value in act.items() if not CHECKS[name](value)]
    if bad or not {"seq", "verb"} <= set(act):
        raise _refuse(", ".join(bad) or "seq, verb")
    return act


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -1 <= value < MOST_SEQ


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 200


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) == 2
        and all(isinstance(one, int | float) and math.isfinite(one) for one in value)
    )  # fmt: skip


def _are(value: Any, test: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_POINTS and all(test(one) for one in value)


CHECKS: dict[str, Any] = {
    "seq": _is_whole,
    "verb": _is_text,
    "units": lambda value: _are(value, _is_text),
    "zone": lambda value: value is None or _is_whole(value),
    "zones": lambda value: _are(value, _is_whole),
    "line": lambda value: _are(value, _is_point),
    "cuts": lambda value: isinstance(value, bool),
}


def _refuse(what: str) -> FormatError:
    return FormatError(say("acts of the planner's tools"), say("{what}", what=what), say("reload the page"))
