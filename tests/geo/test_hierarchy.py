"""The tree of areas: hand-drawn trees, faults told all at once, and a slow walk as the oracle."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas.hierarchy import Hierarchy
from geo.errors import SchemaError

LEVELS = ("county", "town", "village", "grid", "micro")
ROWS = [
    ("C", "county", None),
    ("T2", "town", "C"),
    ("T1", "town", "C"),
    ("V1", "village", "T1"),
    ("G1", "grid", "V1"),
    ("M1", "micro", "G1"),
    ("M2", "micro", "G1"),
    ("D1", "grid", "T2"),  # a dedicated grid straight under its town: no village between
    ("M3", "micro", "D1"),
]


def tree_of(rows=ROWS, level_order=LEVELS):
    ids, levels, parents = zip(*rows, strict=True)
    return Hierarchy.from_table(ids, levels, parents, level_order=level_order)


def test_lifts_to_every_level():
    tree = tree_of()
    asked = ["M1", "M3", "D1", "T1", "C", None, "nobody", float("nan")]
    assert tree.at_level(asked, "town").tolist() == ["T1", "T2", "T2", "T1", None, None, None, None]
    assert tree.at_level(asked, "village").tolist() == ["V1", None, None, None, None, None, None, None]
    assert tree.at_level(asked, "micro").tolist() == ["M1", "M3", None, None, None, None, None, None]


def test_relations():
    tree = tree_of()
    assert tree.path("M3") == ["C", "T2", "D1", "M3"]
    assert tree.subtree("T1") == ["G1", "M1", "M2", "T1", "V1"]
    assert tree.children("C") == ["T1", "T2"]
    assert tree.parent("C") is None
    assert tree.parent("D1") == "T2"
    assert tree.roots() == ["C"]
    assert tree.members("grid") == ["D1", "G1"]
    assert tree.members("grid", within="T1") == ["G1"]
    assert tree.members("county", within="T1") == []
    assert tree.common(["M1", "M2"]) == "G1"
    assert tree.common(["M1", "M3"]) == "C"
    assert tree.common(["M1", "nobody"]) is None
    assert tree.common([]) is None
    assert tree.is_within(["M1", "M3", None], "T1").tolist() == [True, False, False]
    assert tree.level_of("D1") == "grid"
    assert "D1" in tree
    assert "X" not in tree
    assert len(tree) == 9


def test_takes_categories_and_text_columns_alike():
    tree = tree_of()
    ids = ["M1", None, "M3", "nobody"]
    expected = ["T1", None, "T2", None]
    for column in (pd.Series(ids, dtype="category"), pd.Series(ids, dtype="str"), np.array(ids, dtype=object), ids):
        assert tree.at_level(column, "town").tolist() == expected


def test_several_roots_and_an_empty_tree():
    tree = tree_of([("A", "town", ""), ("B", "town", float("nan")), ("X", "grid", "A")])
    assert tree.roots() == ["A", "B"]
    assert tree.common(["X", "B"]) is None
    empty = Hierarchy.from_table([], [], [], level_order=LEVELS)
    assert len(empty) == 0
    assert empty.at_level(["A"], "town").tolist() == [None]


def test_ids_stand_in_code_point_order_whatever_the_row_order():
    rows = [("乙", "grid", "甲"), ("Z", "grid", "甲"), ("a", "grid", "甲"), ("10", "grid", "甲"), ("9", "grid", "甲")]
    tree = tree_of([*rows, ("甲", "town", None)])
    assert tree.area_ids.tolist() == ["10", "9", "Z", "a", "乙", "甲"]


def test_arrays_cannot_be_changed():
    tree = tree_of()
    with pytest.raises(ValueError, match="read-only"):
        tree.parents[0] = 3


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("A", "town", None), ("A", "town", None)], ["repeated: A"]),
        ([("A", "town", None), ("B", "town", None), ("G", "grid", "A"), ("G", "grid", "B")], ["two parents: G"]),
        ([(None, "town", None), ("A", "hamlet", None)], ["1 rows without an id", "unknown level hamlet"]),
        ([("A", "town", "X"), ("B", "grid", "A"), ("G", "town", "B")], ["unknown parent of A", "not coarser: G"]),
        ([("A", "grid", "B"), ("B", "grid", "A"), ("M", "micro", "A")], ["own ancestor: A, B", "not coarser: A, B"]),
        ([("A", "grid", "A")], ["own ancestor: A"]),
    ],
)
def test_tells_all_faults_at_once(rows, told):
    with pytest.raises(SchemaError) as failure:
        tree_of(rows)
    assert all(part in str(failure.value) for part in told), str(failure.value)


def test_unknown_level_and_area_are_refused():
    with pytest.raises(SchemaError, match="hamlet"):
        tree_of().at_level(["M1"], "hamlet")
    with pytest.raises(SchemaError, match="nobody"):
        tree_of().subtree("nobody")


@st.composite
def forests(draw):
    """Rows of a random forest: each area hangs under any coarser one, or under none."""
    count = draw(st.integers(1, 25))
    rows = []
    for number in range(count):
        rank = draw(st.integers(0, 4))
        coarser = [row[0] for row in rows if LEVELS.index(row[1]) < rank]
        rows.append((f"a{number}", LEVELS[rank], draw(st.sampled_from([None, *coarser]))))
    return draw(st.permutations(rows))


@settings(max_examples=150, deadline=None)
@given(forests())
def test_agrees_with_a_walk_up_the_parents(rows):
    tree = tree_of(rows)
    parent_of, level_of = {r[0]: r[2] for r in rows}, {r[0]: r[1] for r in rows}

    def chain(area):
        return [] if area is None else [*chain(parent_of[area]), area]

    ids = list(parent_of)
    for level in LEVELS:
        expected = [next((a for a in chain(i) if level_of[a] == level), None) for i in ids]
        assert tree.at_level(ids, level).tolist() == expected
    for area in ids:
        assert tree.path(area) == chain(area)
        assert tree.subtree(area) == sorted(i for i in ids if area in chain(i))
        assert tree.children(area) == sorted(i for i in ids if parent_of[i] == area)
