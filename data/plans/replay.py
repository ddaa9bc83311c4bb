"""A year of the store replayed on a draft: work, ways, visits and patrols per zone and per worker, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from data.plans.draft import Draft
from data.plans.ground import Ground, draft_of_today, ground_for
from geo.locate import LocateIndex
from geo.metrics._tracks import seconds_present
from geo.patrol.trust import is_trusted
from geo.planning.consequences.compared import Comparison, compare_plans
from geo.planning.consequences.hands import changes_of_hands, worker_loads, zones_without_worker
from geo.planning.consequences.replay import Past, Travel, replay
from geo.planning.graph import Ints
from geo.planning.measures.comparison import match_plans

if TYPE_CHECKING:
    from data.store.desk import Desk

YEAR = timedelta(days=365)
PATROL_DAYS = 30
WORKER = "full_time"
"""The role that bears the work of a zone; where nobody has it, everybody of the zone does."""
FIGURES = ("households", "incidents", "arrival_min", "in_time_share", "visits", "visited_share", "patrol_minutes")


@dataclass(frozen=True, eq=False)
class Consequences:
    """
    What a draft would mean, by a period that is past.

    `zones` is indexed by zone name, today's and the draft's: old_zone and new_zone (missing for none), each figure of
    FIGURES before and after, and `measured_arrival_min`, the median from dispatch to arrival on record. `workers`:
    person_id, name, role, zone_before, zone_after, change, households and incidents before and after. `handed`:
    from_zone, to_zone, units, households, incidents. `vacant` are zones of the draft nobody answers for. `incidents`
    are all of the period, `unplaced` those in no unit. Patrols are those of the last `patrol_days`.
    """

    start: datetime
    end: datetime
    zones: pd.DataFrame
    workers: pd.DataFrame
    handed: pd.DataFrame
    vacant: list[str]
    comparison: Comparison
    incidents: int
    unplaced: int
    patrol_days: int


@dataclass(frozen=True, eq=False)
class _Year:
    """A period on units of one ground: what `replay` needs, and what was measured."""

    past: Past
    lon: np.ndarray
    lat: np.ndarray
    measured_min: np.ndarray
    visit_unit: Ints
    visit_lon: np.ndarray
    visit_lat: np.ndarray


def consequences(
    desk: Desk,
    draft: Draft,
    *,
    level: str,
    within: str | None = None,
    before: Draft | None = None,
    end: datetime | None = None,
    length: timedelta = YEAR,
) -> Consequences:
    """
    Replay the past year on a draft, beside today's zones or another draft.

    Assumption: what happened stays where it happened, only borders move, and a worker starts where the households of
    their zone have their middle (settings `plan_worker_speed_km_h`, `plan_detour`, `plan_arrival_minutes`). What the
    period was is read once for each edition; a draft is then counted in milliseconds.

    Parameters
    ----------
    before
        What to compare with: today's zones where not given. It must have the same units; cut units are compared whole.
    end
        End of the period (excluded), aware; the last event on record where not given.

    Raises
    ------
    SchemaError
        If a draft does not fit the units of today.
    """
    whole = ground_for(desk, level, within)
    until = end or last_moment(desk)
    year: _Year = desk.store.cached(
        f"plan past {level} in {whole.within} to {until.isoformat()} over {length} for {desk.account.area_id}",
        lambda: _read_year(desk, whole, until - length, until),
    )
    ground = ground_for(desk, level, within, draft)
    year = year if ground is whole else _on_pieces(year, whole, ground)
    today = _on_ground(before or draft_of_today(whole), ground)
    return _consequences(desk, ground, year, (today, draft), (until - length, until))


def _consequences(
    desk: Desk, ground: Ground, year: _Year, drafts: tuple[Draft, Draft], period: tuple[datetime, datetime]
) -> Consequences:
    units = ground.units
    (old, old_names), (new, new_names) = (ground.plan(one) for one in drafts)
    middle = shapely.point_on_surface(ground.metres)
    place: dict[str, Any] = {"size": units.size, "x_m": shapely.get_x(middle), "y_m": shapely.get_y(middle)}
    travel = Travel(
        *(float(desk.setting(f"plan_{name}")) for name in ("worker_speed_km_h", "detour", "arrival_minutes"))
    )
    figures = [replay(one.zone, one.count, past=year.past, travel=travel, **place) for one in (old, new)]
    match = match_plans(old.zone, new.zone, units.size)
    by_unit = year.past.incident_unit[year.past.incident_unit >= 0]
    handed = changes_of_hands(
        old.zone, new.zone, units.size, incidents=np.bincount(by_unit, minlength=units.count), match=match
    )
    workers, vacant = _workers(desk, ground, (old.zone, new.zone), (old_names, new_names), figures, match)
    zones = _zones(figures, (old_names, new_names), match, _measured(year, old.zone, old.count))
    for column, names in (("from_zone", old_names), ("to_zone", new_names)):
        handed[column] = names[handed[column].to_numpy(int)]
    total = len(year.past.incident_unit)
    return Consequences(
        *period, zones, workers, handed, [str(new_names[z]) for z in vacant],
        compare_plans(old.zone, new.zone, units.size), total, total - len(by_unit), PATROL_DAYS,
    )  # fmt: skip


def last_moment(desk: Desk) -> datetime:
    """Return the moment the last period ends: just after the last incident on record, or now."""
    from datetime import UTC

    times = desk.rows("incidents", columns=["occurred_at"])["occurred_at"]
    now = datetime.now(UTC)
    last = times.max() if len(times) else pd.NaT
    return now if pd.isna(last) else min(now, last.to_pydatetime() + timedelta(seconds=1))


def _read_year(desk: Desk, ground: Ground, start: datetime, end: datetime) -> _Year:
    given: dict[str, Any] = {"start": start, "end": end, "within": ground.within}
    rows = desk.rows("incidents", columns=["area_id", "lon", "lat", "dispatched_at", "arrived_at"], **given)
    visits = desk.rows("visits", columns=["area_id", "lon", "lat"], **given)
    fixes = desk.fixes(
        end - timedelta(days=PATROL_DAYS), end, columns=["unit_id", "at", "area_id", "marks"], within=ground.within
    )
    fixes = fixes[is_trusted(fixes["marks"])].reset_index(drop=True)
    minutes = seconds_present(fixes, float(desk.setting("fix_gap_s"))) / 60
    patrolled = unit_of(ground, fixes["area_id"])
    held = patrolled >= 0
    lon, lat = (rows[name].to_numpy(float) for name in ("lon", "lat"))
    x, y = Transformer.from_crs("EPSG:4326", ground.crs, always_xy=True).transform(lon, lat)
    count = ground.units.count
    present = desk.store.all_areas().index
    visited = unit_of(ground, visits["area_id"], visits["lon"], visits["lat"], present=present)
    past = Past(
        incident_unit=unit_of(ground, rows["area_id"], lon, lat, present=present),
        incident_x_m=np.where(np.isfinite(x), x, np.nan),
        incident_y_m=np.where(np.isfinite(y), y, np.nan),
        visits=np.bincount(visited[visited >= 0], minlength=count).astype(np.int64),
        patrol_minutes=np.bincount(patrolled[held], minutes[held], minlength=count).astype(float),
    )
    measured = (rows["arrived_at"] - rows["dispatched_at"]).dt.total_seconds().to_numpy(float) / 60
    places = (visits[name].to_numpy(float) for name in ("lon", "lat"))
    return _Year(past, lon, lat, measured, visited, *places)


def unit_of(ground: Ground, area_id: pd.Series, lon: Any = None, lat: Any = None, *, present: Any = ()) -> Ints:
    """
    Return the unit each row lies in; -1 for none.

    By the area it was given; by its point where that is an area of the past (not in `present`, the areas of today), or
    where it lies in a tower, of which it gets the first unit: towers are never divided.
    """
    ids = pd.Index(ground.units.ids)
    if isinstance(area_id.dtype, pd.CategoricalDtype):
        known = ids.get_indexer(pd.Index(area_id.cat.categories, dtype=object))
        found = np.append(known, -1)[area_id.cat.codes.to_numpy()].astype(np.int64)
    else:
        found = ids.get_indexer(pd.Index(area_id.to_numpy(object))).astype(np.int64)
    if lon is None:
        return found
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    asked = (found < 0) & area_id.notna().to_numpy() & np.isfinite(x) & np.isfinite(y)
    is_past = asked & ~area_id.isin(present).to_numpy()
    first = ~ground.table["footprint"].duplicated().to_numpy()
    towers = first & ground.table["footprint"].duplicated(keep=False).to_numpy()
    for rows, units in ((is_past, first), (asked & ~is_past, towers)):
        at, chosen = np.flatnonzero(rows), np.flatnonzero(units)
        if len(at) and len(chosen):
            index = LocateIndex.build(list(ground.units.ids[chosen]), list(ground.table.geometry.iloc[chosen]))
            place = index.query(x[at], y[at]).position
            found[at] = np.where(place >= 0, chosen[place], -1)
    return found


def _on_pieces(year: _Year, whole: Ground, ground: Ground) -> _Year:
    """Carry a period over to a ground with pieces: rows of a unit that was cut go by their point."""
    at = pd.Index(ground.units.ids)
    goes = at.get_indexer(pd.Index(whole.units.ids)).astype(np.int64)
    pieces = np.flatnonzero(ground.table["cut_from"].notna().to_numpy())
    index = LocateIndex.build(list(ground.units.ids[pieces]), list(ground.table.geometry.iloc[pieces]))

    def carry(unit: Ints, lon: np.ndarray, lat: np.ndarray) -> Ints:
        found = np.where(unit >= 0, goes[unit], -1)
        cut = np.flatnonzero((unit >= 0) & (found < 0))
        if len(cut):
            place = index.query(lon[cut], lat[cut]).position
            found[cut] = np.where(place >= 0, pieces[place], -1)
        return found

    visited = carry(year.visit_unit, year.visit_lon, year.visit_lat)
    share = ground.table["households"] / whole.table["households"].reindex(ground.table["cut_from"]).to_numpy()
    source = pd.Index(whole.units.ids).get_indexer(
        ground.table["cut_from"].where(ground.table["cut_from"].notna(), pd.Series(at, index=at)).to_numpy(object)
    )
    part = np.where(ground.table["cut_from"].notna(), share.fillna(0.5), 1.0)
    past = Past(
        incident_unit=carry(year.past.incident_unit, year.lon, year.lat),
        incident_x_m=year.past.incident_x_m,
        incident_y_m=year.past.incident_y_m,
        visits=np.bincount(visited[visited >= 0], minlength=len(at)).astype(np.int64),
        patrol_minutes=year.past.patrol_minutes[source] * part,
    )
    return _Year(past, *(getattr(year, name) for name in list(_Year.__dataclass_fields__)[1:]))


def _on_ground(draft: Draft, ground: Ground) -> Draft:
    """Return a draft of whole units on a ground with pieces: each piece is in the zone of its unit."""
    source = ground.table["cut_from"].where(
        ground.table["cut_from"].notna(), pd.Series(ground.table.index, ground.table.index)
    )
    zone = draft.zone.reindex(source.to_numpy(object))
    kept = ground.table.index.isin(draft.zone.index)
    values = np.where(kept, draft.zone.reindex(ground.table.index).to_numpy(object), zone.to_numpy(object))
    return Draft(pd.Series(values, index=pd.Index(ground.units.ids), name="zone").dropna())


def _workers(
    desk: Desk, ground: Ground, zones: tuple[Ints, Ints], names: tuple[np.ndarray, np.ndarray], figures: Any, match: Any
) -> tuple[pd.DataFrame, Ints]:
    people = desk.rows("people", columns=["person_id", "name", "role", "area_id"], within=ground.within)
    of_zone = pd.Index(names[0]).get_indexer(pd.Index(people["area_id"].to_numpy(object)))
    of_unit = pd.Index(ground.units.ids).get_indexer(pd.Index(people["area_id"].to_numpy(object)))
    bears = (people["role"] == WORKER).to_numpy(bool)
    if not (bears & (of_zone >= 0)).any():
        bears = of_zone >= 0
    chosen = np.flatnonzero((of_unit >= 0) | ((of_zone >= 0) & bears))
    unit = of_unit[chosen].astype(np.int64)
    zone = np.where(unit >= 0, zones[0][unit], of_zone[chosen]).astype(np.int64)
    loads = worker_loads(unit, zone, figures[0], figures[1], match, zones[1])
    vacant = zones_without_worker(unit, loads["zone_after"].to_numpy(np.int64), len(names[1]))
    for column, named in (("zone_before", names[0]), ("zone_after", names[1])):
        number = loads[column].to_numpy(int)
        loads[column] = np.append(named, np.array([None], dtype=object))[number]
    who = people.iloc[chosen][["person_id", "name", "role"]].reset_index(drop=True)
    return pd.concat([who, loads], axis=1), vacant


def _zones(figures: Any, names: tuple[np.ndarray, np.ndarray], match: Any, measured: np.ndarray) -> pd.DataFrame:
    """One row a pair of zones that continue each other, then those gone, then new ones."""
    old = [*match.old.tolist(), *np.setdiff1d(np.arange(len(names[0])), match.old).tolist()]
    fresh = np.setdiff1d(np.arange(len(names[1])), match.new).tolist()
    new = [*match.new.tolist(), *([-1] * (len(old) - len(match.new))), *fresh]
    old = [*old, *([-1] * len(fresh))]
    table = pd.DataFrame(
        {
            "old_zone": np.append(names[0], np.array([None], dtype=object))[old],
            "new_zone": np.append(names[1], np.array([None], dtype=object))[new],
        }
    )
    for name in FIGURES:
        for when, one, rows in (("before", figures[0], old), ("after", figures[1], new)):
            table[f"{name}_{when}"] = np.append(one[name].to_numpy(float), np.nan)[rows]
    table["measured_arrival_min"] = np.append(measured, np.nan)[old]
    return table.set_index(table["new_zone"].where(table["new_zone"].notna(), table["old_zone"]).rename("zone"))


def _measured(year: _Year, zone: Ints, count: int) -> np.ndarray:
    held = (year.past.incident_unit >= 0) & np.isfinite(year.measured_min) & (year.measured_min >= 0)
    grouped = pd.Series(year.measured_min[held]).groupby(zone[year.past.incident_unit[held]]).median()
    return grouped.reindex(range(count)).to_numpy(float)
