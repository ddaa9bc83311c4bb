"""What a session shows: the state of the map, the table of zones, the change of hands, and the files to take away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from data.formats._write import write_file
from data.planning.editor.bench import Bench, zone_keys
from data.planning.editor.session import EditSession
from geo.planning.editing.draft import Draft, zone_names
from geo.planning.graph import edge_values

UNIT = 1e-6
"""Degrees of one step of the numbers in which shapes travel to the map."""


def named_zones(bench: Bench, draft: Draft) -> dict[int, str]:
    """Return what each zone is called: today's by the name of their area, new ones after their parent."""
    named = {}
    for number, name in zone_names(draft).items():
        parent, plus, serial = name.rpartition("+")
        is_new = number >= len(draft.ground.units.zones)
        named[number] = f"{bench.names.get(parent, parent)}{plus}{serial}" if is_new else bench.names.get(name, name)
    return named


def map_plan(session: EditSession) -> dict[str, Any]:
    """
    Return the state of the plan for the map: a zone number for each unit, and what is known of every zone.

    It is the plan looked at where one that is offered is. `turn` rises with every state of the session `of`.
    """
    with session.lock:
        return _map_plan(session, session.shown)


def _map_plan(session: EditSession, draft: Draft) -> dict[str, Any]:
    bench = session.bench
    names, colours, units = named_zones(bench, draft), session.colour(draft), draft.ground.units
    zones = {
        str(number): [
            names[number], colours[number], one.size, one.parts, one.excess,
            int(np.sign(one.size - draft.band(number).low)) if one.excess else 0, int(draft.band(number).is_exempt),
        ]
        for number, one in draft.numbers.items()
    }  # fmt: skip
    cut = np.flatnonzero(draft.ground.is_cut)
    return {
        "seal": f"{session.name}:{session.version}",
        "of": session.name,
        "turn": session.version,
        "ids": [str(one) for one in units.ids],
        "zone": draft.zone.tolist(),
        "today": units.current.tolist(),
        "size": units.size.tolist(),
        "zones": zones,
        "picked": session.zone,
        "seen": session.seen,
        "can_undo": session.history.can_undo,
        "can_redo": session.history.can_redo,
        "cut": sorted({str(one) for one in draft.ground.origin[cut]}),
        "pieces": _pieces(bench, draft, cut) if len(cut) else None,
    }


def _pieces(bench: Bench, draft: Draft, rows: np.ndarray) -> dict[str, Any]:
    """Return the shapes of pieces as the map takes shapes: steps of a millionth of a degree."""
    shapes = gpd.GeoSeries(list(draft.ground.shapes[rows]), crs=bench.store_ground.crs).to_crs("EPSG:4326")
    ids = [str(one) for one in draft.ground.units.ids[rows]]
    inner = shapely.point_on_surface(shapes.to_numpy())
    return {
        "unit": UNIT,
        "ids": ids,
        "columns": {"name": ids},
        "labels": np.rint(shapely.get_coordinates(inner) / UNIT).astype(int).tolist(),
        "shapes": [[_steps(ring) for ring in shapely.get_rings(shape)] for shape in shapes.to_numpy()],
    }


def _steps(ring: Any) -> list[int]:
    whole = np.rint(shapely.get_coordinates(ring)[:-1] / UNIT).astype(np.int64)
    moved = np.concatenate([whole[:1], np.diff(whole, axis=0)])
    kept = np.r_[True, (moved[1:] != 0).any(axis=1)]
    return [int(one) for one in moved[kept].ravel()]


def zone_table(session: EditSession, draft: Draft | None = None) -> pd.DataFrame:
    """
    Return one row a zone of a draft (the one that stands), the furthest out of band first, then as they are named.

    Columns: zone (number), name, parent, kind, size, low, high, excess, parts, units, compactness, workload, came,
    gone, is_exempt, is_new. `came` and `gone` are households against today.
    """
    draft = draft or session.draft
    units, names = draft.ground.units, named_zones(session.bench, draft)
    rows = []
    for number, one in draft.numbers.items():
        band = draft.band(number)
        rows.append(
            {
                "zone": number, "name": names[number], "parent": units.parents[one.parent],
                "kind": units.kinds[one.kind], "size": one.size, "low": band.low, "high": band.high,
                "excess": one.excess, "parts": one.parts, "units": one.units, "compactness": one.compactness,
                "workload": one.workload, "came": one.came, "gone": one.gone, "is_exempt": band.is_exempt,
                "is_new": number >= len(units.zones),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    order = np.lexsort((table["name"], table["parent"], table["is_exempt"], -table["parts"], -table["excess"]))
    return table.iloc[order].reset_index(drop=True)


def change_of_hands(session: EditSession, draft: Draft | None = None) -> dict[str, int]:
    """
    Return what changes against today: households and units that leave their zone, people whose area changes, zones.

    `people` are those who work for a unit that changes zone, or for a zone that is not the same any more.
    """
    draft, bench = draft or session.draft, session.bench
    units = draft.ground.units
    moved = (units.current >= 0) & (draft.zone != units.current)
    touched = {z for z, one in draft.numbers.items() if one.came or one.gone} | set(units.current[moved].tolist())
    today = np.unique(units.current[units.current >= 0])
    changed = [zone for zone in today.tolist() if zone in touched or zone not in draft.numbers]
    areas = {str(one) for one in draft.ground.origin[moved]} | {units.zones[zone] for zone in changed}
    return {
        "households": int(units.size[moved].sum()),
        "units": len({str(one) for one in draft.ground.origin[moved]}),
        "people": sum(bench.people.get(area, 0) for area in areas),
        "zones": len(changed),
        "zones_today": len(today),
        "zones_now": len(draft.numbers),
        "misfits": len(draft.misfits()),
        "cut": len({str(one) for one in draft.ground.origin[draft.ground.is_cut]}),
    }


def plan_numbers(session: EditSession) -> dict[str, int | str]:
    """Return the change of hands of the draft that stands, with the session it is `of` and its `turn` there."""
    with session.lock:
        return {**change_of_hands(session), "of": session.name, "turn": session.version}


def cut_border_m(draft: Draft) -> float:
    """Return the metres of border between zones that may be planned across: the less, the more compact the plan."""
    one, other = draft.ground.units.graph.edges()
    return float(edge_values(draft.ground.units.graph)[0][draft.zone[one] != draft.zone[other]].sum())


def write_plan(session: EditSession, path: Path, *, description: str) -> None:
    """Write the zones of a draft with their numbers as a GeoPackage (or another format by the ending)."""
    draft, bench = session.draft, session.bench
    table, keys = zone_table(session, draft), zone_keys(bench, draft)
    shapes = [shapely.union_all(draft.ground.shapes[draft.members(int(zone))]) for zone in table["zone"]]
    table.insert(0, "zone_id", [keys[int(zone)] for zone in table["zone"]])
    placed = gpd.GeoDataFrame(table.drop(columns="zone"), geometry=gpd.GeoSeries(shapes), crs=bench.store_ground.crs)
    write_file(placed.to_crs("EPSG:4326"), path, layer="zones", description=description)


def plan_report(session: EditSession) -> bytes:
    """Return the report of a draft as JSON: totals, what changes hands, every zone, and the zone of every unit."""
    history, bench = session.history, session.bench
    draft = history.draft
    table, keys = zone_table(session, draft), zone_keys(bench, draft)
    table.insert(0, "zone_id", [keys[int(zone)] for zone in table["zone"]])
    report = {
        "level": bench.level,
        "units": bench.unit_level,
        "within": bench.within,
        "edition": bench.store_ground.edition,
        "change": change_of_hands(session, draft),
        "border_m": round(cut_border_m(draft)),
        "zones": table.drop(columns="zone").to_dict("records"),
        "assignment": {str(u): keys[int(z)] for u, z in zip(draft.ground.units.ids, draft.zone, strict=True)},
        "acts": [str(step.act) for step in history.steps[1 : history.at + 1]],
    }
    return orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
