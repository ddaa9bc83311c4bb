"""A file as it was read: every attribute as text, geometry as shapes, and what the file says about itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import Say


@dataclass(kw_only=True)
class RawTable:
    """
    `frame` holds text columns in the file's order; `geometry` an array of shapes (None where a row has none) or None.

    `crs` is what the file declares, None if nothing. `rejects` are lines that could not be split: (line, text, why).
    `unreadable_shapes` counts rows whose shape was broken beyond reading.
    """

    file: str
    format: str
    title: str
    frame: pd.DataFrame
    geometry: np.ndarray | None
    crs: str | None
    encoding: str
    layer: str | None
    checksum: str
    notices: list[Say] = field(default_factory=list)
    rejects: list[tuple[int, str, str]] = field(default_factory=list)
    unreadable_shapes: int = 0

    def geodataframe(self) -> gpd.GeoDataFrame:
        """Return the table with its shapes in the CRS the file declares; CRS None where it declares none."""
        shapes = self.geometry if self.geometry is not None else np.full(len(self.frame), None)
        return gpd.GeoDataFrame(self.frame.copy(), geometry=gpd.GeoSeries(shapes, index=self.frame.index), crs=self.crs)
