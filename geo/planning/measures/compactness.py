"""How round a zone is."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray


def polsby_popper(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """
    Return for each zone how close it is to a circle: 4·pi·area / perimeter², 1 for a circle.

    It depends on how finely a coast is drawn: compare zones of one drawing only.

    Parameters
    ----------
    shapes
        Polygons in a metric CRS. Shape (n_zones,). NaN where a shape is missing or without perimeter.

    Notes
    -----
    Source: Polsby and Popper 1991, "The Third Criterion"; the same as redistmetrics R/compactness.R.

    Examples
    --------
    A square has pi/4, a strip of 1 by 4 has 16·pi/100:

    >>> polsby_popper(np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 4, 1)])).round(4).tolist()
    [0.7854, 0.5027]
    """
    around = shapely.length(shapes)
    return np.divide(4 * np.pi * shapely.area(shapes), around**2, out=np.full(len(shapes), np.nan), where=around > 0)


def reock(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """
    Return for each zone the share of its smallest enclosing circle that it fills.

    Parameters
    ----------
    shapes
        Polygons in a metric CRS. Shape (n_zones,). NaN where a shape is missing or empty.

    Notes
    -----
    Source: Reock 1961, "A Note: Measuring Compactness".

    Examples
    --------
    A square of side 1 lies in a circle of radius 0.7071, so it fills 2/pi:

    >>> reock(np.array([shapely.box(0, 0, 1, 1)])).round(4).tolist()
    [0.6366]
    """
    circle = np.pi * shapely.minimum_bounding_radius(shapes) ** 2
    return np.divide(shapely.area(shapes), circle, out=np.full(len(shapes), np.nan), where=circle > 0)
