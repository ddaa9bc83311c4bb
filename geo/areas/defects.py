"""What is wrong with a file of areas: one record for each defect, and a proof where there is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import shapely

from geo.errors import Say

HARM = {
    "missing_id": 1,
    "duplicate_id": 1,
    "invalid": 2,
    "overlap": 3,
    "gap": 4,
    "parent_not_tiled": 4,
    "two_parents": 5,
    "outside_parent": 5,
    "out_of_band": 6,
    "bad_code": 7,
    "sliver": 8,
}
"""Kind of defect -> harm, 1 the worst: cannot be told apart, counted twice, by nobody, under the wrong parent."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    The thresholds of a check; the product takes them from its settings.

    An overlap or gap of at most `tolerance_m2` is none. One that is both smaller than `sliver_m2` and narrower than
    `sliver_width_m` on average is called a sliver. An area with less than `nested_share` of itself in its parent
    and the rest in others lies under two parents. Parents and areas are one drawing if at least `one_drawing_share` of
    the parents' border is the areas' own bit for bit; otherwise an area that lies in its parent by `nested_share`
    is nested, and what differs is told, not counted.
    """

    tolerance_m2: float
    sliver_m2: float
    sliver_width_m: float
    nested_share: float
    one_drawing_share: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Defect:
    """
    One defect: its kind, the areas concerned, its shape and a point inside it.

    `area_m2` is the size of `shape` (the ground in doubt) and `households` how many live in the areas concerned.
    `shape`, `lon` and `lat` are CGCS2000/WGS84 degrees, None where there is nothing to draw. `harm` is its rank in
    `HARM`.
    """

    kind: str
    ids: tuple[str, ...]
    area_m2: float
    households: int
    lon: float | None
    lat: float | None
    message: Say
    shape: shapely.Geometry | None = field(repr=False)

    @property
    def harm(self) -> int:
        """How much it harms, 1 the most."""
        return HARM[self.kind]

    @property
    def key(self) -> str:
        """Return what makes it the same defect in the next version of a file: its kind and the areas concerned."""
        return "|".join((self.kind, *sorted(self.ids)))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, the sentence in English."""
        return {
            "kind": self.kind,
            "ids": list(self.ids),
            "area_m2": round(self.area_m2, 4),
            "households": self.households,
            "lon": self.lon,
            "lat": self.lat,
            "harm": self.harm,
            "message": str(self.message),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class DefectReport:
    """
    What a check found: the defects, most harmful first and the largest of equal harm first, and what else to know.

    `proof` is there only for a file without defects: counts, areas in m², tolerance and checksum.
    """

    areas: int
    footprints: int
    defects: tuple[Defect, ...]
    notices: tuple[Say, ...]
    limits: Limits
    proof: dict[str, Any] | None

    @property
    def is_clean(self) -> bool:
        """Whether there is no defect."""
        return not self.defects

    def counts(self) -> dict[str, int]:
        """Return how many defects there are of each kind that occurs, most harmful first."""
        found = Counter(one.kind for one in self.defects)
        return {kind: found[kind] for kind in HARM if found[kind]}

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "areas": self.areas,
            "footprints": self.footprints,
            "counts": self.counts(),
            "defects": [one.to_dict() for one in self.defects],
            "notices": [str(one) for one in self.notices],
            "tolerance_m2": self.limits.tolerance_m2,
            "proof": self.proof,
        }

    def to_table(self) -> gpd.GeoDataFrame:
        """Return one row a defect with its shape, EPSG:4326; ids are joined with a comma."""
        rows = [{**one.to_dict(), "ids": ", ".join(one.ids)} for one in self.defects]
        columns = ["kind", "ids", "area_m2", "households", "lon", "lat", "harm", "message"]
        shapes = gpd.GeoSeries([one.shape for one in self.defects], crs="EPSG:4326")
        return gpd.GeoDataFrame({name: [row[name] for row in rows] for name in columns}, geometry=shapes)
