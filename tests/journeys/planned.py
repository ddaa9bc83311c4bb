"""Where a planner's journey goes: a place whose grids can be put right, and a water one of its borders can move to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from data.planning.editor.bench import open_bench
from data.planning.editor.session import EditSession
from data.planning.run import effort_for
from data.settings import DEFAULTS
from data.store import open_store
from geo.errors import PlanError
from geo.planning.editing.acts import move_border, zone_neighbours, zone_shape

BAND = (330, 470)
BEYOND_M = 12.0


@dataclass(frozen=True)
class Bank:
    """
    A river or canal through two grids of an area, once its automatic plan is taken.

    `line` runs along it, as longitude and latitude; `moved` are the micro-grids that change grids when the border is
    moved to it, each with a point inside (longitude, latitude) and its grid of today.
    """

    area: str
    out: int
    water: str
    line: list[tuple[float, float]]
    moved: dict[str, tuple[float, float, str]]


def villages_out_of_band(desk) -> tuple[list[str], int]:
    """Villages of more than one grid with some of them out of the band, and how many grids are in the whole county."""
    grids = desk.areas("grid", geometry=False)
    own = grids[grids["area_class"] != "dedicated"]
    out = own["households"].lt(BAND[0]) | own["households"].gt(BAND[1])
    table = own.assign(out=out).groupby("parent_id").agg(out=("out", "sum"), grids=("out", "size"))
    return [str(one) for one in table.index[(table["out"] > 0) & (table["grids"] > 1)]], int(out.sum())


def desk_of(account: str = "administrator"):
    return open_store("planned").desk(account)


def automatic(area: str) -> EditSession:
    """A session of an area that has its automatic plans."""
    session = EditSession(open_bench(desk_of(), "grid", area, band=BAND))
    session.start_plan("draft", effort_for(session.draft.ground.count, DEFAULTS, has_today=True), lambda: 0.0)
    assert session.job is not None
    session.job.thread.join()
    return session


def village_out_of_band() -> tuple[str, int]:
    """A village with grids out of the band that can be put right, and how many such grids there are in the county."""
    villages, out = villages_out_of_band(desk_of())
    for village in villages:
        session = automatic(village)
        if session.plans and not session.plans[0].misfits():
            return village, out
    raise AssertionError("no village whose grids can be put right")


def bank_of_a_river() -> Bank:
    """The first place where a border can be moved to a river or canal and every grid is in band still."""
    desk = desk_of()
    villages, out = villages_out_of_band(desk)
    towns = list(dict.fromkeys(str(desk.hierarchy().at_level([one], "town")[0]) for one in villages))
    for area in (*villages, *towns):
        session = automatic(area)
        if not session.plans or session.plans[0].misfits():
            continue
        for bank in _banks(desk, area, out, session):
            return bank
    raise AssertionError("no place where a border can be moved to a river")


def _banks(desk, area: str, out: int, session: EditSession) -> Iterator[Bank]:
    draft, crs = session.plans[0], session.bench.store_ground.crs
    water = desk.store.table("water")
    water = water[water["water_class"].isin(["river", "canal"]).to_numpy()].sort_values("water_class", ascending=False)
    lines = gpd.GeoSeries(water["geometry"].to_numpy(), crs=4326).to_crs(crs)
    for zone in draft.zones:
        for other in zone_neighbours(draft, [zone]):
            if other <= zone:
                continue
            both = shapely.union(zone_shape(draft, zone), zone_shape(draft, other))
            for name, line in zip(water["name"], lines, strict=True):
                for part in _parts(line, both):
                    try:
                        after, _ = move_border(draft, part)
                    except PlanError:
                        continue
                    if not after.misfits():
                        yield _bank(session, area, out, str(name), part, after)


def _parts(line, both) -> list:
    inside = shapely.line_merge(shapely.intersection(line, shapely.buffer(both, BEYOND_M)))
    parts = [one for one in shapely.get_parts(inside) if shapely.length(one) > 150]
    return [shapely.simplify(one, 4.0) for one in parts]


def _bank(session: EditSession, area: str, out: int, water: str, line, after) -> Bank:
    draft, ground = session.plans[0], session.draft.ground
    rows = np.flatnonzero(after.zone != draft.zone)
    inner = gpd.GeoSeries(shapely.point_on_surface(ground.shapes[rows]), crs=session.bench.store_ground.crs).to_crs(
        4326
    )
    today = session.bench.store_ground.table["zone"]
    moved = {
        str(ground.units.ids[row]): (float(point.x), float(point.y), str(today[ground.units.ids[row]]))
        for row, point in zip(rows, inner, strict=True)
    }
    way = gpd.GeoSeries([line], crs=session.bench.store_ground.crs).to_crs(4326).iloc[0]
    return Bank(area, out, water, [(float(x), float(y)) for x, y in way.coords], moved)


def village_to_try() -> tuple[str, str, int]:
    """A village of two grids or more, one of its micro-grids, and the number of a grid beside it that can have it."""
    desk = desk_of()
    grids = desk.areas("grid", geometry=False)
    own = grids[grids["area_class"] != "dedicated"]
    counted = own.groupby("parent_id").size()
    for village in counted.index[counted > 1]:
        ground = open_bench(desk, "grid", str(village), band=BAND).ground
        zone, group = ground.units.current, ground.units.group
        one, other = ground.units.graph.edges()
        beside = np.flatnonzero((zone[one] != zone[other]) & (group[one] == group[other]))
        if len(beside):
            row = int(one[beside[0]])
            return str(village), str(ground.units.ids[row]), int(zone[other[beside[0]]])
    raise AssertionError("no village of two grids")
