"""Any two plans of the same units beside each other, also with different numbers of zones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.planning.graph import Ints
from geo.planning.measures.comparison import Match, match_plans, overlap, variation_of_information, zones_changed


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    Two plans compared. `pairs`: old, new, kept (size in common), old_size, new_size; a zone without a partner has -1.

    `kept` and `moved` are sizes that stay with, or leave, the zone theirs is matched with; `units_moved` are those
    units. `core_retention` is the share kept; `variation_of_information` is in bits, 0 for the same zones;
    `share_changed` is the part of the old zones that are not the same set of units any more.
    """

    pairs: pd.DataFrame
    kept: int
    moved: int
    units_moved: int
    core_retention: float
    variation_of_information: float
    zones_changed: int
    share_changed: float


def compare_plans(old: Ints, new: Ints, size: Ints) -> Comparison:
    """
    Compare two plans by the zones that continue each other.

    Parameters
    ----------
    old, new
        Zone of each unit in either plan; -1 for none, and such a unit is left out. Shape (n_units,).
    size
        Households of each unit.

    Notes
    -----
    Source: matching by Kuhn 1955 over the households two zones have in common; core retention as `pop_overlap` of
    redist; variation of information by Meila 2003.

    Examples
    --------
    Two zones of 7 and 3 households become three: the first loses a unit of 2, which is a zone of its own.

    >>> found = compare_plans(np.array([0, 0, 1]), np.array([0, 2, 1]), np.array([5, 2, 3]))
    >>> found.pairs.to_numpy().tolist()
    [[0, 0, 5, 7, 5], [1, 1, 3, 3, 3], [-1, 2, 0, 0, 2]]
    >>> found.kept, found.moved, found.core_retention, found.zones_changed, found.share_changed
    (8, 2, 0.8, 1, 0.5)
    """
    match = match_plans(old, new, size)
    changed = zones_changed(old, new)
    known = (old >= 0) & (new >= 0)
    heir = dict(zip(match.old.tolist(), match.new.tolist(), strict=True))
    stays = np.array([heir.get(one, -2) for one in old[known].tolist()], dtype=np.int64) == new[known]
    return Comparison(
        pairs=_pairs(old, new, size, match),
        kept=match.kept,
        moved=match.moved,
        units_moved=int((~stays).sum()),
        core_retention=match.core_retention,
        variation_of_information=variation_of_information(old, new, size),
        zones_changed=int(changed.sum()),
        share_changed=float(changed.mean()) if len(changed) else 0.0,
    )


def _pairs(old: Ints, new: Ints, size: Ints, match: Match) -> pd.DataFrame:
    sizes = [np.bincount(one[one >= 0], size[one >= 0]).astype(np.int64) for one in (old, new)]
    rows, columns, shared = overlap(old, new, size)
    common = {(int(i), int(j)): int(value) for i, j, value in zip(rows, columns, shared, strict=True)}
    matched = list(zip(match.old.tolist(), match.new.tolist(), strict=True))
    gone = sorted(set(np.unique(old[old >= 0]).tolist()) - {one for one, _ in matched})
    fresh = sorted(set(np.unique(new[new >= 0]).tolist()) - {one for _, one in matched})
    pairs = [*matched, *((one, -1) for one in gone), *((-1, one) for one in fresh)]
    table = [
        (i, j, common.get((i, j), 0), int(sizes[0][i]) if i >= 0 else 0, int(sizes[1][j]) if j >= 0 else 0)
        for i, j in pairs
    ]
    return pd.DataFrame(table, columns=["old", "new", "kept", "old_size", "new_size"])
