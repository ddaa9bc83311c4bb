"""Households: exactly as many in each building as it says, each with an address of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground

CARE = ("独居老人", "残疾人", "低保家庭", "困境儿童", "重病家庭")
RENTED_SHARE = {"town": 0.16, "village_group": 0.05, "rental": 0.94, "dedicated": 0.6}
NEW_SHARE = {"town": 0.10, "village_group": 0.03, "rental": 0.95, "dedicated": 0.7}


def build_households(ground: Ground, buildings: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """
    Build the households of every building: flats by stairwell, floor and door, houses by their number alone.

    Residents are 1 to 7 (about 2.6 on average, fewer in rented flats); in rental areas nearly all are new residents.
    """
    rng = stream(seed, "households")
    row = np.repeat(np.arange(len(buildings)), buildings["households"])
    at = np.arange(len(row)) - np.repeat(
        np.cumsum(buildings["households"]) - buildings["households"], buildings["households"]
    )
    micro = ground.micro.iloc[buildings["micro"].to_numpy()[row]]
    kind = micro["area_class"].to_numpy()
    rented = rng.random(len(row)) < np.array([RENTED_SHARE.get(k, 0.1) for k in kind])
    new = np.where(rented, rng.random(len(row)) < 0.93, False) & (
        rng.random(len(row)) < np.array([min(1, NEW_SHARE.get(k, 0.1) / RENTED_SHARE.get(k, 0.1)) for k in kind])
    )
    care = np.where(~new & (rng.random(len(row)) < 0.045), rng.choice(CARE, len(row)), "")
    residents = np.clip(1 + rng.poisson(np.where(kind == "rental", 1.1, 1.65)), 1, 7)
    return pd.DataFrame(
        {
            "household_id": [f"H{i + 1:07d}" for i in range(len(row))],
            "building_id": buildings["building_id"].to_numpy()[row],
            "address": _doors(buildings, row, at.to_numpy()),
            "stated_area_id": micro["area_id"].to_numpy(),
            "residents": residents,
            "is_rental": rented,
            "is_new_resident": new,
            "care": care,
            "area_id": micro["area_id"].to_numpy(),
            "reason": "address",
        }
    )


def _doors(buildings: pd.DataFrame, row: np.ndarray, at: np.ndarray) -> list[str]:
    """A house of one household keeps its own address; others add 单元 (unless the building is one) and 室."""
    address = buildings["address"].to_numpy()[row]
    held = buildings["households"].to_numpy()[row]
    floors = np.maximum(buildings["floors"].to_numpy()[row], 1)
    flats = (buildings["kind"] == "apartments").to_numpy()[row]
    stairwell = (buildings["reason"] == "address").to_numpy()[row]
    several = flats & ~stairwell
    doors = np.where(flats, 2, -(-held // floors))
    per_stair = floors * doors
    unit = np.where(several, at // per_stair + 1, 0)
    inside = np.where(several, at % per_stair, at)
    room = (inside // doors + 1) * 100 + inside % doors + 1
    return [
        base if count == 1 and not stair and not flat else f"{base}{f'{u}单元' if u else ''}{number}室"
        for base, count, stair, flat, u, number in zip(address, held, stairwell, flats, unit, room, strict=True)
    ]
