"""The proof of a clean file: counts, areas, tolerance, and a checksum that any program can work out again."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import shapely

CANONICAL = (
    "SHA-256 over the areas in the order of their ids (code points): id, tab, parent id or nothing, tab, "
    "WKB of the normalised shape (little-endian, the file's own coordinates), line feed; text as UTF-8"
)


def canonical_sha256(ids: np.ndarray, parent_ids: np.ndarray, shapes: np.ndarray) -> str:
    """
    Return the checksum of areas whatever the order of rows, rings and first points; any moved vertex changes it.

    Examples
    --------
    >>> box = shapely.box(0, 0, 1, 1)
    >>> one = canonical_sha256(np.array(["A"]), np.array([None]), np.array([box]))
    >>> one == canonical_sha256(np.array(["A"]), np.array([None]), np.array([box.reverse()])), len(one)
    (True, 64)
    """
    order = np.argsort(ids.astype(str), kind="stable")
    content = shapely.to_wkb(shapely.normalize(shapes[order]), byte_order=1)
    total = hashlib.sha256()
    for area_id, parent_id, wkb in zip(ids[order], parent_ids[order], content, strict=True):
        total.update(f"{area_id}\t{parent_id or ''}\t".encode() + wkb + b"\n")
    return total.hexdigest()


def build_proof(
    ids: np.ndarray,
    parent_ids: np.ndarray,
    shapes: np.ndarray,
    sizes_m2: np.ndarray,
    parent_sizes_m2: np.ndarray | None,
    *,
    is_first: np.ndarray,
    households: float,
    tolerance_m2: float,
    is_exact: bool,
) -> dict[str, Any]:
    """
    Return what a clean file proves: areas on `is_first` rows are counted once for each footprint.

    `is_exact` says that borders agree bit for bit, not only within the tolerance.
    """
    total = float(sizes_m2[is_first].sum())
    proof: dict[str, Any] = {
        "areas": len(ids),
        "footprints": int(is_first.sum()),
        "households": int(households),
        "total_area_m2": round(total, 3),
        "smallest_area_m2": round(float(sizes_m2.min(initial=np.inf)), 3) if len(ids) else 0.0,
        "tolerance_m2": tolerance_m2,
        "borders_equal_bit_for_bit": is_exact,
        "sha256": canonical_sha256(ids, parent_ids, shapes),
        "sha256_of": CANONICAL,
    }
    if parent_sizes_m2 is not None:
        proof["parents"] = len(parent_sizes_m2)
        proof["parent_area_m2"] = round(float(parent_sizes_m2.sum()), 3)
        proof["parent_area_difference_m2"] = round(total - float(parent_sizes_m2.sum()), 6)
    return proof
