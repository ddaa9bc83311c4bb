"""A year replayed on a draft of a county: how long it takes, and a count by pandas beside every figure."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from bench._spec import Check, Table
from geo.planning.consequences.compared import compare_plans
from geo.planning.consequences.hands import changes_of_hands
from geo.planning.consequences.replay import Past, Travel, replay
from geo.planning.measures.comparison import match_plans

UNITS, ZONES, VISITS = 12_914, 816, 290_000
INCIDENTS = {"small": 20_000, "full": 135_000}
TRAVEL = Travel(15.0, 1.3, 15.0)


def replay_year(size: str) -> tuple[Table, list[Check], list[str], dict[str, object]]:
    """Replay incidents and visits before and after a draft that moves one unit in twenty."""
    rng = np.random.default_rng(11)
    x, y, households = rng.random(UNITS) * 40_000, rng.random(UNITS) * 30_000, rng.integers(5, 80, UNITS)
    old = np.sort(rng.integers(0, ZONES, UNITS))
    new = np.where(rng.random(UNITS) < 0.05, (old + 1) % ZONES, old)
    unit = rng.integers(-1, UNITS, INCIDENTS[size])
    near = np.maximum(unit, 0)
    past = Past(
        unit, x[near] + rng.normal(0, 80, len(unit)), y[near] + rng.normal(0, 80, len(unit)),
        np.bincount(rng.integers(0, UNITS, VISITS), minlength=UNITS), rng.random(UNITS) * 300,
    )  # fmt: skip
    started = time.perf_counter()
    found = [replay(zone, ZONES, size=households, x_m=x, y_m=y, past=past, travel=TRAVEL) for zone in (old, new)]
    match = match_plans(old, new, households)
    by_unit = np.bincount(unit[unit >= 0], minlength=UNITS)
    handed = changes_of_hands(old, new, households, incidents=by_unit, match=match)
    compared = compare_plans(old, new, households)
    seconds = time.perf_counter() - started
    wrong = _recount(found[1], new, households, past, unit)
    if int(handed["households"].sum()) != compared.moved:
        wrong.append(f"handed over {handed['households'].sum():,} households, compared {compared.moved:,}")
    is_met = seconds <= 2.0 if size == "full" else None
    check = Check("a year replayed on a draft", "2 s", f"{seconds:.2f} s", is_met)
    cells = (f"{len(unit):,}", f"{UNITS:,}", f"{ZONES:,}", f"{compared.moved:,}", f"{seconds:.2f}")
    head = ("incidents", "units", "zones", "households that change hands", "s")
    note = "work, ways, visits and patrols before and after, matched zones and what changes hands; recounted by pandas"
    return Table("A year replayed on a draft", head, [cells], note), [check], wrong, {"seconds": seconds}


def _recount(found: pd.DataFrame, zone: np.ndarray, households: np.ndarray, past: Past, unit: np.ndarray) -> list[str]:
    units = pd.DataFrame(
        {"zone": zone, "households": households, "visits": past.visits, "minutes": past.patrol_minutes}
    )
    units["visited"] = units["visits"] > 0
    told = units.groupby("zone").agg(
        households=("households", "sum"),
        visits=("visits", "sum"),
        visited=("visited", "mean"),
        minutes=("minutes", "sum"),
    )
    incidents = pd.Series(zone[unit[unit >= 0]]).value_counts()
    pairs = (
        ("households", told["households"]),
        ("visits", told["visits"]),
        ("visited_share", told["visited"]),
        ("patrol_minutes", told["minutes"]),
        ("incidents", incidents),
    )
    return [
        f"{name} differs from a count by pandas"
        for name, other in pairs
        if not np.allclose(found[name].loc[other.index].to_numpy(float), other.to_numpy(float))
    ]
