"""Patrol fixes: workers walking between the houses and roads of their grid, police driving along the roads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground
from data.demo.contents.handling import to_utc

UNITS = 2000
ON_SHIFT = 0.86
MEAN_ROUND_S = 8800
WALK_M_S, DRIVE_M_S = 1.15, 5.5
MAX_STEPS = 4000


@dataclass(frozen=True)
class Net:
    """Where one can go: nodes in metres, and the neighbours of each (-1 = none)."""

    x_m: np.ndarray
    y_m: np.ndarray
    neighbours: np.ndarray


@dataclass(frozen=True)
class Patrol:
    """The units with their homes (metres), their reach, and the nets for feet and wheels."""

    ground: Ground
    units: pd.DataFrame
    foot: Net
    wheel: Net
    seed: int


def build_patrol(ground: Ground, buildings: pd.DataFrame, people: pd.DataFrame, *, seed: int, scale: float) -> Patrol:
    """Choose the patrol units (every full-time worker, all police, then micro-grid heads up to 2,000 at scale 1)."""
    rng = stream(seed, "units")
    roles = people["role"]
    walkers, police = people[roles == "full_time"], people[roles == "police"]
    heads = people[roles == "micro_grid_head"]
    more = max(0, round(UNITS * scale) - len(walkers) - len(police))
    heads = heads.iloc[np.sort(rng.choice(len(heads), min(more, len(heads)), replace=False))]
    units = pd.concat([walkers, police, heads]).iloc[: max(2, round(UNITS * scale))]
    units = units[["person_id", "role", "area_id"]].sort_values("person_id").reset_index(drop=True)
    foot, wheel = _nets(ground, buildings)
    for level in ("grid_id", "village_id", "area_id"):
        at = ground.micro.drop_duplicates(level).set_index(level)["footprint_id"]
        known = units["area_id"].isin(at.index)
        units.loc[known, "footprint_id"] = units.loc[known, "area_id"].map(at)
    spot = ground.footprints.set_index("footprint_id").loc[units["footprint_id"]]
    units["x_m"], units["y_m"] = spot["x_m"].to_numpy(), spot["y_m"].to_numpy()
    sizes = ground.footprints["area_m2"].mean() * len(ground.footprints) / max(1, ground.micro["grid_id"].nunique())
    wide = {"full_time": 0.6, "micro_grid_head": 0.35, "police": 2.2}
    units["reach_m"] = units["role"].map(wide) * np.sqrt(sizes)
    return Patrol(ground, units, foot, wheel, seed)


def _nets(ground: Ground, buildings: pd.DataFrame) -> tuple[Net, Net]:
    """Road pieces joined at their ends; for walkers also houses joined to their neighbours, hamlets by footpaths."""
    streets = ground.streets
    ends = np.round(streets[["x_0", "y_0", "x_1", "y_1"]].to_numpy()).astype(np.int64).reshape(-1, 2)
    keys, at = np.unique((ends[:, 0] << 32) + ends[:, 1], return_inverse=True)
    nodes = np.column_stack([keys >> 32, keys & 0xFFFFFFFF]).astype(float)
    pairs = at.reshape(-1, 2)
    wheel, wheel_tree = _net(nodes, pairs, most=6), cKDTree(nodes)
    x, y = ground.plane.to_metres(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
    every = np.vstack([nodes, np.column_stack([x, y])])
    _, near = cKDTree(every).query(every[len(nodes) :], k=4)
    own = np.repeat(np.arange(len(nodes), len(every)), 3)
    hamlet = np.unique(buildings["micro"].to_numpy(), return_index=True)[1] + len(nodes)
    _, beside = cKDTree(every[hamlet]).query(every[hamlet], k=min(4, len(hamlet)))
    paths = np.column_stack([np.repeat(hamlet, beside.shape[1] - 1), hamlet[beside[:, 1:]].ravel()])
    _, road = wheel_tree.query(every[hamlet])
    links = np.vstack([pairs, paths, np.column_stack([hamlet, road]), np.column_stack([own, near[:, 1:].ravel()])])
    return _net(every, links, most=12), wheel


def _net(nodes: np.ndarray, pairs: np.ndarray, *, most: int) -> Net:
    keys = np.unique(np.r_[pairs[:, 0] * len(nodes) + pairs[:, 1], pairs[:, 1] * len(nodes) + pairs[:, 0]])
    both = np.column_stack(np.divmod(keys, len(nodes)))
    both = both[both[:, 0] != both[:, 1]]
    rank = np.arange(len(both)) - np.searchsorted(both[:, 0], both[:, 0], side="left")
    kept = both[rank < most]
    neighbours = np.full((len(nodes), most), -1, dtype=np.int64)
    neighbours[kept[:, 0], rank[rank < most]] = kept[:, 1]
    return Net(nodes[:, 0], nodes[:, 1], neighbours)


def build_fixes(patrol: Patrol, *, day: date, time_zone: object) -> pd.DataFrame:
    """
    Build one day's fixes: each unit on shift makes a round of about two and a half hours, a fix every 30 to 60 s.

    One fix in a hundred is of low accuracy (50 to 200 m), one in two thousand jumps by kilometres.
    """
    rng = stream(patrol.seed, "fixes", day)
    share = ON_SHIFT if day.weekday() < 5 else ON_SHIFT * 0.8
    units = patrol.units[rng.random(len(patrol.units)) < share].reset_index(drop=True)
    units = units if len(units) else patrol.units.iloc[:1].reset_index(drop=True)
    drives = (units["role"] == "police").to_numpy()
    seconds = (rng.gamma(14, MEAN_ROUND_S / 14, len(units))).clip(1800, 18_000)
    hour = np.where(rng.random(len(units)) < 0.55, rng.normal(8.8, 0.5, len(units)), rng.normal(14.2, 0.7, len(units)))
    hour = np.where(drives & (rng.random(len(units)) < 0.5), rng.uniform(0.2, 18.5, len(units)), hour.clip(6, 18))
    start = int(pd.Timestamp(day, tz=time_zone).timestamp()) + (hour * 3600).astype(np.int64)  # type: ignore[arg-type]
    unit, at = _times(rng, seconds)
    parts = []
    for net, chosen, speed in ((patrol.foot, ~drives, WALK_M_S), (patrol.wheel, drives, DRIVE_M_S)):
        rows = np.flatnonzero(chosen)
        if len(rows):
            mine = np.isin(unit, rows)
            path = _walk(net, units.iloc[rows], seconds[rows] * speed, rng)
            parts.append(_along(path, np.searchsorted(rows, unit[mine]), at[mine], speed, unit[mine], rng))
    table = pd.concat(parts).sort_values(["unit", "at_s"], kind="stable").reset_index(drop=True)
    return _measured(patrol.ground, table, units, start, rng)


def _times(rng: np.random.Generator, seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit and seconds since its start, for every fix."""
    most = int(seconds.max() // 30) + 1
    at = np.cumsum(rng.integers(30, 61, (len(seconds), most)), axis=1)
    kept = at <= seconds[:, None]
    kept[:, :2] = True
    unit, turn = np.nonzero(kept)
    return unit, at[unit, turn]


def _walk(
    net: Net, units: pd.DataFrame, length_m: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walk at random without turning back, homeward when too far out: x, y and distance gone, one row a unit."""
    home = units[["x_m", "y_m"]].to_numpy()
    reach = units["reach_m"].to_numpy()
    _, here = cKDTree(np.column_stack([net.x_m, net.y_m])).query(home)
    before, gone = np.full(len(here), -1), np.zeros(len(here))
    steps, distances = [here], [gone]
    walking = np.arange(len(here))
    while len(walking) and len(steps) < MAX_STEPS:
        now = here[walking]
        options = net.neighbours[now]
        away = np.hypot(net.x_m[options] - home[walking, :1], net.y_m[options] - home[walking, 1:])
        score = rng.random(options.shape) + (away > reach[walking, None]) * (2 + away / 1e4)
        score += (options == before[walking, None]) * 1.5 + (options < 0) * 1e9
        score -= 0.3 * (np.hypot(net.x_m[options].T - net.x_m[now], net.y_m[options].T - net.y_m[now]).T > 60)
        pick = options[np.arange(len(now)), score.argmin(axis=1)]
        pick = np.where(pick < 0, now, pick)
        before, here, gone = before.copy(), here.copy(), gone.copy()
        before[walking], here[walking] = now, pick
        gone[walking] += np.maximum(np.hypot(net.x_m[pick] - net.x_m[now], net.y_m[pick] - net.y_m[now]), 4.0)
        steps.append(here)
        distances.append(gone)
        walking = walking[gone[walking] < length_m[walking]]
    nodes = np.stack(steps, 1)
    return net.x_m[nodes], net.y_m[nodes], np.stack(distances, 1)


def _along(
    path: tuple[np.ndarray, np.ndarray, np.ndarray], row: np.ndarray, at_s: np.ndarray, speed: float, unit: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Where each unit is at each time, with pauses: speed varies from standing to brisk."""
    xs, ys, gone = path
    pace = speed * rng.uniform(0.0, 2.0, len(at_s)) * (rng.random(len(at_s)) > 0.18)
    first = np.r_[True, row[1:] != row[:-1]]
    gap = np.where(first, 0, np.diff(at_s, prepend=0))
    moved = np.cumsum(pace * gap)
    moved -= moved[first][np.cumsum(first) - 1]
    span = gone.max() + 1.0
    flat = (gone + np.arange(len(gone))[:, None] * span).ravel()
    target = np.minimum(moved, gone[row, -1]) + row * span
    return pd.DataFrame(
        {
            "unit": unit,
            "at_s": at_s,
            "x_m": np.interp(target, flat, xs.ravel()),
            "y_m": np.interp(target, flat, ys.ravel()),
            "speed_m_s": np.round(np.where(first, 0, pace), 2),
        }
    )


def _measured(
    ground: Ground, table: pd.DataFrame, units: pd.DataFrame, start: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Add what receivers add: metres of noise, some poor fixes, a few wild ones."""
    count = len(table)
    accuracy = rng.lognormal(np.log(6), 0.4, count)
    poor, wild = rng.random(count) < 0.01, rng.random(count) < 0.0005
    accuracy = np.where(poor, rng.uniform(50, 200, count), accuracy)
    noise = rng.normal(0, 0.5, (2, count)) * accuracy + wild * rng.choice([-1, 1], (2, count)) * rng.uniform(
        1500, 6000, count
    )
    lon, lat = ground.plane.to_degrees(table["x_m"].to_numpy() + noise[0], table["y_m"].to_numpy() + noise[1])
    at = start[table["unit"]] + table["at_s"].to_numpy()
    who = units["person_id"].to_numpy()[table["unit"]]
    return pd.DataFrame(
        {
            "fix_id": [f"{one}-{second}" for one, second in zip(who, at.tolist(), strict=True)],
            "unit_id": who,
            "at": to_utc(at),
            "lon": lon,
            "lat": lat,
            "accuracy_m": np.round(accuracy, 1),
            "speed_m_s": table["speed_m_s"],
        }
    )
