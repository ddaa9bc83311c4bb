"""DXF drawings: closed outlines become polygons; it cannot declare a CRS, so the caller must."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest
from geo.errors import say

LEAST_CORNERS = 4


def read_dxf(path: Path, request: ReadRequest) -> Reading:
    """Read the entities of a drawing; the drawing's own layers stand in the column Layer."""
    reading = read_layer(path, ReadRequest(kind=request.kind), driver="DXF")
    shapes = shapely.from_wkb(reading.table.column("geometry").to_numpy(), on_invalid="ignore")
    closed = shapely.is_closed(shapes) & (shapely.get_num_coordinates(shapes) >= LEAST_CORNERS)
    closed &= shapely.get_type_id(shapes) == 1
    if closed.any():
        filled = np.array(shapes, dtype=object)
        filled[closed] = [shapely.Polygon(one.coords) for one in shapely.force_2d(shapes[closed])]
        wkb = pa.array([None if one is None else shapely.to_wkb(one) for one in filled], pa.binary())
        at = reading.table.column_names.index("geometry")
        reading.table = reading.table.set_column(at, "geometry", wkb)
        reading.notices.append(say("{count} closed lines of the drawing were taken as areas", count=int(closed.sum())))
    reading.crs = None
    return reading


SPEC = FormatSpec(
    title="DXF drawing",
    endings=(".dxf",),
    matches=lambda head, tail, ending: ending == ".dxf" and b"SECTION" in head,  # noqa: ARG005
    read=read_dxf,
    drivers=("DXF",),
)
