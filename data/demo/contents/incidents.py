"""Incidents: when (day, week, season), where (real hot spots), what, how they were reported, and their handling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.contents.categories import BY_DAY, BY_NIGHT, CATEGORIES, SOURCE_SHARE, SOURCES, WEEK
from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground
from data.demo.contents.handling import STAGES, build_incident_events, cut_at, draw_handling, to_utc
from data.demo.contents.outbreaks import outbreak_rows, plant_outbreaks

INCIDENTS_A_DAY = 370
SECONDS = 86_400
CLASS_WEIGHT = {"town": 1.3, "village_group": 0.75, "rental": 2.6, "dedicated": 2.0}
PLACE_WEIGHT = {"market": 20.0, "station": 16.0, "school": 4.0, "firm": 3.0}


@dataclass(frozen=True)
class Scene:
    """What a day of incidents is drawn from, the same for all days."""

    ground: Ground
    buildings: pd.DataFrame
    reach: np.ndarray
    first_building: np.ndarray
    building_count: np.ndarray
    handlers: pd.DataFrame
    planted: pd.DataFrame
    seed: int
    scale: float


def build_incidents(
    ground: Ground, buildings: pd.DataFrame, people: pd.DataFrame, *,
    seed: int, scale: float, until: pd.Timestamp, days: int, progress: Callable[[float], None] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """
    Build the incidents of the `days` days before `until` (local midnight, aware) and their handling history.

    Each day is drawn from a stream of its own, so a longer history repeats the shorter one row for row.
    Most hotline items have no coordinates but an address or a stated area; a few points lie outside the county;
    a few stated areas contradict their point.
    """
    scene = _scene(ground, buildings, people, seed=seed, scale=scale, until=until)
    parts = []
    for back in range(days, 0, -1):
        parts.append(_day(scene, until.date() - timedelta(days=back), until))
        if progress:
            progress(1 - back / days)
    drawn = pd.concat(parts, ignore_index=True)
    table = cut_at(drawn, until_s=int(until.timestamp()))
    events = build_incident_events(table)
    for column in ["occurred", "reported", *STAGES[1:], "due"]:
        seconds = table[f"{column}_s" if f"{column}_s" in table else f"{column}_at"].to_numpy()
        table[f"{column}_at"] = to_utc(seconds)
    return table[_COLUMNS], events


_COLUMNS = [
    "incident_id", "source", "occurred_at", "reported_at", "category", "subcategory", "title", "urgency", "address",
    "stated_area_id", "lon", "lat", "status", "accepted_at", "dispatched_at", "arrived_at", "handled_at",
    "verified_at", "closed_at", "due_at", "handler_id", "rework_count",
]  # fmt: skip


def _scene(
    ground: Ground, buildings: pd.DataFrame, people: pd.DataFrame, *, seed: int, scale: float, until: pd.Timestamp
) -> Scene:
    rng = stream(seed, "hot spots")
    micro = ground.micro
    grids, at = np.unique(micro["grid_id"].to_numpy(), return_inverse=True)
    base = (
        (micro["households"].to_numpy() + 8.0)
        * rng.lognormal(0, 0.85, len(grids))[at]
        * rng.lognormal(0, 0.7, len(micro))
    )
    base *= micro["area_class"].map(CLASS_WEIGHT).fillna(1.0).to_numpy()
    base *= micro["dedicated_kind"].map(PLACE_WEIGHT).fillna(1.0).to_numpy()
    reach = []
    for one in CATEGORIES:
        where = dict(one.where)
        weight = base * micro["area_class"].map(where).fillna(1.0) * micro["dedicated_kind"].map(where).fillna(1.0)
        reach.append(np.cumsum(weight) / weight.sum())
    counts = np.bincount(buildings["micro"], minlength=len(micro))
    handlers = pd.DataFrame({"worker": micro["grid_id"].map(_first(people, "full_time"))})
    handlers["helper"] = micro["grid_id"].map(_first(people, "part_time"))
    handlers["police"] = micro["village_id"].map(_first(people, "police"))
    planted = pd.concat([outbreak_rows(ground, one, seed=seed) for one in plant_outbreaks(ground, until=until)])
    planted["occurred_s"] = planted["occurred_at"].dt.as_unit("s").astype(np.int64)
    return Scene(ground, buildings, np.array(reach), np.cumsum(counts) - counts, counts, handlers, planted, seed, scale)


def _first(people: pd.DataFrame, role: str) -> pd.Series:
    return people[people["role"] == role].drop_duplicates("area_id").set_index("area_id")["person_id"]


def _day(scene: Scene, day: date, until: pd.Timestamp) -> pd.DataFrame:
    rng = stream(scene.seed, "incidents", day)
    midnight = int(pd.Timestamp(day, tz=until.tz).timestamp())
    table = _usual(scene, rng, day, midnight)
    extra = scene.planted[scene.planted["occurred_s"].between(midnight, midnight + SECONDS - 1)]
    table = pd.concat([table, extra[["micro", "occurred_s", "category", "subcategory"]]], ignore_index=True)
    table = table.sort_values(["occurred_s", "micro"], kind="stable").reset_index(drop=True)
    count = len(table)
    table["incident_id"] = [f"E{day:%Y%m%d}{i + 1:04d}" for i in range(count)]
    table["source"] = np.array(SOURCES, dtype=object)[np.searchsorted(np.cumsum(SOURCE_SHARE), rng.random(count))]
    delay_min = (
        table["source"].map({"patrol": 4, "resident": 18, "hotline": 35, "video": 2, "upper_level": 300}).to_numpy()
    )
    table["reported_s"] = table["occurred_s"] + (rng.lognormal(np.log(delay_min), 0.7) * 60).astype(np.int64)
    table["reported_s"] = table["reported_s"].clip(upper=int(until.timestamp()) - 1).clip(lower=table["occurred_s"])
    table["urgency"] = np.array(["critical", "urgent", "normal"])[np.searchsorted([0.01, 0.1], rng.random(count))]
    _place(scene, table, rng)
    _name_handlers(scene, table, rng)
    return pd.concat([table, draw_handling(table, rng)], axis=1)


def _usual(scene: Scene, rng: np.random.Generator, day: date, midnight: int) -> pd.DataFrame:
    """The day's ordinary incidents: weekday and season set how many, the hour's curve when, the weights where."""
    season = 1 + 0.12 * np.sin((day.timetuple().tm_yday - 105) / 365 * 2 * np.pi)
    expected = INCIDENTS_A_DAY * scene.scale * WEEK[day.weekday()] * season * rng.gamma(120, 1 / 120)
    count = max(1, int(rng.poisson(expected)))
    kind = np.searchsorted(np.cumsum([one.share for one in CATEGORIES])[:-1], rng.random(count), side="right")
    night = np.array([one.by_night for one in CATEGORIES])[kind]
    draw = rng.random(count)
    hour = np.where(night, *(np.searchsorted(np.cumsum(c) / c.sum(), draw) for c in (BY_NIGHT, BY_DAY)))
    where = rng.random(count)
    micro = np.zeros(count, dtype=np.int64)
    for one in range(len(CATEGORIES)):
        micro[kind == one] = np.searchsorted(scene.reach[one], where[kind == one])
    pick = rng.random(count)
    sub = [
        CATEGORIES[k].subcategories[int(p**1.4 * len(CATEGORIES[k].subcategories))]
        for k, p in zip(kind, pick, strict=True)
    ]
    return pd.DataFrame(
        {
            "micro": np.minimum(micro, len(scene.ground.micro) - 1),
            "occurred_s": midnight + np.minimum(hour, 23) * 3600 + rng.integers(0, 3600, count),
            "category": [CATEGORIES[k].name for k in kind],
            "subcategory": sub,
        }
    )


def _place(scene: Scene, table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Put the incidents beside buildings; take away what a hotline call does not tell; add the known faults."""
    count = len(table)
    micro = table["micro"].to_numpy()
    at = scene.first_building[micro] + (rng.random(count) * scene.building_count[micro]).astype(np.int64)
    near = scene.buildings.iloc[at]
    around = near["clear_m"].to_numpy().clip(max=30) * np.sqrt(rng.random(count)) * 0.9
    turn = rng.random(count) * 2 * np.pi
    x, y = scene.ground.plane.to_metres(near["lon"].to_numpy(), near["lat"].to_numpy())
    lon, lat = scene.ground.plane.to_degrees(x + around * np.cos(turn), y + around * np.sin(turn))
    areas = scene.ground.micro.iloc[micro]
    address = near["address"].to_numpy().astype(object)
    stated = areas["grid_id"].to_numpy().astype(object)
    source, chance = table["source"].to_numpy(), rng.random(count)
    called = (source == "hotline") & (chance < 0.78)
    vague, silent = called & (chance > 0.6), called & (chance > 0.765)
    address = np.where(called & (chance < 0.12), address + "附近", address)
    address = np.where(vague, (areas["town"] + areas["village"]).to_numpy(), address)
    address = np.where(silent | (~called & (rng.random(count) < 0.55)), "", address)
    stated = np.where(called, np.where(vague, areas["village_id"].to_numpy(), ""), stated)
    stated = np.where(silent | (~called & (source != "patrol")), "", stated)
    wrong = (stated != "") & ~called & (rng.random(count) < 0.03)
    other = scene.ground.micro["grid_id"].to_numpy()[rng.integers(0, len(scene.ground.micro), count)]
    stated = np.where(wrong, other, stated)
    outside = ~called & (rng.random(count) < 0.004)
    lon = np.where(outside, scene.ground.plane.lon_0 - 0.01 - rng.random(count) * 0.05, lon)
    stated, address = np.where(outside, "", stated), np.where(outside, "", address)
    table["lon"], table["lat"] = np.where(called, np.nan, lon), np.where(called, np.nan, lat)
    table["address"], table["stated_area_id"] = address, stated
    table["title"] = (areas["village"].to_numpy() + table["subcategory"]).to_numpy()


def _name_handlers(scene: Scene, table: pd.DataFrame, rng: np.random.Generator) -> None:
    who = scene.handlers.iloc[table["micro"].to_numpy()]
    helped = rng.random(len(table)) < 0.3
    police = (table["category"] == "治安案件").to_numpy()
    table["handler_id"] = np.where(police, who["police"], np.where(helped, who["helper"], who["worker"]))


__all__ = ["INCIDENTS_A_DAY", "build_incidents"]
