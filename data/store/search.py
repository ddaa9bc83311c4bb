"""Finding areas, places and buildings by what people call them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.store.opening import Store

SEARCHED = {"areas": ("name", "area_id"), "places": ("name", "place_id"), "buildings": ("address", "name")}
"""Kinds and the columns a text is looked for in, the one shown as title first. None of them is personal."""
KIND_ORDER = tuple(SEARCHED)


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is, what to call it, where it lies (NaN where unknown), its level if it is an area."""

    kind: str
    id: str
    title: str
    subtitle: str
    lon: float
    lat: float
    level: str


@dataclass(frozen=True)
class SearchTexts:
    """Everything that can be found in one edition, as columns; a query is one pass of substring matching."""

    frame: pd.DataFrame
    texts: tuple[pa.ChunkedArray, ...]

    @classmethod
    def build(cls, store: Store) -> SearchTexts:
        """Read the names, codes and addresses of one edition."""
        parts = [_areas(store), _places(store), _buildings(store)]
        frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        folded = tuple(pa.chunked_array([pa.array(frame[c].str.casefold(), pa.large_string())]) for c in ("a", "b"))
        return cls(frame, folded)

    def find(self, text: str, *, area_ids: set[str] | None, limit: int) -> list[Hit]:
        """
        Return the best hits: exact before prefix before substring, areas (coarse first), places, buildings.

        Letters match in either case. An empty text finds nothing.
        """
        needle = text.strip().casefold()
        if not needle or limit < 1:
            return []
        grades = np.full(len(self.frame), 9, dtype=np.int8)
        for column in self.texts:
            found = pc.fill_null(pc.match_substring(column, needle), False).to_numpy()
            starts = pc.fill_null(pc.starts_with(column, needle), False).to_numpy()
            same = pc.fill_null(pc.equal(column, needle), False).to_numpy()
            grades = np.minimum(grades, np.where(same, 0, np.where(starts, 1, np.where(found, 2, 9)))).astype(np.int8)
        positions = np.flatnonzero(grades < 9)
        if area_ids is not None:
            positions = positions[self.frame["area_id"].take(positions).isin(area_ids).to_numpy()]
        rank = self.frame["rank"].to_numpy()[positions]
        best = positions[np.lexsort((positions, rank, grades[positions]))][:limit]
        return list(self._hits(best))

    def _hits(self, positions: np.ndarray) -> Iterator[Hit]:
        row: Any
        for row in self.frame.iloc[positions].itertuples(index=False):
            texts = [value if isinstance(value, str) else "" for value in (row.title, row.subtitle, row.level)]
            yield Hit(row.kind, row.id, texts[0] or row.id, texts[1], float(row.lon), float(row.lat), texts[2])


def _areas(store: Store) -> pd.DataFrame:
    areas = store.all_areas()
    ranks = {key: rank for key, rank, _ in store.level_rows()}
    names = areas["name"]
    above = areas["parent_id"].map(names.to_dict())
    return pd.DataFrame(
        {
            "kind": "areas",
            "id": areas.index.astype("str"),
            "area_id": areas.index.astype("str"),
            "title": names.to_numpy(),
            "subtitle": (above.astype("str").fillna("") + " " + areas.index.astype("str")).str.strip().to_numpy(),
            "lon": areas["lon"].to_numpy(),
            "lat": areas["lat"].to_numpy(),
            "level": areas["level"].to_numpy(),
            "rank": areas["level"].map(ranks).fillna(len(ranks)).to_numpy(dtype=float),
            "a": names.to_numpy(),
            "b": areas.index.astype("str"),
        }
    )


def _places(store: Store) -> pd.DataFrame:
    places = store.table("places", columns=["place_id", "name", "kind", "area_id", "lon", "lat"])
    return _points(places, "places", "place_id", title="name", subtitle="kind", other="place_id", rank=100)


def _buildings(store: Store) -> pd.DataFrame:
    columns = ["building_id", "address", "name", "area_id", "lon", "lat"]
    buildings = store.table("buildings", columns=columns, geometry=False)
    return _points(buildings, "buildings", "building_id", title="address", subtitle="name", other="name", rank=200)


def _points(
    rows: pd.DataFrame, kind: str, key: str, *, title: str, subtitle: str, other: str, rank: float
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": kind,
            "id": rows[key],
            "area_id": rows["area_id"],
            "title": rows[title],
            "subtitle": rows[subtitle],
            "lon": rows["lon"],
            "lat": rows["lat"],
            "level": "",
            "rank": float(rank),
            "a": rows[title],
            "b": rows[other],
        }
    )
