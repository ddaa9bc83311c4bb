"""Counts of the last days: crowds at the viewing points, vehicles at checkpoints, telecom heat of villages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground

COUNT_DAYS = 7
TRAFFIC = np.array([3, 2, 2, 2, 3, 8, 20, 45, 50, 38, 34, 33, 30, 32, 34, 36, 44, 52, 40, 28, 20, 14, 9, 5]) / 52
AT_HOME = (
    np.array([99, 100, 100, 100, 99, 96, 90, 78, 68, 65, 64, 66, 70, 67, 64, 64, 68, 76, 84, 89, 93, 96, 98, 99]) / 100
)
CROWD = np.array([2, 1, 1, 1, 1, 1, 2, 5, 15, 40, 75, 100, 100, 80, 45, 20, 12, 10, 9, 8, 6, 5, 3, 2]) / 100


def build_counts(
    ground: Ground, places: pd.DataFrame, households: pd.DataFrame, *, seed: int, until: pd.Timestamp
) -> pd.DataFrame:
    """
    Build hourly counts of the seven days before `until` (local midnight, aware).

    Viewing points fill up before the bore comes in near noon and at weekends four times as much; traffic has two
    peaks; telecom heat is the people in a village, fewer on working days at noon.
    """
    hours = pd.date_range(until - pd.Timedelta(days=COUNT_DAYS), until, freq="h", inclusive="left")
    rng = stream(seed, "counts", until.date())
    weekend = (hours.day_of_week >= 5).astype(float)
    clock = hours.hour.to_numpy()
    view = places[places["kind"] == "viewing_point"]
    gate = places[(places["kind"] == "checkpoint") & places["level"].isin(["county", "town"])]
    villages = ground.level("village")
    micro_village = ground.micro.set_index("area_id")["village_id"]
    people = households.groupby(households["stated_area_id"].map(micro_village))["residents"].sum()
    living = people.reindex(villages["area_id"]).fillna(0).to_numpy()
    crowd = view["capacity"].astype(float).to_numpy()[:, None] * (CROWD[clock] * (0.12 + 0.36 * weekend))
    traffic = np.where(gate["level"] == "county", 1500.0, 600.0)[:, None] * TRAFFIC[clock] * (1 - 0.15 * weekend)
    heat = living[:, None] * (AT_HOME[clock] + (1 - AT_HOME[clock]) * 0.6 * weekend)
    parts = [
        _long("crowd", "people", crowd, hours, rng, view),
        _long("traffic", "vehicles", traffic, hours, rng, gate),
        _long("telecom", "people", heat, hours, rng, villages),
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[["count_id", "kind", "at", "value", "unit", "stated_area_id", "lon", "lat"]]


def _long(
    kind: str, unit: str, expected: np.ndarray, hours: pd.DatetimeIndex, rng: np.random.Generator, where: pd.DataFrame
) -> pd.DataFrame:
    spots, times = expected.shape
    key = where["place_id" if "place_id" in where else "area_id"].to_numpy()
    at = hours.tz_convert("UTC").as_unit("us")
    stamp = hours.strftime("%Y%m%d%H").to_numpy()
    blank = np.full(spots, np.nan)
    lon, lat = (where[c].to_numpy() if kind != "telecom" else blank for c in ("lon", "lat"))
    stated = key if kind == "telecom" else np.full(spots, "", dtype=object)
    return pd.DataFrame(
        {
            "count_id": [f"{kind}-{k}-{s}" for k in key for s in stamp],
            "kind": kind,
            "at": np.tile(at, spots),
            "value": np.round(expected * rng.lognormal(0, 0.12, expected.shape)).ravel(),
            "unit": unit,
            "stated_area_id": np.repeat(stated, times),
            "lon": np.repeat(lon, times),
            "lat": np.repeat(lat, times),
        }
    )
