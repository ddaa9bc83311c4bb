"""What is known about one area: people, households, places, open items, visits, neighbours; read once per edition."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.areas.topology import neighbours
from views.scene import Scene

DONE = ("closed", "void")
RECENT = 20
COLUMNS = {
    "open": ["incident_id", "occurred_at", "category", "title", "urgency", "status", "due_at"],
    "visits": ["started_at", "person_id", "purpose", "finding"],
    "places": ["kind", "name", "capacity", "address"],
    "resources": ["kind", "quantity", "unit", "custodian_id", "address"],
}


def area_facts(scene: Scene, area_id: str) -> dict[str, Any]:
    """
    Return tables `people`, `open`, `visits`, `places`, `resources`, counts of households and firms, and `neighbours`.

    People are those of the area itself; where it has none (a micro-grid seldom has), those of the areas above it.
    """
    return _read_facts((*scene.key, area_id), scene.desk, scene.path(area_id), scene.areas.at[area_id, "level"])


@st.cache_resource(max_entries=200, show_spinner=False)
def _read_facts(edition_key: tuple[Any, ...], _desk: Any, _path: list[str], _level: str) -> dict[str, Any]:
    area_id = edition_key[-1]
    households = _desk.rows("households", columns=["residents", "is_rental"], within=area_id)
    incidents = _desk.rows("incidents", columns=[*COLUMNS["open"], "closed_at"], within=area_id)
    is_open = incidents["closed_at"].isna() & ~incidents["status"].isin(DONE)
    visits = _desk.rows("visits", columns=COLUMNS["visits"], within=area_id)
    recent = visits.sort_values("started_at", ascending=False).head(RECENT)
    places = _desk.rows("places", columns=COLUMNS["places"], within=area_id)
    areas = _desk.areas(level=_level, geometry=False)
    stated = areas.at[area_id, "households"] if area_id in areas.index else None
    return {
        "households": float(stated)
        if stated is not None and pd.notna(stated) and stated > 0
        else float(len(households)),
        "residents": _sum_or_none(households["residents"]),
        "rentals": _sum_or_none(households["is_rental"]),
        "firms": float((places["kind"] == "firm").sum()),
        "places_count": float(len(places)),
        "open_count": float(is_open.sum()),
        "open": incidents.loc[is_open, COLUMNS["open"]].sort_values("occurred_at", ascending=False),
        "visits": recent.assign(person_id=recent["person_id"].map(_names(_desk, recent["person_id"]))),
        "places": places,
        "resources": _resources(_desk, area_id),
        "people": _team(_desk, _path),
        "neighbours": _neighbours((*edition_key[:-1], _level), _desk).get(area_id, []),
    }


def _resources(desk: Any, area_id: str) -> pd.DataFrame:
    found = desk.rows("resources", columns=COLUMNS["resources"], within=area_id)
    names = found["custodian_id"].map(_names(desk, found["custodian_id"]))
    return found.assign(custodian_id=names.fillna(found["custodian_id"]))


def _team(desk: Any, path: list[str]) -> pd.DataFrame:
    """The people of the nearest area that has any, with the names of their stand-ins."""
    people = desk.rows("people", where={"area_id": list(path)})
    for one in reversed(path):
        found = people[people["area_id"] == one]
        if len(found):
            people = found.reset_index(drop=True)
            break
    names = _names(desk, people["stand_in_id"])
    return people.assign(stand_in=people["stand_in_id"].map(names))


def _names(desk: Any, person_ids: pd.Series) -> dict[str, str]:
    wanted = sorted(person_ids.dropna().unique())
    if not wanted:
        return {}
    people = desk.rows("people", columns=["person_id", "name"], where={"person_id": wanted})
    return dict(zip(people["person_id"], people["name"], strict=True))


@st.cache_resource(max_entries=16, show_spinner=False)
def _neighbours(edition_key: tuple[Any, ...], _desk: Any) -> dict[str, list[str]]:
    areas = _desk.areas(level=edition_key[-1])
    found = neighbours(gpd.GeoSeries(areas.geometry))
    return {str(one): sorted(map(str, others)) for one, others in found.items()}


def _sum_or_none(values: pd.Series) -> float | None:
    return float(values.sum()) if values.notna().any() else None
