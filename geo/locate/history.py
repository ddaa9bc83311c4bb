"""A whole history on other borders: a draft plan, or today's areas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from geo.locate.index import ANY, Located, LocateIndex


def reassign(
    index: LocateIndex,
    parts: Iterable[tuple[np.ndarray, np.ndarray]],
    *,
    total: int,
    limits: tuple[float, float, float, float] = ANY,
    progress: Callable[[float, str], None] | None = None,
) -> Iterator[Located]:
    """
    Locate a history part by part on the areas of an index: which incidents would have been whose.

    Assumption: incidents stay where they were, only borders move. Each part is answered as `LocateIndex.query`
    answers it, so no more than one part and its answers are in memory.

    Parameters
    ----------
    index
        The areas of the plan.
    parts
        Longitude and latitude in the CRS of the index, part by part. Each of shape (m,).
    total
        Points of all parts together, for `progress(share, text)` after each part.
    limits
        As of `LocateIndex.query`.

    Notes
    -----
    Source: definition.

    Examples
    --------
    >>> import shapely
    >>> plan = LocateIndex.build(["A", "B"], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> parts = [(np.array([0.5, 1.5]), np.array([0.5, 0.5])), (np.array([9.0]), np.array([0.5]))]
    >>> [found.ids.tolist() for found in reassign(plan, parts, total=3)]
    [['A', 'B'], [None]]
    """
    done = 0
    for lon, lat in parts:
        yield index.query(lon, lat, limits=limits)
        done += len(lon)
        if progress:
            progress(min(1.0, done / max(total, 1)), "locating points")
