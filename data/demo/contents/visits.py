"""Visits: what the workers of a grid saw at households, firms and hazards, with areas nobody visited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground
from data.demo.contents.handling import to_utc
from data.demo.contents.words import FINDINGS

VISITS_A_DAY = 800
UNVISITED_GRIDS = 0.05
UNVISITED_MICRO_GRIDS = 0.08
PURPOSES = ("household", "rental", "firm", "hazard", "route")
PURPOSE_SHARE = np.cumsum([0.46, 0.2, 0.14, 0.1, 0.1])


@dataclass(frozen=True)
class Beat:
    """What a day of visits is drawn from: buildings and firms with their grid, and how likely each is visited."""

    ground: Ground
    buildings: pd.DataFrame
    first_household: np.ndarray
    households: pd.DataFrame
    reach: dict[str, np.ndarray]
    firms: pd.DataFrame
    workers: pd.DataFrame
    seed: int
    scale: float


def build_visits(
    ground: Ground, buildings: pd.DataFrame, households: pd.DataFrame, places: pd.DataFrame, people: pd.DataFrame, *,
    seed: int, scale: float, until: pd.Timestamp, days: int, progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """
    Build the visits of the `days` days before `until` (local midnight, aware): fewer at weekends, none at night.

    A twentieth of the grids and some micro-grids are never visited. A tenth of the visits has no coordinates.
    """
    beat = _beat(ground, buildings, households, places, people, seed=seed, scale=scale)
    parts = []
    for back in range(days, 0, -1):
        parts.append(_day(beat, until.date() - timedelta(days=back), until))
        if progress:
            progress(1 - back / days)
    table = pd.concat(parts, ignore_index=True)
    for side in ("started", "ended"):
        table[f"{side}_at"] = to_utc(table.pop(f"{side}_s").to_numpy())
    return table[_COLUMNS]


_COLUMNS = [
    "visit_id", "person_id", "started_at", "ended_at", "purpose", "finding", "place_id", "household_id", "address",
    "stated_area_id", "lon", "lat",
]  # fmt: skip


def _beat(
    ground: Ground, buildings: pd.DataFrame, households: pd.DataFrame, places: pd.DataFrame, people: pd.DataFrame, *,
    seed: int, scale: float,
) -> Beat:  # fmt: skip
    rng = stream(seed, "beats")
    micro = ground.micro
    grids, grid_of = np.unique(micro["grid_id"].to_numpy(), return_inverse=True)
    eager = rng.gamma(2.0, 0.5, len(grids)) * (rng.random(len(grids)) >= UNVISITED_GRIDS)
    weight = (eager[grid_of] * (rng.random(len(micro)) >= UNVISITED_MICRO_GRIDS))[buildings["micro"]]
    lived = weight * (buildings["households"].to_numpy() > 0)
    rental = lived * np.where((micro["area_class"] == "rental").to_numpy()[buildings["micro"]], 1.0, 0.02)
    firms = places[(places["kind"] == "firm") & (places["address"] != "")].copy()
    firms["building"] = pd.Index(buildings["address"]).get_indexer(firms["address"])
    draws = {"household": lived, "rental": rental, "hazard": weight + 1e-12, "firm": weight[firms["building"]]}
    reach = {name: _cumulate(one) for name, one in draws.items()}
    workers = pd.DataFrame({"grid_id": grids})
    for role in ("full_time", "part_time"):
        first = people[people["role"] == role].drop_duplicates("area_id").set_index("area_id")["person_id"]
        workers[role] = workers["grid_id"].map(first)
    first_household = np.cumsum(buildings["households"].to_numpy()) - buildings["households"].to_numpy()
    return Beat(ground, buildings, first_household, households, reach, firms, workers.set_index("grid_id"), seed, scale)


def _cumulate(weight: np.ndarray) -> np.ndarray:
    """Cumulated chances; all alike where nothing may be chosen."""
    weight = weight if weight.sum() > 0 else np.ones(len(weight))
    return np.cumsum(weight) / weight.sum()


def _day(beat: Beat, day: date, until: pd.Timestamp) -> pd.DataFrame:
    rng = stream(beat.seed, "visits", day)
    busy = 1.12 if day.weekday() < 5 else 0.7
    count = max(2, int(rng.poisson(VISITS_A_DAY * beat.scale * busy)))
    purpose = np.array(PURPOSES, dtype=object)[np.searchsorted(PURPOSE_SHARE[:-1], rng.random(count), side="right")]
    draw = rng.random(count)
    firm = np.minimum(np.searchsorted(beat.reach["firm"], draw), len(beat.firms) - 1)
    building = np.select(
        [purpose == "firm", purpose == "rental", purpose == "household"],
        [
            beat.firms["building"].to_numpy()[firm],
            *(np.searchsorted(beat.reach[k], draw) for k in ("rental", "household")),
        ],
        default=np.searchsorted(beat.reach["hazard"], draw),
    ).clip(max=len(beat.buildings) - 1)
    table = _rows(beat, rng, purpose, building, firm)
    midnight = int(pd.Timestamp(day, tz=until.tz).timestamp())
    hour = np.where(rng.random(count) < 0.6, rng.normal(10, 1.1, count), rng.normal(15.4, 1.2, count)).clip(7.5, 20)
    table["started_s"] = midnight + (hour * 3600).astype(np.int64)
    table["ended_s"] = table["started_s"] + rng.integers(240, 2400, count)
    table = table.sort_values("started_s", kind="stable").reset_index(drop=True)
    table["visit_id"] = [f"V{day:%Y%m%d}{i + 1:04d}" for i in range(count)]
    return table


def _rows(
    beat: Beat, rng: np.random.Generator, purpose: np.ndarray, building: np.ndarray, firm: np.ndarray
) -> pd.DataFrame:
    """Who went where: the household, firm or spot, its address and point, and what was found."""
    count = len(purpose)
    at = beat.buildings.iloc[building]
    grid = beat.ground.micro["grid_id"].to_numpy()[at["micro"]]
    worker = beat.workers.loc[grid]
    held = at["households"].to_numpy()
    flat = beat.first_household[building] + (rng.random(count) * held).astype(np.int64)
    home = beat.households.iloc[flat.clip(max=len(beat.households) - 1)]
    at_home = np.isin(purpose, ["household", "rental"]) & (held > 0)
    is_firm = purpose == "firm"
    offset = rng.normal(0, 4e-5, (2, count)).clip(-8e-5, 8e-5) * (at["clear_m"].to_numpy() > 12)
    missing = rng.random(count) < 0.1
    shares = np.cumsum([share for _, share in FINDINGS])[:-1]
    finding = np.array([text for text, _ in FINDINGS], dtype=object)[
        np.searchsorted(shares, rng.random(count), side="right")
    ]
    address = np.where(at_home, home["address"], at["address"])
    return pd.DataFrame(
        {
            "person_id": np.where(rng.random(count) < 0.7, worker["full_time"], worker["part_time"]),
            "purpose": purpose,
            "finding": finding,
            "place_id": np.where(is_firm, beat.firms["place_id"].to_numpy()[firm], ""),
            "household_id": np.where(at_home, home["household_id"], ""),
            "address": np.where(purpose == "route", "", address),
            "stated_area_id": grid,
            "lon": np.where(missing, np.nan, np.round(at["lon"].to_numpy() + offset[0], 7)),
            "lat": np.where(missing, np.nan, np.round(at["lat"].to_numpy() + offset[1], 7)),
        }
    )
