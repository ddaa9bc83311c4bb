"""Serial numbers: in rows from north to south, each from west to east."""

from __future__ import annotations

import numpy as np
import shapely

from geo.errors import Say, name_few, say


def reading_rank(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """
    Return the place of each point in reading order, from 0: rows from north to south, each from west to east.

    n points have round(sqrt(n)) rows of equal height. Source: DB11/T 2157-2023 (west to east, north to south inside a
    village); the height of a row is this program's choice.

    Examples
    --------
    >>> reading_rank(np.array([0.0, 5.0, 1.0, 9.0]), np.array([0.0, 10.0, 9.0, 1.0])).tolist()
    [2, 1, 0, 3]
    """
    rows = max(round(len(x) ** 0.5), 1)
    height = max(float(y.max() - y.min()), 1e-12)
    row = np.minimum(np.floor((y.max() - y) / height * rows), rows - 1)
    rank = np.empty(len(x), dtype=np.int64)
    rank[np.lexsort((-y, x, row))] = np.arange(len(x))
    return rank


def find_disorder(ids: np.ndarray, shapes: np.ndarray, serial_digits: int) -> list[Say]:
    """
    Return a notice where serial numbers, the last digits of the codes, do not run in reading order inside a parent.

    Examples
    --------
    >>> squares = np.array([shapely.box(n, 0, n + 1, 1) for n in (2, 0)])
    >>> [str(one) for one in find_disorder(np.array(["P01", "P02"]), squares, 2)]
    ['serial numbers do not run west to east and north to south in 1 of 1 parents: P']
    """
    parents = np.array([one[:-serial_digits] for one in ids], dtype=object)
    points = shapely.centroid(shapes)
    x, y = shapely.get_x(points), shapely.get_y(points)
    order = np.argsort(parents, kind="stable")
    groups = np.split(order, np.flatnonzero(parents[order][1:] != parents[order][:-1]) + 1)
    wrong = []
    for group in groups:
        by_code = group[np.argsort(ids[group], kind="stable")]
        if (np.diff(reading_rank(x[by_code], y[by_code])) < 0).any():
            wrong.append(str(parents[group[0]]))
    if not wrong:
        return []
    template = "serial numbers do not run west to east and north to south in {count} of {total} parents: {ids}"
    return [say(template, count=len(wrong), total=len(groups), ids=name_few(wrong))]
