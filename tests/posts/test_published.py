"""Published optima: OR-Library's first p-median file, also as a p-centre."""

from pathlib import Path

from bench._instances import read_pmed
from geo.crowd.posts.nearest import least_distance, smallest_radius

PMED1 = Path(__file__).with_name("pmed1.txt")
"""OR-Library, J. E. Beasley 1990, "OR-Library: distributing test problems by electronic mail"; licence beside it."""


def test_pmed1_is_5819_and_127():
    """Two edges are named twice; with their smaller length the optimum would be 5,718."""
    apart, medians = read_pmed(PMED1)
    assert medians == 5
    placed = least_distance(apart, [1] * 100, posts=5)
    assert (placed.objective, placed.bound, placed.status) == (5819, 5819, "optimal")
    found = smallest_radius(apart, posts=5)
    assert (found.radius_m, found.is_proven) == (127, True)
