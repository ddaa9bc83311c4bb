"""What a planner draws: the zone of every unit, the parts units are cut into, and what zones are called."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.contracts import raise_faults
from geo.errors import SchemaError, name_few, say

PIECE_COLUMNS = ("cut_from", "households", "geometry")


@dataclass(frozen=True)
class ZoneText:
    """What a person wrote about a zone: its name, and why it may be out of band."""

    name: str = ""
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Draft:
    """
    The zone of every unit, as text by unit id: the id of today's zone, or any other text for a new one.

    `pieces` are units that a cut made of others: indexed by unit id, with `cut_from` (the unit it was part of),
    `households` and `geometry` (EPSG:4326); the unit they came of is in no zone any more. `zones` are names and
    reasons. Not to be changed in place.

    Examples
    --------
    >>> draft = Draft(pd.Series({"m1": "G1", "m2": "new"}))
    >>> draft.with_zones({"m2": "G1"}).zone.to_dict()
    {'m1': 'G1', 'm2': 'G1'}
    """

    zone: pd.Series
    pieces: gpd.GeoDataFrame | None = None
    zones: Mapping[str, ZoneText] = field(default_factory=dict)

    @property
    def has_pieces(self) -> bool:
        """Whether any unit was cut."""
        return self.pieces is not None and len(self.pieces) > 0

    def with_zones(self, moved: Mapping[str, str]) -> Draft:
        """Return the draft with some units in other zones; SchemaError for a unit it does not have."""
        unknown = [unit for unit in moved if unit not in self.zone.index]
        faults = [say("{ids}", ids=name_few(unknown))] if unknown else []
        raise_faults(SchemaError, say("units of the plan"), faults, say("correct the ids"))
        zone = self.zone.astype(object).copy()
        zone.loc[list(moved)] = list(moved.values())
        return replace(self, zone=zone)

    def table(self) -> pa.Table:
        """Return the columns the store keeps: unit_id, zone, and of pieces cut_from, households, geometry."""
        frame = pd.DataFrame({"unit_id": self.zone.index.astype(str), "zone": self.zone.to_numpy(object)})
        if not self.has_pieces:
            return pa.Table.from_pandas(frame, preserve_index=False)
        assert self.pieces is not None
        pieces = self.pieces.reindex(frame["unit_id"])
        shapes = pieces["geometry"].to_numpy(object)
        frame["cut_from"] = pieces["cut_from"].astype(object).where(pieces["cut_from"].notna(), None).to_numpy()
        frame["households"] = pieces["households"].to_numpy(dtype=float)
        wkb = [None if shape is None or shape != shape else shapely.to_wkb(shape) for shape in shapes]
        return pa.Table.from_pandas(frame, preserve_index=False).append_column("geometry", pa.array(wkb, pa.binary()))

    def texts(self) -> dict[str, dict[str, str]]:
        """Return names and reasons as plain values, empty ones left out."""
        plain = {zone: {"name": text.name, "reason": text.reason} for zone, text in self.zones.items()}
        return {zone: text for zone, text in plain.items() if any(text.values())}


def draft_from(content: bytes, zones: str) -> Draft:
    """Return the draft that the store keeps as these bytes and this JSON."""
    frame = pq.read_table(io.BytesIO(content)).to_pandas()
    zone = pd.Series(frame["zone"].to_numpy(object), index=pd.Index(frame["unit_id"].astype(object), name="unit_id"))
    texts: dict[str, Any] = orjson.loads(zones)
    named = {key: ZoneText(str(one.get("name") or ""), str(one.get("reason") or "")) for key, one in texts.items()}
    return Draft(zone.rename("zone"), _pieces(frame), named)


def _pieces(frame: pd.DataFrame) -> gpd.GeoDataFrame | None:
    if "cut_from" not in frame or frame["cut_from"].isna().all():
        return None
    cut = frame[frame["cut_from"].notna()].set_index("unit_id")
    return gpd.GeoDataFrame(
        cut[["cut_from", "households"]], geometry=shapely.from_wkb(cut["geometry"].to_numpy(object)), crs="EPSG:4326"
    )
