"""Which area lies in which: county > town > village > grid > micro-grid, or whatever levels a place has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from geo.contracts import raise_faults, text_ids
from geo.errors import Say, SchemaError, name_few, say

NONE = -1


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """
    The tree of areas, kept as arrays and asked for many ids at once.

    Areas stand in the order of their ids as text, by code point. `ranks` is the level of each (0 = coarsest),
    `parents` the position of each parent (-1 = root). A level may be missing between a child and its parent,
    and there may be several roots.
    """

    level_order: tuple[str, ...]
    area_ids: np.ndarray
    ranks: np.ndarray
    parents: np.ndarray
    _ancestors: np.ndarray = field(repr=False)
    _index: pd.Index = field(repr=False)

    @classmethod
    def from_table(
        cls, area_ids: Sequence[Any], levels: Sequence[Any], parent_ids: Sequence[Any], *, level_order: Sequence[str]
    ) -> Hierarchy:
        """
        Build the tree from three columns of equal length; a missing parent (None, NaN, "") makes a root.

        Parameters
        ----------
        area_ids, levels, parent_ids
            One entry per area. Shape (n,). Ids are taken as text.
        level_order
            Level keys, coarsest first. Each level in `levels` must be one of them.

        Raises
        ------
        SchemaError
            With every fault at once: missing or repeated id, two parents, unknown level, unknown parent,
            a parent that is not coarser than its child, a cycle.

        Notes
        -----
        Source: definition. Cost: O(n log n).

        Examples
        --------
        >>> tree = Hierarchy.from_table(["C", "T", "G"], ["county", "town", "grid"], [None, "C", "T"],
        ...     level_order=["county", "town", "village", "grid"])
        >>> tree.at_level(["G", "T", "C"], "town").tolist()
        ['T', 'T', None]
        >>> Hierarchy.from_table(["A", "B"], ["town", "grid"], ["X", "B"], level_order=["town", "grid"])
        Traceback (most recent call last):
        geo.errors.SchemaError: expected: every area with one known, coarser parent or none; found: unknown parent of \
A; own ancestor: B; parent not coarser: B; to do: correct the parent or level of these areas
        """
        ids, keys, above = text_ids(area_ids), text_ids(levels), text_ids(parent_ids)
        _require_rows(ids, keys, above, tuple(level_order))
        order = np.argsort(ids, kind="stable")
        ids, keys, above = ids[order], keys[order], above[order]
        index = pd.Index(ids, dtype=object)
        rank_of = {key: rank for rank, key in enumerate(level_order)}
        ranks = np.fromiter((rank_of[key] for key in keys), dtype=np.int16, count=len(keys))
        parents = index.get_indexer(pd.Index(above, dtype=object)).astype(np.int32)
        parents[pd.isna(above)] = NONE
        _require_tree(ids, above, ranks, parents)
        ancestors = _ancestor_table(ranks, parents, len(rank_of))
        return cls(tuple(level_order), _frozen(ids), _frozen(ranks), _frozen(parents), _frozen(ancestors), index)

    def __len__(self) -> int:
        return len(self.area_ids)

    def __contains__(self, area_id: object) -> bool:
        return area_id in self._index

    def positions(self, ids: Sequence[Any] | np.ndarray | pd.Series) -> np.ndarray:
        """Return where each id stands in `area_ids` (int32); -1 for a missing or unknown one."""
        if isinstance(ids, pd.Series) and isinstance(ids.dtype, pd.CategoricalDtype):
            known = self._index.get_indexer(pd.Index(ids.cat.categories, dtype=object))
            return np.append(known, NONE).astype(np.int32)[ids.cat.codes.to_numpy()]
        return self._index.get_indexer(pd.Index(np.asarray(ids, dtype=object), dtype=object)).astype(np.int32)

    def ids(self, positions: np.ndarray) -> np.ndarray:
        """Return the ids at `positions` (object array); None for -1."""
        return np.append(self.area_ids, np.array([None], dtype=object))[positions]

    def rank(self, level: str) -> int:
        """Return the rank of a level, 0 = coarsest; SchemaError if there is no such level."""
        if level not in self.level_order:
            raise SchemaError(
                say("one of the levels {levels}", levels=", ".join(self.level_order)),
                say("{level}", level=str(level)),
                say("choose one of these levels"),
            )
        return self.level_order.index(level)

    def lift(self, positions: np.ndarray, level: str) -> np.ndarray:
        """Return the position of each area's ancestor (or itself) at `level`; -1 where it has none."""
        row = np.append(self._ancestors[self.rank(level)], np.int32(NONE))
        return row[positions]

    def at_level(self, ids: Sequence[Any] | np.ndarray | pd.Series, level: str) -> np.ndarray:
        """
        Return, for each id, the area of `level` that holds it: its ancestor, or itself.

        None where the area is coarser than `level`, has no ancestor there (a level is missing), or is unknown.
        """
        return self.ids(self.lift(self.positions(ids), level))

    def is_within(self, ids: Sequence[Any] | np.ndarray | pd.Series, area_id: str) -> np.ndarray:
        """Return True for each id that is `area_id` or lies below it; False for a missing or unknown id."""
        top = self._position(area_id)
        return self.lift(self.positions(ids), self.level_of(area_id)) == top

    def level_of(self, area_id: str) -> str:
        """Return the level of one area."""
        return self.level_order[self.ranks[self._position(area_id)]]

    def parent(self, area_id: str) -> str | None:
        """Return the parent of one area; None for a root."""
        above = self.parents[self._position(area_id)]
        return None if above == NONE else str(self.area_ids[above])

    def children(self, area_id: str) -> list[str]:
        """Return the areas directly below one area, in id order."""
        return self.area_ids[self.parents == self._position(area_id)].tolist()

    def roots(self) -> list[str]:
        """Return the areas without a parent, in id order."""
        return self.area_ids[self.parents == NONE].tolist()

    def subtree(self, area_id: str) -> list[str]:
        """Return one area and everything below it, in id order."""
        top = self._position(area_id)
        return self.area_ids[self._ancestors[self.ranks[top]] == top].tolist()

    def path(self, area_id: str) -> list[str]:
        """Return the chain from the root down to the area itself."""
        above = self._ancestors[:, self._position(area_id)]
        return self.area_ids[above[above != NONE]].tolist()

    def members(self, level: str, within: str | None = None) -> list[str]:
        """Return the areas of `level`, those inside `within` if it is given, in id order."""
        chosen = self.ranks == self.rank(level)
        if within is not None:
            top = self._position(within)
            chosen = chosen & (self._ancestors[self.ranks[top]] == top)
        return self.area_ids[chosen].tolist()

    def common(self, ids: Sequence[str]) -> str | None:
        """Return the finest area that holds all of `ids`; None if they share none or one is unknown."""
        positions = self.positions(list(ids))
        if len(positions) == 0 or (positions == NONE).any():
            return None
        above = self._ancestors[:, positions]
        shared = above[:, 0][(above == above[:, :1]).all(axis=1) & (above[:, 0] != NONE)]
        return None if len(shared) == 0 else str(self.area_ids[shared[-1]])

    def _position(self, area_id: str) -> int:
        where = int(self.positions([area_id])[0])
        if where == NONE:
            raise SchemaError(
                say("a known area"),
                say("{area_id}", area_id=str(area_id)),
                say("choose an area of this workspace by its code"),
            )
        return where


def _frozen(values: np.ndarray) -> np.ndarray:
    values.setflags(write=False)
    return values


def _require_rows(ids: np.ndarray, keys: np.ndarray, above: np.ndarray, level_order: tuple[str, ...]) -> None:
    faults: list[Say] = []
    if not len(ids) == len(keys) == len(above):
        faults.append(say("columns of {a}, {b} and {c} rows", a=len(ids), b=len(keys), c=len(above)))
    else:
        rows = pd.DataFrame({"id": ids, "above": above}, dtype=object)
        if rows["id"].isna().any():
            faults.append(say("{count} rows without an id", count=int(rows["id"].isna().sum())))
        repeated = rows[rows["id"].notna() & rows["id"].duplicated(keep=False)]
        if len(repeated):
            parents = repeated.groupby("id")["above"].nunique(dropna=False)
            faults += (
                [say("two parents: {ids}", ids=name_few(parents.index[parents > 1]))] if (parents > 1).any() else []
            )
            faults += (
                [say("repeated: {ids}", ids=name_few(parents.index[parents == 1]))] if (parents == 1).any() else []
            )
    unknown = sorted({str(key) for key in keys if key not in level_order})
    if unknown:
        faults.append(say("unknown level {levels}", levels=name_few(unknown)))
    if len(set(level_order)) != len(level_order):
        faults.append(say("a level named twice in {levels}", levels=", ".join(level_order)))
    expected = say("one row per area with an id, a level of {levels}, and one parent", levels=", ".join(level_order))
    raise_faults(SchemaError, expected, faults, say("correct these rows"))


def _require_tree(ids: np.ndarray, above: np.ndarray, ranks: np.ndarray, parents: np.ndarray) -> None:
    unknown = (parents == NONE) & ~pd.isna(above)
    linked = np.flatnonzero(parents != NONE)
    inverted = linked[ranks[parents[linked]] >= ranks[linked]]
    looped = _on_cycle(parents)
    said = (
        ("unknown parent of {ids}", ids[unknown]),
        ("own ancestor: {ids}", ids[looped]),
        ("parent not coarser: {ids}", ids[inverted]),
    )
    faults = [say(template, ids=name_few(found)) for template, found in said if len(found)]
    raise_faults(
        SchemaError,
        say("every area with one known, coarser parent or none"),
        faults,
        say("correct the parent or level of these areas"),
    )


def _on_cycle(parents: np.ndarray) -> np.ndarray:
    """Positions that are their own ancestor, by pointer doubling: after n steps only cycles are left."""
    end = len(parents)
    step = np.append(np.where(parents == NONE, end, parents), end)
    for _ in range(max(end, 1).bit_length()):
        step = step[step]
    return np.unique(step[step != end])


def _ancestor_table(ranks: np.ndarray, parents: np.ndarray, level_count: int) -> np.ndarray:
    table = np.full((level_count, len(ranks)), NONE, dtype=np.int32)
    for rank in range(level_count):
        here = np.flatnonzero(ranks == rank)
        linked = here[parents[here] != NONE]
        table[:, linked] = table[:, parents[linked]]
        table[rank, here] = here
    return table
