"""Lines between buildings against what they say: as near to one owner as to another, none missing, each drawn once."""

import numpy as np
import pytest
from scipy.spatial import Voronoi, cKDTree

from geo.planning.blocks.parting import parting_chains

SIZE_M = 100.0


def pieces(corner, chain):
    at = np.flatnonzero(chain[:-1] == chain[1:])
    return corner[at], corner[at + 1]


def scattered(seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(-SIZE_M / 2, SIZE_M / 2, (80, 2)), rng.integers(0, 9, 80)


def in_rows(_seed):
    """Four points on a circle everywhere: every corner is one of several that differ in the last digits."""
    x, y = np.meshgrid(np.arange(-5.0, 6.0), np.arange(-5.0, 6.0))
    column, row = np.floor((x.ravel() + 5) / 3), np.floor((y.ravel() + 5) / 2)
    return np.column_stack([x.ravel(), y.ravel()]), (column * 6 + row).astype(int)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("draw", [scattered, in_rows])
def test_every_line_is_as_near_to_two_owners(draw, seed):
    point, owner = draw(seed)
    one, other = pieces(*parting_chains(point, owner, SIZE_M))
    middle = (one + other) / 2
    inside = np.abs(middle).max(axis=1) < SIZE_M / 2
    apart = np.sort([cKDTree(point[owner == who]).query(middle[inside])[0] for who in np.unique(owner)], axis=0)
    assert np.allclose(apart[0], apart[1], atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("draw", [scattered, in_rows])
def test_no_line_is_missing_or_drawn_twice(draw, seed):
    point, owner = draw(seed)
    one, other = pieces(*parting_chains(point, owner, SIZE_M))
    found = np.hypot(*(one - other).T)[(np.abs([one, other]).max(axis=(0, 2)) < 2 * SIZE_M)].sum()
    around = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    regions = Voronoi(np.concatenate([point, 20 * SIZE_M * np.column_stack([np.cos(around), np.sin(around)])]))
    wanted = 0.0
    for (a, b), ends in zip(regions.ridge_points, regions.ridge_vertices, strict=True):
        if max(a, b) < len(point) and owner[a] != owner[b] and min(ends) >= 0:
            start, end = regions.vertices[ends]
            wanted += float(np.hypot(*(start - end))) if np.abs([start, end]).max() < 2 * SIZE_M else 0.0
    assert found == pytest.approx(wanted, rel=1e-9)


def test_a_line_around_an_owner_comes_back_to_its_beginning():
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    point = np.concatenate([[[0.0, 0.0]], 10 * np.column_stack([np.cos(turn), np.sin(turn)])])
    corner, chain = parting_chains(point, np.array([0] + [1] * 12), SIZE_M)
    assert np.unique(chain).tolist() == [0]
    assert corner[0].tolist() == corner[-1].tolist()
    assert len(corner) == 13
