"""The contract of a table: what each column is called, holds and may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DType = Literal["text", "int", "float", "bool", "time", "date"]
Shape = Literal["none", "point", "line", "polygon", "any"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """
    One column. `synonyms` are header names (lower case, Chinese and English) an import takes for this field.

    `derived` columns are filled by the join or the store, never by a file.
    """

    name: str
    dtype: DType
    title: str
    help: str = ""
    required: bool = False
    unit: str = ""
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    synonyms: tuple[str, ...] = ()
    derived: bool = False
    personal: bool = False


@dataclass(frozen=True, kw_only=True)
class KindSpec:
    """
    One kind of table. `key` is the field whose values are unique; `shape` what its geometry may be.

    Points are kept as `lon`, `lat`; lines and polygons as a `geometry` column. `located` kinds get `area_id`
    and `reason` from the join. `time_field` is the column a period filters by.
    """

    name: str
    title: str
    key: str
    fields: tuple[Field, ...]
    shape: Shape = "none"
    located: bool = False
    time_field: str = ""

    def field(self, name: str) -> Field:
        """Return the field called `name`; KeyError if there is none."""
        return {one.name: one for one in self.fields}[name]

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in order, geometry last where the kind has one that is not a point."""
        names = tuple(one.name for one in self.fields)
        return (*names, "geometry") if self.shape in ("line", "polygon", "any") else names


def lon_lat(*, required: bool = False) -> tuple[Field, Field]:
    """Return the two coordinate fields every point kind shares (CGCS2000/WGS84 degrees)."""
    return (
        Field(
            name="lon",
            dtype="float",
            title="longitude",
            unit="°",
            low=-180,
            high=180,
            required=required,
            synonyms=("lon", "lng", "long", "longitude", "x", "经度", "东经"),
        ),
        Field(
            name="lat",
            dtype="float",
            title="latitude",
            unit="°",
            low=-90,
            high=90,
            required=required,
            synonyms=("lat", "latitude", "y", "纬度", "北纬"),
        ),
    )


def located_fields() -> tuple[Field, Field]:
    """Return the two columns the join fills: the finest area that holds the row, and why (or why none)."""
    return (
        Field(name="area_id", dtype="text", title="area", derived=True),
        Field(
            name="reason",
            dtype="text",
            title="how it was placed",
            derived=True,
            allowed=("inside", "boundary", "outside", "no_location", "overlap", "stacked", "address", "stated"),
        ),
    )


STATED_AREA = Field(
    name="stated_area_id",
    dtype="text",
    title="area it states",
    synonyms=("area", "area_id", "grid", "grid_id", "网格", "网格编码", "所属网格", "微网格", "区域编码", "辖区"),
)
ADDRESS = Field(
    name="address",
    dtype="text",
    title="address",
    personal=True,
    synonyms=("address", "addr", "location", "地址", "事发地址", "详细地址", "位置"),
)
