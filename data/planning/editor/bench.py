"""The ground of a place to plan on: units, today's zones, buildings, barriers, incidents, the people who work there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.plans.draft import Draft as Drawn
from data.plans.ground import EXEMPT, ground_for
from data.plans.ground import Ground as StoreGround
from geo.crs.metric import project_table
from geo.planning.barriers import Barriers
from geo.planning.borders import border_graph
from geo.planning.editing.draft import Draft, open_draft
from geo.planning.editing.ground import Ground, Homes, build_ground
from geo.planning.units import Band, Units

if TYPE_CHECKING:
    from data.store.desk import Desk


@dataclass(frozen=True, eq=False)
class Bench:
    """
    Everything an editor needs of one place: `store_ground` as kept, `ground` to edit on.

    `names` are what the areas there are called, `people` how many work for each area (unit or zone), `has_workload`
    whether there is any incident to count.
    """

    level: str
    unit_level: str
    within: str | None
    store_ground: StoreGround
    ground: Ground
    names: dict[str, str]
    people: dict[str, int]
    has_workload: bool

    @property
    def units(self) -> Units:
        """Units as they are before any edit."""
        return self.ground.units


def open_bench(desk: Desk, level: str, within: str | None, *, band: tuple[int, int] | None = None) -> Bench:
    """
    Read the ground of a place. `band` stands in for the one of the settings where it is given.

    Workload is the number of incidents on record. Households of a cut unit are counted from its buildings.

    Raises
    ------
    GridError
        If there is nothing to plan there, or a unit has no households.
    """
    kept = ground_for(desk, level, within)
    units = kept.units
    loads = _incidents(desk, within, units.ids)
    usual = Band(*band) if band else None
    bands = tuple(
        usual if usual and name != EXEMPT else one for name, one in zip(units.kinds, units.bands, strict=True)
    )
    units = replace(units, bands=bands, workload=loads)
    shapes = kept.metres
    ground = build_ground(
        units,
        shapes,
        touching=border_graph(shapes),
        homes=_homes(desk, within, units.ids, kept.crs),
        barriers=_barriers(kept),
    )
    table = desk.areas(within=within, geometry=False)
    return Bench(
        level=kept.level,
        unit_level=kept.unit_level,
        within=within,
        store_ground=kept,
        ground=ground,
        names={str(key): str(name) if name else str(key) for key, name in table["name"].items()},
        people=_people(desk, within),
        has_workload=bool(loads.any()),
    )


def ground_edition(desk: Desk) -> int:
    """Return the edition in which areas or levels last changed: incidents that come in leave the ground as it is."""
    from data.ingest.room import areas_edition_of

    return areas_edition_of(desk.store.path)


def _incidents(desk: Desk, within: str | None, ids: np.ndarray) -> np.ndarray:
    found = desk.rows("incidents", columns=["area_id"], within=within)["area_id"].value_counts()
    return np.asarray(found.reindex(ids).fillna(0).to_numpy(dtype=float))


def _people(desk: Desk, within: str | None) -> dict[str, int]:
    counted = desk.rows("people", columns=["area_id"], within=within)["area_id"].value_counts()
    return {str(area): int(count) for area, count in counted.items()}


def _homes(desk: Desk, within: str | None, ids: np.ndarray, crs: Any) -> Homes:
    rows = desk.rows("buildings", columns=["lon", "lat", "households", "area_id"], within=within)
    row = pd.Series(np.arange(len(ids)), index=ids).reindex(rows["area_id"]).to_numpy(dtype=float)
    good = np.isfinite(row) & (rows["households"].fillna(0) > 0).to_numpy(bool) & rows["lon"].notna().to_numpy(bool)
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(rows["lon"][good], rows["lat"][good]), crs="EPSG:4326"
    )  # fmt: skip
    placed = np.asarray(project_table(points, crs).geometry, dtype=object) if good.any() else np.empty(0, dtype=object)
    return Homes(
        np.asarray(shapely.get_x(placed), dtype=float),
        np.asarray(shapely.get_y(placed), dtype=float),
        rows["households"][good].to_numpy(dtype=np.int64),
        row[good].astype(np.int64),
    )


def _barriers(kept: StoreGround) -> Barriers | None:
    lines = kept.barriers
    return lines if any(len(one) for one in (lines.hard, lines.soft, lines.bridges)) else None


def today_of(bench: Bench) -> Draft:
    """Return today's zones as a draft."""
    return open_draft(bench.ground)


def zone_keys(bench: Bench, draft: Draft) -> dict[int, str]:
    """Return the id of every zone of a draft: today's keep theirs, others are "new-" and their number."""
    zones = bench.units.zones
    return {number: zones[number] if number < len(zones) else f"new-{number}" for number in draft.zones}


def to_drawn(bench: Bench, draft: Draft) -> Drawn:
    """Return a draft as the store keeps it: zone ids by unit, and the pieces of units that were cut."""
    keys, ground = zone_keys(bench, draft), draft.ground
    zone = pd.Series(
        [keys[int(one)] for one in draft.zone], index=pd.Index(ground.units.ids, name="unit_id"), name="zone"
    )
    cut = np.flatnonzero(ground.is_cut)
    if not len(cut):
        return Drawn(zone)
    shapes = gpd.GeoSeries(list(ground.shapes[cut]), index=ground.units.ids[cut], crs=bench.store_ground.crs)
    pieces = gpd.GeoDataFrame(
        {"cut_from": ground.origin[cut], "households": ground.units.size[cut].astype(float)},
        geometry=shapes.to_crs("EPSG:4326"), index=shapes.index,
    )  # fmt: skip
    return Drawn(zone, pieces)


def from_drawn(bench: Bench, drawn: Drawn, desk: Desk) -> Draft:
    """
    Return what the store keeps as a draft to go on with.

    Raises
    ------
    SchemaError
        If it does not have the units of today.
    """
    ground = bench.ground
    if drawn.has_pieces:
        kept = ground_for(desk, bench.level, bench.within, drawn)
        ground = _with_pieces(bench, kept)
    plan, keys = replace(bench.store_ground, units=ground.units).plan(drawn)
    known = {zone: number for number, zone in enumerate(bench.units.zones)}
    numbers, fresh = [], len(known)
    for key in keys:
        numbers.append(known.get(str(key), fresh))
        fresh += str(key) not in known
    return open_draft(ground, np.array(numbers, dtype=np.int64)[plan.zone])


def _with_pieces(bench: Bench, kept: StoreGround) -> Ground:
    """Put the pieces a saved draft has in place of their units: homes go to the piece they stand on."""
    cut_from = kept.table["cut_from"]
    origin = np.where(cut_from.notna(), cut_from, kept.units.ids).astype(object)
    homes = bench.ground.homes
    owner = bench.units.ids[homes.unit]
    tree = shapely.STRtree(kept.metres)
    nearest = tree.query_nearest(shapely.points(homes.x_m, homes.y_m), all_matches=False)[1] if len(owner) else owner
    place = pd.Series(np.arange(len(kept.units.ids)), index=kept.units.ids)
    row = place.reindex(owner).to_numpy(dtype=float)
    unit = np.where(np.isnan(row), nearest, row).astype(np.int64)
    share = pd.Series(bench.units.workload, index=bench.units.ids).reindex(origin).to_numpy(dtype=float)
    lived = pd.Series(bench.units.size, index=bench.units.ids).reindex(origin).to_numpy(dtype=float)
    loads = np.where(lived > 0, share * kept.units.size / np.maximum(lived, 1), 0.0)
    names = dict(zip(bench.units.kinds, bench.units.bands, strict=True))
    bands = tuple(names.get(kind, band) for kind, band in zip(kept.units.kinds, kept.units.bands, strict=True))
    units = replace(kept.units, workload=loads, bands=bands)
    built = build_ground(units, kept.metres, homes=replace(homes, unit=unit), barriers=bench.ground.barriers)
    return replace(built, origin=origin)
