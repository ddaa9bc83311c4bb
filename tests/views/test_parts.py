"""Parts of pages by themselves: words, tables, classes that ties cannot collapse."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers._classes import cut_classes
from views.parts.static_table import table_html
from views.parts.texts import measured


@given(st.text(max_size=40))
def test_a_cell_is_text_and_nothing_else(text):
    html = table_html(pd.DataFrame({"a": [text]}))
    assert len(re.findall("<td[ >]", html)) == 1
    cell = html.split("<td")[1].split(">", 1)[1].split("</td>")[0]
    assert "<" not in cell
    assert ">" not in cell


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(701_732, "min", "11,696 h"), (599, "min", "599 min"), (600, "min", "10.0 h"), (12_345, "m", "12.3 km")],
)
def test_large_values_go_to_the_larger_unit(value, unit, shown):
    assert measured(value, unit, t=str) == shown


@given(st.lists(st.integers(0, 6), min_size=1, max_size=80), st.integers(2, 8))
def test_classes_hold_every_value_once_whatever_the_ties(values, count):
    limits, counts = cut_classes(np.array(values, dtype=float), f"quantile-{count}", decimals=0)
    assert sum(counts) == len(values)
    assert limits == sorted(limits)
    assert limits[0] == min(values)
    assert limits[-1] == max(values)
    assert len(counts) <= count
