"""How likely help is there in time when the posts of an event may be busy elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.events.posts import ground_of
from geo.crowd.busy.approximation import busy_units
from geo.crowd.busy.arrival import arrival_chance, preference_by_time
from geo.crowd.event import Event
from geo.errors import SchemaError, say


@dataclass(frozen=True)
class HelpInTime:
    """
    What calls make of the posts: share of time each is busy, share of calls that wait, and the chance that help is
    there in time, of all people and by viewing area (0 to 1). `method` says whether the model is exact.
    """

    workload: tuple[float, ...]
    wait_share: float
    chance: float
    by_area: dict[str, float]
    method: str


def help_in_time(
    event: Event, spots: Sequence[tuple[float, float]], *, calls_h: float, busy_min: float, phase_id: str = "",
    within_s: float = 300.0, call_s: float = 60.0, every_m: float = 20.0,
) -> HelpInTime:  # fmt: skip
    """
    Return the chances for one unit at each spot (longitude, latitude); the nearest idle unit goes.

    Calls come where people stand, each person as likely as any other; one that finds all units busy waits. The crowd
    slows whoever walks, as in `place_posts`. Up to 12 units the hypercube model is exact, beyond it is approximated.

    Raises
    ------
    SchemaError
        If there is no spot, a rate is not above 0, or more calls come than the units can serve.
    """
    if not spots or calls_h <= 0 or busy_min <= 0:
        raise SchemaError(
            say("posts, calls an hour and minutes busy above 0"),
            say("{posts} posts, {calls:g} calls, {minutes:g} min", posts=len(spots), calls=calls_h, minutes=busy_min),
            say("give calls and time busy a call"),
        )
    ground = ground_of(event, phase_id=phase_id, within_s=max(within_s, call_s + 1), call_s=call_s, every_m=every_m)
    at = [int(np.argmin((ground.lon - lon) ** 2 + (ground.lat - lat) ** 2)) for lon, lat in spots]
    far = np.hypot(*(ground.xy[:, None, :] - ground.xy[at][None, :, :]).transpose(2, 0, 1))
    speed = ground.radius_m / (max(within_s, call_s + 1) - call_s)
    travel = call_s + far / np.maximum(speed, 1e-9)[:, None]
    orders, group = np.unique(preference_by_time(travel), axis=0, return_inverse=True)
    share = ground.people / ground.people.sum()
    calls = np.bincount(group.ravel(), weights=share, minlength=len(orders)) * calls_h / 3600
    asked = calls > 0
    busy = busy_units(calls[asked], orders[asked], served_s=1 / (60 * busy_min))
    place = np.cumsum(asked) - 1
    inside = asked[group.ravel()]
    sent = replace(busy, dispatch=busy.dispatch[place[group.ravel()[inside]]])
    chance = arrival_chance(sent, travel[inside], within_s=within_s)
    names, weight = np.array(ground.area)[inside], share[inside]
    by_area = {
        str(name): float(np.average(chance[names == name], weights=weight[names == name]))
        for name in dict.fromkeys(names) if weight[names == name].sum() > 0
    }  # fmt: skip
    return HelpInTime(
        workload=tuple(float(one) for one in busy.workload), wait_share=float(busy.wait_share),
        chance=float(np.average(chance, weights=weight)), by_area=by_area, method=busy.method,
    )  # fmt: skip
