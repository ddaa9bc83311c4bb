"""Busy units: the published case, the approximation on drawn cases, closed forms, and a simulation beside them."""

import numpy as np
import pytest

from geo.crowd.busy.approximation import busy_nearly, busy_units, correction_factors
from geo.crowd.busy.arrival import arrival_chance, preference_by_time
from geo.crowd.busy.hypercube import busy_exactly
from geo.crowd.busy.simulation import play_calls
from geo.errors import SchemaError

CALLS, LISTS = [0.5, 0.25, 0.35, 0.4], [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]


def drawn(seed, places=30, units=6, rho=0.5):
    rng = np.random.default_rng(seed)
    travel = rng.random((places, units)) * 400
    calls = rng.random(places)
    return calls / calls.sum() * rho * units / 600, travel


def test_larson_and_odoni():
    busy = busy_exactly(CALLS, LISTS)
    assert busy.workload.round(4).tolist() == [0.5574, 0.4734, 0.4693]
    assert busy.workload.sum() == pytest.approx(1.5)
    assert busy.wait_share == pytest.approx(0.23684, abs=5e-6)
    assert correction_factors(3, 0.5).round(5).tolist() == [1.0, 0.73684, 0.63158]
    nearly = busy_nearly(CALLS, LISTS)
    assert np.abs(nearly.workload - [0.5627, 0.4716, 0.4657]).max() < 2e-4
    assert np.abs(nearly.workload / busy.workload - 1).max() < 0.02


def test_one_unit_and_equal_units_have_their_closed_forms():
    """M/M/1 is busy rho of the time; two units with even calls are Erlang's C."""
    assert busy_exactly([0.3], [[0]]).workload.tolist() == pytest.approx([0.3])
    even = busy_exactly([0.5, 0.5], [[0, 1], [1, 0]])
    assert even.workload == pytest.approx([0.5, 0.5])
    assert even.wait_share == pytest.approx(1 / 3)
    assert even.mean_wait_s == pytest.approx((1 / 3) / (2 - 1))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rho", [0.2, 0.5, 0.8])
def test_every_call_goes_somewhere_and_work_is_conserved(seed, rho):
    calls, travel = drawn(seed, rho=rho)
    for solve in (busy_exactly, busy_nearly):
        busy = solve(calls, preference_by_time(travel), served_s=1 / 600)
        assert busy.dispatch.sum(axis=1) == pytest.approx(np.full(30, 1 - busy.wait_share))
        assert busy.workload.sum() == pytest.approx(rho * 6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("units", [4, 8, 12])
def test_the_approximation_is_within_two_percent(seed, units):
    calls, travel = drawn(seed, places=60, units=units, rho=0.5)
    lists = preference_by_time(travel)
    exact = busy_exactly(calls, lists, served_s=1 / 600)
    nearly = busy_nearly(calls, lists, served_s=1 / 600)
    assert np.abs(nearly.workload / exact.workload - 1).mean() < 0.02
    in_time = [arrival_chance(one, travel, within_s=120).mean() for one in (exact, nearly)]
    assert in_time[0] == pytest.approx(in_time[1], abs=0.02)


def test_a_simulation_agrees():
    """Four standard errors of 60,000 calls are under 0.01; places have some 7,000 calls each."""
    calls, travel = drawn(1, places=8, units=3, rho=0.6)
    lists = preference_by_time(travel)
    busy = busy_exactly(calls, lists, served_s=1 / 600)
    played = play_calls(
        calls, lists, travel, rng=np.random.default_rng(7), calls=60_000, within_s=300, served_s=1 / 600
    )
    assert played.workload == pytest.approx(busy.workload, abs=0.015)
    assert played.wait_share == pytest.approx(busy.wait_share, abs=0.015)
    assert played.in_time == pytest.approx(arrival_chance(busy, travel, within_s=300), abs=0.03)


def test_unequal_units_agree_with_a_simulation():
    lists, served = [[0, 1], [1, 0]], [1.0, 0.5]
    busy = busy_exactly([0.5, 0.4], lists, served_s=served)
    played = play_calls(
        [0.5, 0.4], lists, np.zeros((2, 2)), rng=np.random.default_rng(3), calls=60_000, within_s=0.0, served_s=served
    )
    assert played.workload == pytest.approx(busy.workload, abs=0.02)
    assert played.wait_share == pytest.approx(busy.wait_share, abs=0.02)


def test_beyond_twelve_units_the_approximation_takes_over():
    calls, travel = drawn(2, units=13)
    lists = preference_by_time(travel)
    assert busy_units(calls, lists, served_s=1 / 600).method == "hypercube, approximation"
    with pytest.raises(SchemaError, match="at most 12 units"):
        busy_exactly(calls, lists, served_s=1 / 600)


@pytest.mark.parametrize(
    ("calls", "lists", "words"),
    [
        ([2.0], [[0, 1]], "fewer calls than the units can serve"),
        ([0.5], [[0, 0]], "rows 1"),
        ([-1.0], [[0]], "calls of 0 or more"),
    ],
)
def test_impossible_queues_are_refused(calls, lists, words):
    with pytest.raises(SchemaError, match=words):
        busy_exactly(calls, lists)
