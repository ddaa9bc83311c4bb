"""The hydraulic relations of the SFPE Handbook: speed by density, flow by effective width."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from geo.crowd.rules._spec import Parameter

SFPE = "SFPE Handbook, 6th ed., chapter 67, as jupedsim-network 0.5.0 gives it"


def _of_sfpe(name: str, value: float, unit: str, low: float, high: float, source: str = SFPE) -> Parameter:
    return Parameter(name=name, value=value, unit=unit, low=low, high=high, source=source, evidence="secondary source")


def _choice(name: str, value: float, unit: str, low: float, high: float, source: str) -> Parameter:
    return Parameter(name=name, value=value, unit=unit, low=low, high=high, source=source, evidence="unchecked")


EGRESS_PARAMETERS = (
    _of_sfpe("slope_m2", 0.266, "m²/person", 0.2, 0.3),
    _of_sfpe("level_m_s", 1.4, "m/s", 1.0, 1.6),
    _of_sfpe("stair_m_min", 51.8, "m/min", 40.0, 60.0, "EvacuatioNZ: k = 51.8 √(tread/rise) m/min"),
    _of_sfpe("door_flow", 1.3, "people/(m·s)", 0.8, 1.31),
    _of_sfpe("boundary_m", 0.15, "m each side", 0.0, 0.2),
    _of_sfpe("density_floor", 0.54, "people/m²", 0.3, 0.8),
    _choice("most_dense", 2.75, "people/m²", 1.9, 3.6, "jupedsim-network's default; below the jam at 1/a = 3.76"),
    _choice("creep_m_s", 0.1, "m/s", 0.01, 0.3, "design: a standing crowd loosens from the front, it never locks"),
    _choice("two_way_share", 0.84, "share", 0.5, 1.0, "Navin and Wheeler (1969), low end: few walk against the stream"),
    _choice("crowd_error", 0.1, "share", 0.0, 0.5, "design: a crowd is known to a tenth"),
    _choice("pre_movement_low_s", 30.0, "s", 0.0, 600.0, "design: quickest crowd sets off within this time"),
    _choice("pre_movement_high_s", 180.0, "s", 0.0, 1800.0, "design: slowest crowd sets off within this time"),
    _choice("walk_low_m_s", 1.0, "m/s", 0.5, 1.6, "design: an old crowd's mean free speed"),
    _choice("walk_high_m_s", 1.34, "m/s", 0.8, 1.8, "Weidmann's mean free speed"),
    _choice("exit_choice", 20.0, "Dirichlet weight", 1.0, 1000.0, "design: exits are used by their flow, give or take"),
)
"""Every number of the network model; those with a low and a high are drawn anew in each run."""
DEFAULTS: Mapping[str, float] = {one.name: float(one.value or 0.0) for one in EGRESS_PARAMETERS}


def walking_speed(
    density: NDArray[np.float64] | float, *, k_m_s: NDArray[np.float64] | float, p: Mapping[str, float] = DEFAULTS
) -> NDArray[np.float64]:
    """
    Return S = k (1 − a D) in m/s, D not below 0.54, never below a creep.

    Examples
    --------
    At 2 people/m² on the level 20 m take 30.5 s:

    >>> round(float(20 / walking_speed(2.0, k_m_s=1.4)), 1)
    30.5
    """
    dense = np.maximum(density, p["density_floor"])
    return np.maximum(k_m_s * (1 - p["slope_m2"] * dense), p["creep_m_s"])


def stair_k_m_s(tread_m: float, rise_m: float, *, p: Mapping[str, float] = DEFAULTS) -> float:
    """
    Return the speed constant of a stair, 51.8 √(tread/rise) m/min in m/s.

    Examples
    --------
    The 7/11 inch stair of the handbook's table has k = 1.08 m/s:

    >>> round(stair_k_m_s(11 * 0.0254, 7 * 0.0254), 2)
    1.08
    """
    return p["stair_m_min"] * math.sqrt(tread_m / rise_m) / 60


def most_flow(k_m_s: float, *, p: Mapping[str, float] = DEFAULTS) -> float:
    """
    Return the largest specific flow of the speed relation, k/(4a), people/(m·s).

    Examples
    --------
    >>> round(most_flow(1.4), 3), round(most_flow(stair_k_m_s(11 * 0.0254, 7 * 0.0254)), 2)
    (1.316, 1.02)
    """
    return k_m_s / (4 * p["slope_m2"])


def flow_per_s(
    kind: str, width_m: float, *, k_m_s: float | None = None, boundary_m: float | None = None,
    p: Mapping[str, float] = DEFAULTS,
) -> float:  # fmt: skip
    """
    Return people per second through a constriction: specific flow times effective width.

    A door loses a boundary layer on each side, an opening none; a stair goes by its own speed constant.

    Examples
    --------
    50 people through an opening of 0.6 m, the first at once:

    >>> round(49 / flow_per_s("opening", 0.6), 1)
    62.8
    """
    edge = p["boundary_m"] if boundary_m is None else boundary_m
    width = width_m if kind == "opening" else max(width_m - 2 * edge, 0.0)
    flow = p["door_flow"] if k_m_s is None else most_flow(k_m_s, p=p)
    return flow * width


def tail_s(people: float, flow_s: float) -> float:
    """
    Return how long a queue takes, (N − 1)/flow; infinite where nothing passes.

    Examples
    --------
    RiMEA 9, 1,000 people, four doors of 1 m, then two:

    >>> [round(tail_s(each, flow_per_s("door", 1.0)), 1) for each in (250, 500)]
    [273.6, 548.4]
    """
    if people <= 0:
        return 0.0
    return (people - 1) / flow_s if flow_s > 0 else math.inf
