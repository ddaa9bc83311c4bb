"""Households: areas too small or too large for their class; dedicated areas are exempt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo.areas.checks.finding import Finding
from geo.errors import say

DEDICATED = "dedicated"


def find_out_of_band(
    ids: np.ndarray,
    shapes: np.ndarray,
    households: np.ndarray,
    classes: Sequence[str],
    bands: Mapping[str, tuple[float, float]],
) -> list[Finding]:
    """
    Return the areas whose households lie outside the band of their class; the band of "" holds for every other class.

    Dedicated areas (firms, schools, markets, parks, stations) are exempt, and so is an area of a class without a band
    or without a number of households. The bounds belong to the band.

    Examples
    --------
    >>> found = find_out_of_band(np.array(["A", "B", "C"], object), np.array([None] * 3), np.array([50.0, 81.0, 3.0]),
    ...     ["town", "town", "dedicated"], {"": (50, 80)})
    >>> [(one.ids, str(one.message)) for one in found]
    [(('B',), 'B has 81 households, more than 80')]
    """
    found = []
    for row in np.flatnonzero(~pd.isna(households)).tolist():
        band = bands.get(classes[row], bands.get(""))
        if classes[row] == DEDICATED or band is None or band[0] <= households[row] <= band[1]:
            continue
        values = {"id": ids[row], "count": int(households[row]), "low": f"{band[0]:g}", "high": f"{band[1]:g}"}
        template = (
            "{id} has {count} households, fewer than {low}"
            if households[row] < band[0]
            else "{id} has {count} households, more than {high}"
        )
        found.append(Finding("out_of_band", (str(ids[row]),), say(template, **values), shapes[row]))
    return found
