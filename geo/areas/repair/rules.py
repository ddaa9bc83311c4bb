"""Which area each face goes to, and why; nobody changes by more than is allowed without consent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from geo.areas.repair.faces import Faces

OVERLAP, GAP, PARENT_EDGE = "overlap_to_longest_neighbour", "gap_to_longest_neighbour", "cut_to_parent"
PASSES = 50


@dataclass(eq=False)
class Allowance:
    """How much ground each area may still gain and lose together, in m²; infinite for those that consent."""

    left_m2: np.ndarray

    def permits(self, row: int, size_m2: float) -> bool:
        """Whether an area may change by this much more."""
        return bool(size_m2 <= self.left_m2[row])

    def spend(self, row: int, size_m2: float) -> None:
        """Count a change."""
        self.left_m2[row] -= size_m2


@dataclass(eq=False)
class Shares:
    """`given` lists the areas of each face (several only where an overlap was left); `changes` who, by which rule."""

    given: list[list[int]]
    changes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    refused: list[tuple[str, int, tuple[int, ...]]] = field(default_factory=list)


def share_faces(faces: Faces, sizes_m2: np.ndarray, own: np.ndarray | None, allowance: Allowance) -> Shares:
    """
    Give each face to one area: the only one over it, else by rule.

    An overlap goes to the area over it with the longest border along it; ground in another parent than the area's own
    goes to the areas of that parent; bare ground inside a parent (or anywhere, without parents) to the area with the
    longest border along it. Ties go to the first row. Small faces come first. A change beyond the allowance is not
    made, and neither is one that would leave an area without ground: the face stays as it was, in `refused`.
    """
    over: list[list[int]] = [[] for _ in faces.shapes]
    for face, row in zip(faces.face.tolist(), faces.row.tolist(), strict=True):
        over[face].append(row)
    shares = Shares([list(rows) for rows in over])
    near = _near(faces)
    kept = np.zeros(len(allowance.left_m2), dtype=np.int64)
    for rows in over:
        for row in rows:
            kept[row] += 1
    order = np.argsort(sizes_m2, kind="stable").tolist()
    for face in order:
        rows = _at_home(face, over[face], faces, own)
        if len(over[face]) == 1 and rows == over[face]:
            continue
        if over[face]:
            _settle(face, over[face], rows, float(sizes_m2[face]), near, shares, allowance, kept)
    bare = [face for face in order if not shares.given[face] and (own is None or faces.parent[face] >= 0)]
    _fill(bare, faces, sizes_m2, own, near, shares, allowance)
    return shares


def _at_home(face: int, rows: list[int], faces: Faces, own: np.ndarray | None) -> list[int]:
    """Return the areas over a face whose parent it lies in; all of them where there are no parents."""
    return rows if own is None else [row for row in rows if own[row] == faces.parent[face]]


def _near(faces: Faces) -> dict[int, list[tuple[int, float]]]:
    near: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for left, right, length in zip(faces.left.tolist(), faces.right.tolist(), faces.length.tolist(), strict=True):
        near[left].append((right, length))
        near[right].append((left, length))
    return near


def _along(face: int, near: dict[int, list[tuple[int, float]]], shares: Shares) -> dict[int, float]:
    """Return how long each area's ground runs along a face."""
    along: dict[int, float] = defaultdict(float)
    for other, length in near[face]:
        for row in shares.given[other]:
            along[row] += length
    return along


def _settle(
    face: int,
    rows: list[int],
    home: list[int],
    size: float,
    near: dict[int, list[tuple[int, float]]],
    shares: Shares,
    allowance: Allowance,
    kept: np.ndarray,
) -> None:
    """Leave an overlap to one of the areas at home; ground of nobody at home falls bare and is filled later."""
    rule = OVERLAP if home == rows else PARENT_EDGE
    along = _along(face, near, shares)
    ranked: list[int | None] = [*sorted(home, key=lambda row: (-along.get(row, 0.0), row))]
    for winner in ranked or [None]:
        losers = [row for row in rows if row != winner]
        if all(allowance.permits(row, size) and kept[row] > 1 for row in losers):
            for row in losers:
                allowance.spend(row, size)
                shares.changes[row].add(rule)
                kept[row] -= 1
            shares.given[face] = [] if winner is None else [winner]
            return
    shares.refused.append((rule, face, tuple(rows)))


def _fill(
    bare: list[int],
    faces: Faces,
    sizes_m2: np.ndarray,
    own: np.ndarray | None,
    near: dict[int, list[tuple[int, float]]],
    shares: Shares,
    allowance: Allowance,
) -> None:
    """Fill bare faces from their neighbours, in passes: one filled may be the neighbour of the next."""
    todo = bare
    for _ in range(PASSES):
        later = []
        for face in todo:
            size = float(sizes_m2[face])
            along = _along(face, near, shares)
            able = [r for r in along if own is None or own[r] == faces.parent[face]]
            for row in sorted(able, key=lambda one: (-along[one], one)):
                if allowance.permits(row, size):
                    allowance.spend(row, size)
                    shares.changes[row].add(GAP)
                    shares.given[face] = [row]
                    break
            else:
                later.append(face)
        if not later or len(later) == len(todo):
            break
        todo = later
    for face in later if todo else []:
        shares.refused.append((GAP, face, tuple(sorted(_along(face, near, shares)))))
