"""A million hard points against whole-number arithmetic."""

import numpy as np
import pytest

from geo.locate import LocateIndex
from tests.geo.exactly import expected, hard_ground, hard_points

pytestmark = pytest.mark.prove
ROUND, ROUNDS = 50_000, 20


def test_a_million_hard_points_as_in_whole_numbers(proof):
    different = 0
    reasons = np.zeros(8, dtype=int)
    for seed in range(ROUNDS):
        ids, shapes = hard_ground(14 + seed, grid=(None, 2.0**-10, 2.0**-5, 2.0**-14)[seed % 4], seed=seed)
        lon, lat = hard_points(shapes, ROUND, seed=100 + seed)
        found = LocateIndex.build(ids, list(shapes)).query(lon, lat)
        answers = list(zip(found.ids.tolist(), found.reasons.tolist(), strict=True))
        different += sum(one != other for one, other in zip(answers, expected(ids, shapes, lon, lat), strict=True))
        reasons += np.array(list(found.counts().values()))
    inside, boundary, outside, _, overlap, stacked, *_ = reasons.tolist()
    told = f"inside {inside:,}, boundary {boundary:,}, outside {outside:,}, overlap {overlap:,}, stacked {stacked:,}"
    figure = f"{different} of {ROUND * ROUNDS:,} ({told})"
    proof.note("Points on corners and edges and a step beside them, in whole numbers", "0 different", figure)
    assert different == 0
