"""Roads, water and buildings: the offline base map, by what the zoom can show."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from api.feeds.encode import DETAILS, METRES_PER_DEGREE, encode_shapes
from data.store.tables import KINDS
from layers._spec import LayerSpec

SHOWN_ROADS = (
    ("motorway", "trunk", "primary", "secondary"),
    ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", ""),
    (),
)
"""For each detail: the classes of road drawn; an empty tuple is all of them."""
MOST_SHAPES = 6000
Box = tuple[float, float, float, float]


def feed_shapes(desk: Any, spec: LayerSpec, *, detail: int, box: Box | None) -> dict[str, Any]:
    """
    Return lines or polygons of a layer's kind, simplified for `detail`.

    Roads below the classes of this detail are left out. Where more than can be drawn lie in the window, the
    first come and `is_cut` says so.
    """
    kind = KINDS[spec.needs[0]]
    tolerance_m, unit = DETAILS[detail]
    rows = desk.rows(kind.name, columns=[kind.key, *spec.columns, "geometry"], bbox=box)
    if "road_class" in rows:
        rows = _shown_roads(rows, detail)
    is_cut = len(rows) > MOST_SHAPES and box is not None
    rows = rows.iloc[:MOST_SHAPES] if is_cut else rows
    shapes = np.asarray(rows.geometry.array, dtype=object)
    present = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    rows, shapes = rows[present], shapes[present]
    if tolerance_m > 0:
        shapes = shapely.simplify(shapes, tolerance_m / METRES_PER_DEGREE, preserve_topology=True)
    areal = np.isin(shapely.get_type_id(shapes), (3, 6))
    return {
        "edition": desk.store.edition,
        "unit": unit,
        "is_cut": bool(is_cut),
        "ids": rows[kind.key].astype(str).tolist(),
        "areal": areal.astype(int),
        "columns": {name: [None if v != v else v for v in rows[name].astype(object).tolist()] for name in spec.columns},
        "shapes": encode_shapes(shapes, unit),
    }


def _shown_roads(rows: Any, detail: int) -> Any:
    shown = SHOWN_ROADS[detail]
    if not shown:
        return rows
    picked = rows[rows["road_class"].fillna("").isin(shown)]
    return picked if len(picked) else rows
