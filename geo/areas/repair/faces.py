"""The ground cut along every border: faces, who covers each, and who lies beside whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.areas.checks.edges import build_edges
from geo.areas.checks.inner import inner_points


@dataclass(frozen=True, eq=False)
class Faces:
    """
    `shapes` share their borders bit for bit. `face`, `row` pair each face with each area over it; `parent` is the
    parent over a face (-1 none). `left`, `right`, `length` list faces beside each other with the border between them.
    """

    shapes: np.ndarray
    face: np.ndarray
    row: np.ndarray
    parent: np.ndarray
    left: np.ndarray
    right: np.ndarray
    length: np.ndarray


def cut_faces(shapes: np.ndarray, parents: np.ndarray | None) -> Faces:
    """
    Cut the ground along the borders of all areas and parents.

    Examples
    --------
    >>> faces = cut_faces(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]), None)
    >>> len(faces.shapes), np.bincount(faces.face).tolist(), faces.length.tolist()
    (3, [1, 2, 1], [1.0, 1.0])
    """
    borders = shapely.boundary(shapes if parents is None else np.concatenate([shapes, parents]))
    lines = shapely.get_parts(shapely.union_all(borders))
    found = np.asarray(shapely.get_parts(shapely.polygonize(lines)), dtype=object)
    points = inner_points(found)
    face, row = shapely.STRtree(shapes).query(points, predicate="intersects")
    parent = np.full(len(found), -1)
    if parents is not None:
        below, above = shapely.STRtree(parents).query(points, predicate="intersects")
        order = np.lexsort((above, below))[::-1]
        parent[below[order]] = above[order]
    left, right, length = beside(found)
    return Faces(found, face, row, parent, left, right, length)


def beside(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pairs of polygons that share edges bit for bit, lower position first, and the length they share."""
    edges = build_edges(shapes)
    ends = edges.ends
    turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    flat = np.where(turned[:, None], ends[:, [2, 3, 0, 1]], ends)
    order = np.lexsort(flat.T)
    flat, owner = flat[order], edges.owner[order]
    same = (flat[1:] == flat[:-1]).all(axis=1) & (owner[1:] != owner[:-1])
    one, other = owner[:-1][same], owner[1:][same]
    long = np.hypot(*(flat[1:, 2:] - flat[1:, :2])[same].T)
    table = pd.DataFrame({"left": np.minimum(one, other), "right": np.maximum(one, other), "length": long})
    summed = table.groupby(["left", "right"], sort=True)["length"].sum().reset_index()
    return summed["left"].to_numpy(), summed["right"].to_numpy(), summed["length"].to_numpy()
