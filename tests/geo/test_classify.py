"""Class breaks: hand-worked cases, every value in exactly one class, and the best natural breaks by brute force."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.classify import SCHEMES, class_breaks, is_unsure
from geo.errors import SchemaError

AUTOMATIC = [scheme for scheme in SCHEMES if scheme != "manual"]
numbers = st.one_of(st.floats(-1e6, 1e6), st.integers(0, 5).map(float), st.just(float("nan")))


def test_by_hand():
    values = [1, 2, 3, 10, 11, 12, 50, 51, 52]
    assert class_breaks(values, scheme="natural", classes=3).breaks.tolist() == [1, 6.5, 31, 52]
    assert class_breaks(values, scheme="quantile", classes=3).breaks.tolist() == [1, 10, 50, 52]
    assert class_breaks(values, scheme="equal", classes=3).breaks.tolist() == [1, 18, 35, 52]
    manual = class_breaks(values, scheme="manual", breaks=[100, 10], decimals=0)
    assert manual.labels == ("< 10", "10 – 100", "≥ 100")
    assert manual.counts.tolist() == [3, 6, 0]


@pytest.mark.parametrize("scheme", AUTOMATIC)
def test_few_distinct_values_and_none(scheme):
    assert class_breaks([], scheme=scheme).codes.tolist() == []
    assert class_breaks([np.nan, np.inf], scheme=scheme).codes.tolist() == [-1, -1]
    assert class_breaks([7, 7, 7], scheme=scheme).labels == ("7.0",)
    two = class_breaks([0] * 50 + [3], scheme=scheme)
    assert two.counts.tolist() == [50, 1]


@settings(max_examples=200, deadline=None)
@given(st.lists(numbers, max_size=60), st.sampled_from(AUTOMATIC), st.integers(1, 9), st.integers(0, 2))
def test_every_value_is_in_one_class_that_holds_it(values, scheme, classes, decimals):
    found = class_breaks(values, scheme=scheme, classes=classes, decimals=decimals)
    given_values = np.array(values, dtype=float)
    known = np.isfinite(given_values)
    assert (found.codes[~known] == -1).all()
    assert found.counts.sum() == known.sum()
    assert len(found.labels) == len(found.counts) <= classes
    assert scheme == "equal" or (found.counts > 0).all()
    low, high = found.breaks[:-1], found.breaks[1:]
    codes = found.codes[known]
    assert (given_values[known] >= low[codes]).all()
    is_last = codes == len(high) - 1
    assert ((given_values[known] < high[codes]) | is_last).all()
    turned = class_breaks(values[::-1], scheme=scheme, classes=classes, decimals=decimals)
    assert turned.codes[::-1].tolist() == found.codes.tolist()


def spread_within(groups):
    return sum(((group - group.mean()) ** 2).sum() for group in groups)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=9), st.integers(2, 4))
def test_natural_breaks_are_the_best_there_are(values, classes):
    ordered = np.sort(np.array(values, dtype=float))
    distinct = np.unique(ordered)
    count = min(classes, len(distinct))
    found = class_breaks(values, scheme="natural", classes=classes, decimals=3)
    groups = [ordered[np.array(found.codes)[np.argsort(values, kind="stable")] == c] for c in range(len(found.counts))]
    best = min(
        spread_within([g for g in np.split(ordered, np.searchsorted(ordered, distinct[list(cut)])) if len(g)])
        for cut in combinations(range(1, len(distinct)), count - 1)
    )
    assert spread_within(groups) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [{"scheme": "pretty"}, {"classes": 0}, {"classes": 13}, {"scheme": "manual"},
     {"scheme": "manual", "breaks": [1, 1]}, {"scheme": "manual", "breaks": [1, float("nan")]}],
)  # fmt: skip
def test_refused(wrong):
    with pytest.raises(SchemaError):
        class_breaks([1, 2, 3], **wrong)


def test_unsure_by_few_records_or_a_wide_interval():
    table = pd.DataFrame(
        {
            "value": [10, 10, 10, 0, None],
            "low": [9, 9, 1, 0, None],
            "high": [11, 11, 30, 4, None],
            "records": [4, 5, 99, 9, 0],
        }
    )
    assert is_unsure(table, small_count=5, uncertain_ratio=1.0).tolist() == [True, False, True, True, False]
