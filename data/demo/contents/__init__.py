"""What stands, lives, works and happens in the demonstration county, from its areas and a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from data.demo.contents.buildings import BUILDINGS, HOUSEHOLDS, build_buildings
from data.demo.contents.counts import build_counts
from data.demo.contents.ground import Ground, build_ground
from data.demo.contents.households import build_households
from data.demo.contents.incidents import INCIDENTS_A_DAY, build_incidents
from data.demo.contents.outbreaks import OUTBREAKS, Outbreak, PlantedOutbreak, plant_outbreaks
from data.demo.contents.patrols import build_fixes, build_patrol
from data.demo.contents.people import build_duties, build_people
from data.demo.contents.places import build_places, build_resources
from data.demo.contents.visits import build_visits
from data.store.tables import KINDS

if TYPE_CHECKING:
    from data.demo.geometry import County

TIME_ZONE = "Asia/Shanghai"
FIX_DAYS = 3
Progress = Callable[[float, str], None]


def build_contents(
    county: County, *, seed: int, until: date, days: int, scale: float = 1.0, fix_days: int = FIX_DAYS,
    progress: Progress | None = None,
) -> Iterator[tuple[str, pd.DataFrame]]:  # fmt: skip
    """
    Yield (kind, table) for everything in the county, finished tables first, fixes one day at a time.

    The last day is the one before `until` (the local date at whose midnight the history ends). Buildings and
    households come with `area_id` and `reason`; every other located kind is for the join to place.
    The same county, seed and `until` give the same rows; more `days` only add days in front.
    """

    def report(share: float, text: str) -> None:
        if progress:
            progress(share, text)

    end = pd.Timestamp(until, tz=ZoneInfo(TIME_ZONE))
    report(0.0, "buildings")
    ground = build_ground(county)
    sites = build_buildings(ground, seed=seed)
    yield "buildings", to_kind(sites, "buildings")
    report(0.12, "households")
    households = build_households(ground, sites, seed=seed)
    yield "households", to_kind(households, "households")
    report(0.2, "people and places")
    people = build_people(ground, seed=seed)
    yield "people", to_kind(people, "people")
    places = build_places(ground, sites, seed=seed, scale=scale)
    yield "places", to_kind(places, "places")
    yield "resources", to_kind(build_resources(places, people, seed=seed), "resources")
    yield "duties", to_kind(build_duties(people, until=end), "duties")
    yield "counts", to_kind(build_counts(ground, places, households, seed=seed, until=end), "counts")
    many: dict[str, Any] = {"seed": seed, "scale": scale, "until": end, "days": days}
    incidents, events = build_incidents(
        ground, sites, people, **many, progress=lambda share: report(0.25 + 0.4 * share, "incidents")
    )
    yield "incidents", to_kind(incidents, "incidents")
    yield "incident_events", to_kind(events, "incident_events")
    del incidents, events
    report(0.65, "visits")
    yield "visits", to_kind(build_visits(ground, sites, households, places, people, **many), "visits")
    patrol = build_patrol(ground, sites, people, seed=seed, scale=scale)
    for back in range(min(fix_days, days), 0, -1):
        report(1 - 0.2 * back / fix_days, "patrol fixes")
        yield "fixes", to_kind(build_fixes(patrol, day=until - timedelta(days=back), time_zone=end.tz), "fixes")


def to_kind(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Keep the columns of the kind, in its order; empty text becomes missing where the kind does not allow it."""
    spec = KINDS[kind]
    kept = table[[name for name in spec.columns if name in table]].copy()
    for field in spec.fields:
        if field.dtype == "text" and field.name in kept and "" not in field.allowed:
            text = kept[field.name].astype("str")
            kept[field.name] = text.where(text != "")
    return kept


__all__ = [
    "BUILDINGS", "FIX_DAYS", "HOUSEHOLDS", "INCIDENTS_A_DAY", "OUTBREAKS", "TIME_ZONE", "Ground", "Outbreak",
    "PlantedOutbreak", "build_contents", "build_ground", "plant_outbreaks", "to_kind",
]  # fmt: skip
