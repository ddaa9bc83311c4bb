"""What the Import page draws of a file before it is taken: kept in memory, for the person who dropped it alone."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import shapely

from geo.areas.defects import Defect

MOST_KEPT = 24
TOLERANCES_DEGREES = (2e-5, 1e-4, 5e-4, 2e-3)


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """
    A file on its way in, in longitude and latitude: shapes as the file has them and, of areas, as repaired.

    `labels` and `repaired_labels` say what each shape is called, `changed` which repaired ones a repair moved.
    `account_id` is who dropped it, `workspace` where it would go.
    """

    account_id: str
    workspace: str
    shapes: np.ndarray
    labels: list[str]
    repaired: np.ndarray | None = None
    repaired_labels: list[str] = field(default_factory=list)
    changed: np.ndarray | None = None
    defects: tuple[Defect, ...] = ()
    left: tuple[Defect, ...] = ()


_KEPT: OrderedDict[str, Shown] = OrderedDict()
_LOCK = Lock()


def keep_shown(shown: Shown) -> str:
    """Keep what is to be drawn and return the word it is asked for with; the oldest of many goes."""
    token = secrets.token_urlsafe(16)
    with _LOCK:
        _KEPT[token] = shown
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return token


def find_shown(token: str, account_id: str, workspace: str) -> Shown | None:
    """Return what is kept under a word, None where it is not this person's or was let go."""
    with _LOCK:
        found = _KEPT.get(token)
        if found is None or (found.account_id, found.workspace) != (account_id, workspace):
            return None
        _KEPT.move_to_end(token)
        return found


def forget_shown(token: str) -> None:
    """Let it go."""
    with _LOCK:
        _KEPT.pop(token, None)


def thinned(shapes: np.ndarray, most_points: int) -> tuple[np.ndarray, np.ndarray, bool]:
    """
    Return shapes of at most about so many corners, the places of those kept, and whether anything was left out.

    Lines and polygons are simplified more and more; of points every n-th stays. What is missing or empty is left out.

    Examples
    --------
    >>> row = np.array([shapely.Point(x, 0) for x in range(10)])
    >>> kept, at, is_less = thinned(row, 5)
    >>> [int(one.x) for one in kept], at.tolist(), is_less
    ([0, 2, 4, 6, 8], [0, 2, 4, 6, 8], True)
    """
    rows = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    there = shapes[rows]
    total = int(shapely.get_num_coordinates(there).sum())
    if total <= most_points:
        return there, rows, False
    if (shapely.get_type_id(there) == 0).all():
        step = -(-total // most_points)
        return there[::step], rows[::step], True
    simple = there
    for tolerance_degrees in TOLERANCES_DEGREES:
        simple = shapely.simplify(there, tolerance_degrees, preserve_topology=False)
        if shapely.get_num_coordinates(simple).sum() <= most_points:
            break
    keep = ~shapely.is_empty(simple)
    return simple[keep], rows[keep], True
