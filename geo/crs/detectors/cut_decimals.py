"""Degrees cut to two decimals: every point up to half a kilometre from where it was."""

from __future__ import annotations

import numpy as np
import shapely

from geo.crs.detectors._spec import Coordinates, DetectorSpec, Evidence, Ground, Limits, pairs
from geo.crs.fit import METRES_PER_DEGREE
from geo.errors import say

STEP = 0.01
SAME = 1e-9
WIDTHS = 10


def cut_decimals(coordinates: Coordinates, ground: Ground, limits: Limits) -> Evidence | None:
    """
    Find degrees with two decimals or fewer: a step of 0.01 degrees is 1.1 km, wider than most grids.

    A common database layout keeps degrees as DECIMAL(15,2). Asked about where nearly all points are so and the
    finest areas are less than ten times that error wide, so that many points land in a neighbour; else, and for
    corners of areas (a broken tiling shows in the defects), only noted. A handful of points says nothing.

    Examples
    --------
    >>> place = Ground(levels=(np.array([shapely.box(120, 30, 120.02, 30.02)]),))
    >>> x, y = np.linspace(120, 120.5, 51).round(2), np.linspace(30, 30.5, 51).round(2)
    >>> limits = Limits(misfit_ratio=0.75, points=10, far_km=50, coarse_share=0.95)
    >>> cut = cut_decimals(Coordinates(x=x, y=y, lon=x, lat=y, crs="EPSG:4326"), place, limits)
    >>> cut.verdict, round(cut.numbers["step_m"])
    ('ask', 1112)
    """
    x, y = coordinates.x, coordinates.y
    if len(x) < limits.points or not np.array_equal(x, coordinates.lon) or len(np.unique(x)) < 3:
        return None
    whole = is_multiple(x) & is_multiple(y)
    share = float(whole.mean())
    if share < limits.coarse_share:
        return None
    finest = shapely.area(ground.levels[-1]) if ground.levels and not len(coordinates.shapes) else np.empty(0)
    matters = len(finest) > 0 and float(np.sqrt(np.median(finest))) < WIDTHS * STEP / 2
    return Evidence(
        detector="cut_decimals",
        verdict="ask" if matters else "note",
        found=say(
            "degrees with at most two decimals in {share} % of the points: each may be {step_m} m off",
            share=round(share * 100),
            step_m=round(STEP / 2 * METRES_PER_DEGREE),
        ),
        remedy=say("get them with five decimals or more from the source; or take them with --accept cut_decimals"),
        numbers={"share": share, "step_m": STEP * METRES_PER_DEGREE},
        before=pairs(x, y),
    )


def is_multiple(values: np.ndarray) -> np.ndarray:
    """
    Return whether values have at most two decimals.

    Examples
    --------
    >>> is_multiple(np.array([120.68, 120.681, 30.0])).tolist()
    [True, False, True]
    """
    return np.abs(values / STEP - np.round(values / STEP)) < SAME / STEP


SPEC = DetectorSpec(
    title="Coordinates cut to two decimals", detect=cut_decimals, source="DECIMAL(15,2) in a published schema"
)
