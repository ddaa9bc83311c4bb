"""What plans are drawn on: the units of the store, who lies beside whom, barriers, bands and the zones of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.plans.draft import Draft
from geo.contracts import raise_faults
from geo.crs.metric import choose_metric_crs, project_table
from geo.errors import SchemaError, name_few, say
from geo.planning.barriers import Barriers, crossings, lay_barriers
from geo.planning.borders import border_graph
from geo.planning.graph import Ints
from geo.planning.plan import Plan
from geo.planning.units import Band, Units, build_units

if TYPE_CHECKING:
    from data.store.desk import Desk
    from data.store.opening import Store

EXEMPT = "dedicated"
"""The class of area no band holds for."""
NODE_M = 0.05
"""A corner this close to a border lies on it: what projecting and rounding move it by."""
Shapes = np.ndarray


@dataclass(frozen=True, eq=False)
class Ground:
    """
    The units a plan is drawn on, in the order of `units.ids`.

    `table` is indexed by unit id: name, households, zone (today's, missing for none), parent (the area a zone stays
    inside), kind (class, as far as bands differ by it: "dedicated" or ""), footprint (units stacked in a tower share
    one), cut_from (the unit a piece was part of), geometry (EPSG:4326). `metres` are the same shapes in `crs`, and so
    are the lines of `barriers`. `edition` is the store's.
    """

    level: str
    unit_level: str
    within: str | None
    table: gpd.GeoDataFrame
    units: Units
    metres: Shapes
    crs: Any
    barriers: Barriers
    edition: int

    def plan(self, draft: Draft) -> tuple[Plan, np.ndarray]:
        """
        Return a draft as a plan of these units, and the zone id of each of its numbers.

        Raises
        ------
        SchemaError
            If a unit of the ground is in no zone of the draft, or the draft has one that is not here.
        """
        ids, drawn = (pd.Index(np.asarray(one, dtype=object)) for one in (self.units.ids, draft.zone.index))
        place = drawn.get_indexer(ids)
        lost, strange = ids[place < 0], drawn[ids.get_indexer(drawn) < 0]
        faults = [say("in no zone: {ids}", ids=name_few(lost))] if len(lost) else []
        faults += [say("not there today: {ids}", ids=name_few(strange))] if len(strange) else []
        raise_faults(SchemaError, say("the units of today, each in one zone"), faults, say("load the plan again"))
        zone, names = pd.factorize(draft.zone.to_numpy(object)[place])
        return Plan(self.units, zone.astype(np.int64)), np.asarray(names, dtype=object)

    def draft(self, zone: Ints, names: np.ndarray, like: Draft | None = None) -> Draft:
        """Return a zone number for each unit, with the id of each number, as a draft."""
        column = pd.Series(names[zone], index=pd.Index(self.units.ids, name="unit_id"), name="zone")
        return Draft(column, like.pieces if like else None, like.zones if like else {})


def levels_of(store: Store, level: str) -> tuple[str, str]:
    """Return the level of the zones and that of their units, the next finer one; SchemaError if there is none."""
    order = [key for key, _, _ in store.level_rows()]
    if level not in order[:-1]:
        raise SchemaError(
            say("zones of one of the levels {names}, made of areas of the next", names=", ".join(order[:-1]) or "-"),
            say("{level!r}", level=level),
            say("correct the level"),
        )
    return level, order[order.index(level) + 1]


def ground_for(desk: Desk, level: str, within: str | None = None, draft: Draft | None = None) -> Ground:
    """
    Return the ground of a plan of `level` inside an area, with the pieces of a draft in place of the units cut.

    Kept by edition; do not change it.

    Raises
    ------
    SchemaError
        If there is no such level, no unit inside, or a unit has no households.
    ScopeError
        If `within` lies outside the reader's area.
    """
    store = desk.store
    area = within or desk.account.area_id
    desk.areas(level, within=area, geometry=False)
    ground: Ground = store.cached(f"plan ground {level} in {area}", lambda: _build(store, level, area))
    if draft is None or not draft.has_pieces:
        return ground
    return _with_pieces(store, ground, draft)


def draft_of_today(ground: Ground) -> Draft:
    """Return the zones of today as a draft; a unit in none is a zone of its own, named after it."""
    zone = ground.table["zone"].astype(object)
    own = pd.Series([f"new-{unit}" for unit in zone.index], index=zone.index, dtype=object)
    return Draft(zone.where(zone.notna(), own).rename("zone"))


def bands_for(store: Store, level: str) -> dict[str, Band]:
    """
    Return the band by class of the zones of a level: of grids and of micro-grids those of the settings, else none.

    Micro-grids have bands by class of area: village groups, rental areas, and "" for town and every other; where there
    is no level "grid", areas just above the finest count as grids. Dedicated areas are exempt everywhere.
    """
    order = [key for key, _, _ in store.level_rows()]
    free = Band(0, 0, True)
    if level == "micro_grid":
        usual = _setting_band(store, "micro_grid_band_households")
        classes = {name: _setting_band(store, f"{name}_band_households") for name in ("village_group", "rental")}
        return {"": usual, **classes, EXEMPT: free}
    is_grid = level == "grid" or ("grid" not in order and level in order and order.index(level) == len(order) - 2)
    return {"": _setting_band(store, "grid_band_households") if is_grid else free, EXEMPT: free}


def barrier_classes(store: Store) -> dict[str, tuple[str, ...]]:
    """Return the classes of water and roads that are barriers, {"hard", "soft"}, from the settings."""
    return {name: _classes(store, f"plan_{name}_barriers") for name in ("hard", "soft")}


def _setting_band(store: Store, name: str) -> Band:
    low, high = store.setting(name)
    return Band(int(low), int(high))


def _build(store: Store, level: str, within: str | None) -> Ground:
    level, unit_level = levels_of(store, level)
    areas, tree = store.all_areas(), store.hierarchy()
    chosen = areas[(areas["level"] == unit_level).to_numpy()]
    if within is not None:
        chosen = chosen.loc[[one for one in tree.members(unit_level, within) if one in chosen.index]]
    if not len(chosen):
        raise SchemaError(
            say("areas of level {level} to make zones of", level=unit_level),
            say("none in {within}", within=within or store.title),
            say("choose another area, or import that level first"),
        )
    zone = pd.Series(tree.at_level(chosen.index, level), index=chosen.index, dtype=object)
    topmost = tree.positions(zone.where(zone.notna(), pd.Series(chosen.index, index=chosen.index)))
    parent = tree.ids(tree.parents[topmost])
    table = gpd.GeoDataFrame(
        {
            "name": chosen["name"],
            "households": chosen["households"],
            "zone": zone,
            "parent": [one or "" for one in parent],
            "kind": _kinds(chosen, _is_exempt(areas, zone), set(bands_for(store, level))),
            "footprint": chosen["footprint_id"].astype(object).where(chosen["footprint_id"].notna(), chosen.index),
            "cut_from": pd.Series(None, index=chosen.index, dtype=object),
        },
        geometry=chosen.geometry,
    )
    place = choose_metric_crs([float(edge) for edge in table.total_bounds])
    return _ground(store, level, unit_level, within, table, place.crs, _barriers(store, table, place.crs))


def _kinds(chosen: gpd.GeoDataFrame, is_exempt: np.ndarray, classes: set[str]) -> np.ndarray:
    """The class of each unit as far as the bands tell classes apart: exempt with its zone, else its own."""
    own = chosen["area_class"].fillna("").astype(object)
    return np.where(is_exempt, EXEMPT, own.where(own.isin(classes), "").to_numpy(object))


def _is_exempt(areas: gpd.GeoDataFrame, zone: pd.Series) -> np.ndarray:
    classes = areas["area_class"].reindex(zone.to_numpy(object))
    return (classes == EXEMPT).to_numpy(bool)


def _ground(
    store: Store, level: str, unit_level: str, within: str | None, table: gpd.GeoDataFrame, crs: Any, barriers: Barriers
) -> Ground:
    metres = _noded(np.asarray(project_table(table[["geometry"]], crs).geometry, dtype=object), table)
    graph = lay_barriers(border_graph(metres), metres, barriers)
    units = build_units(
        pd.DataFrame(table.drop(columns="geometry")), graph, size="households", bands=bands_for(store, level),
        parent="parent", kind="kind", current="zone",
    )  # fmt: skip
    return Ground(level, unit_level, within, table, units, metres, crs, barriers, store.edition)


def _noded(metres: Shapes, table: gpd.GeoDataFrame) -> Shapes:
    """Give the neighbours of pieces the corners that a cut made on their common border, so that borders match."""
    cut = table["cut_from"].notna().to_numpy()
    if not cut.any():
        return metres
    metres = metres.copy()
    pieces = shapely.union_all(metres[cut])
    corners = shapely.multipoints(shapely.get_coordinates(metres[cut]))
    near = shapely.dwithin(metres, pieces, NODE_M) & ~cut
    metres[near] = shapely.snap(metres[near], corners, NODE_M)
    return metres


def _with_pieces(store: Store, ground: Ground, draft: Draft) -> Ground:
    """Replace the units that were cut by their pieces: same parent, class and zone of today."""
    assert draft.pieces is not None
    pieces = draft.pieces
    whole = ground.table.reindex(pieces["cut_from"].to_numpy(object))
    gone = whole["kind"].isna().to_numpy()
    faults = [say("pieces of {ids}", ids=name_few(pieces["cut_from"][gone]))] if gone.any() else []
    raise_faults(SchemaError, say("pieces of units of today"), faults, say("load the plan again"))
    parts = gpd.GeoDataFrame(
        {name: whole[name].to_numpy(object) for name in ("name", "zone", "parent", "kind")}
        | {"households": pieces["households"].to_numpy(float), "cut_from": pieces["cut_from"].to_numpy(object)}
        | {"footprint": pieces.index.to_numpy(object)},
        geometry=pieces.geometry.to_numpy(), index=pieces.index, crs="EPSG:4326",
    )  # fmt: skip
    kept = ground.table[~ground.table.index.isin(pieces["cut_from"])]
    table = gpd.GeoDataFrame(pd.concat([kept, parts[kept.columns]]).sort_index(), crs="EPSG:4326")
    return _ground(store, ground.level, ground.unit_level, ground.within, table, ground.crs, ground.barriers)


def _barriers(store: Store, table: gpd.GeoDataFrame, crs: Any) -> Barriers:
    """Barriers from the store's water and roads by class; where another road meets a hard one there is a bridge."""
    kinds = barrier_classes(store)
    box = shapely.box(*table.total_bounds)
    tables = [_lines(store, "water", "water_class", box, crs), _lines(store, "roads", "road_class", box, crs)]
    both = pd.concat(tables, ignore_index=True)
    shapes, classes = both["geometry"].to_numpy(object), both["sort"].to_numpy(object)
    found = {name: shapes[np.isin(classes, list(chosen))] for name, chosen in kinds.items()}
    roads = tables[1]
    open_roads = roads.loc[~roads["sort"].isin([*kinds["hard"], "bridge"]), "geometry"].to_numpy(object)
    drawn = shapely.get_parts(shapes[classes == "bridge"])
    return Barriers(
        hard=found["hard"],
        soft=found["soft"],
        bridges=np.concatenate([drawn, crossings(open_roads, found["hard"])]),
        tolerance_m=float(store.setting("plan_barrier_tolerance_m")),
        reach_m=float(store.setting("plan_bridge_reach_m")),
        soft_discount=float(store.setting("plan_soft_discount")),
    )


def _classes(store: Store, name: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in str(store.setting(name)).split(",") if one.strip())


def _lines(store: Store, kind: str, column: str, box: Any, crs: Any) -> pd.DataFrame:
    rows: Any = store.table(kind, columns=[column, "geometry"])
    if not len(rows):
        return pd.DataFrame({"sort": [], "geometry": []})
    near = rows[rows.geometry.intersects(box).to_numpy()]
    metres = np.asarray(project_table(near[["geometry"]], crs).geometry, dtype=object)
    is_line = shapely.get_dimensions(metres) == 1
    metres = np.where(is_line, metres, shapely.boundary(metres))
    return pd.DataFrame({"sort": near[column].astype(object).to_numpy(), "geometry": metres})
