"""How many households an area has, where some of its parts do not say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.coverage.ground import Ground, _household_counts
from geo.areas.hierarchy import Hierarchy


def counts(stated: dict[str, float]) -> dict[str, float]:
    ids, levels, parents = ["A", "B", "a1", "a2", "b1"], ["town"] * 2 + ["grid"] * 3, [None, None, "A", "A", "B"]
    tree = Hierarchy.from_table(ids, levels, parents, level_order=["town", "grid"])
    areas = pd.DataFrame({"households": [stated.get(one, np.nan) for one in tree.area_ids]}, index=tree.area_ids)
    found = _household_counts(Ground(None, ("today",), (tree,), areas, None))
    return dict(zip(tree.area_ids, found.tolist(), strict=True))


def test_a_sum_of_parts_needs_every_part():
    found = counts({"a1": 100, "b1": 30})
    assert np.isnan(found["A"]), "100 of two parts, one of them unknown, is not the whole"
    assert found["B"] == 30


def test_a_stated_number_stands():
    assert counts({"A": 500, "a1": 100})["A"] == 500
    assert counts({"a1": 100, "a2": 50, "b1": 0})["A"] == 150
