"""Intervals against published tables, and against their own promise by counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geo.intervals import median_ranks, poisson_interval, ratio_interval, wilson_interval


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_1998_table_1_method_3(part, whole, low, high):
    found = wilson_interval(np.array([part]), np.array([whole]))
    assert (found[0][0], found[1][0]) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (20, 12.217, 30.888),
        (100, 81.364, 121.627),
    ],
)
def test_poisson_as_garwood_1936_table(count, low, high):
    found = poisson_interval(np.array([count]))
    assert (found[0][0], found[1][0]) == pytest.approx((low, high), abs=6e-4)


@given(st.integers(0, 400))
def test_poisson_limits_leave_two_and_a_half_percent(count):
    low, high = (float(edge[0]) for edge in poisson_interval(np.array([count])))
    assert stats.poisson.cdf(count, high) == pytest.approx(0.025)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(0.025)


@given(st.integers(0, 300), st.integers(0, 300))
def test_ratio_is_the_exact_binomial_of_clopper_and_pearson(now, before):
    low, high = (float(edge[0]) for edge in ratio_interval(np.array([now]), np.array([before])))
    if now + before == 0:
        assert np.isnan(low)
        return
    exact = stats.binomtest(now, now + before).proportion_ci(method="exact")
    assert low == pytest.approx(exact.low / (1 - exact.low) if exact.low < 1 else np.inf)
    assert high == (np.inf if before == 0 else pytest.approx(exact.high / (1 - exact.high)))


@pytest.mark.parametrize(
    ("size", "low", "high"), [(6, 1, 6), (8, 1, 8), (9, 2, 8), (10, 2, 9), (15, 4, 12), (20, 6, 15), (25, 8, 18)]
)
def test_median_ranks_as_the_sign_test_table(size, low, high):
    """Ranks counted from 1: Conover, Practical Nonparametric Statistics (1999), table A3 with p = 0.5."""
    found = median_ranks(np.array([size]))
    assert (found[0][0] + 1, found[1][0] + 1) == (low, high)


@given(st.integers(0, 2000))
def test_median_ranks_hold_and_no_narrower_pair_does(size):
    low, high = (int(edge[0]) for edge in median_ranks(np.array([size])))
    if size < 6:
        assert (low, high) == (-1, -1)
        return
    assert high == size - 1 - low
    assert 1 - 2 * stats.binom.cdf(low, size, 0.5) >= 0.95
    assert 1 - 2 * stats.binom.cdf(low + 1, size, 0.5) < 0.95
