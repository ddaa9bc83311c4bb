"""Large cores: cuts no whole placement breaks, bounds that hold against trying all, searches that end at the top."""

from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.crowd.posts.solve import exact
from geo.crowd.posts.solve.concave import build_core, choose_greedily
from geo.crowd.posts.solve.lagrange import price_cover
from geo.crowd.posts.solve.mip import Limits
from geo.crowd.posts.solve.search import search_around
from geo.crowd.posts.solve.tighten import tighten
from geo.crowd.posts.solve.triples import SHORT, cuts_of, short_triples

SEEDS = st.integers(0, 10_000)


def drawn(seed, *, rows=10, columns=7, posts=3, steps=1, most=1):
    """A ring of rows and columns that each reach about a third of it, weights 1 to 9, further posts gaining half."""
    rng = np.random.default_rng(seed)
    apart = np.abs(rng.random(rows)[:, None] - rng.random(columns)[None, :])
    table = sparse.csr_array((np.minimum(apart, 1 - apart) < rng.uniform(0.1, 0.25)).astype(float))
    gain = rng.integers(1, 10, rows)[:, None] * 0.5 ** np.arange(steps)
    return build_core(table, gain, posts=posts, most=np.full(columns, most))


def all_placements(core):
    """Every way to place the posts, as posts by column."""
    ways = combinations_with_replacement(range(len(core.most)), core.posts)
    held = [np.bincount(way, minlength=len(core.most)) for way in ways]
    return [one for one in held if (one <= core.most).all()]


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 4), st.integers(1, 2))
def test_no_whole_placement_breaks_a_cut(seed, posts, most):
    core = drawn(seed, posts=posts, most=most)
    triples = np.array(list(combinations(range(core.rows.shape[0]), 3)), dtype=np.int64).reshape(-1, 3)
    cuts = cuts_of(core, triples)
    for held in all_placements(core):
        gained = np.minimum(core.rows @ held, 1)
        assert (cuts.taken @ gained <= 1 + cuts.reach @ held).all()


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_triples_found_are_short_and_none_is_missed_altogether(seed):
    core = drawn(seed)
    rng = np.random.default_rng(seed)
    post = np.round(rng.dirichlet(np.ones(len(core.most))) * 3, 3)
    rows = np.arange(core.rows.shape[0])
    every = cuts_of(core, np.array(list(combinations(rows, 3)), dtype=np.int64).reshape(-1, 3))
    gained = np.minimum(core.rows @ post, 1)
    short = every.taken @ gained - 1 - every.reach @ post
    found = short_triples(core, post, rows)
    mine = cuts_of(core, found)
    assert (mine.taken @ gained - 1 - mine.reach @ post > SHORT - 1e-9).all()
    assert (len(found) > 0) == bool((short > SHORT + 1e-9).any()) or abs(short.max() - SHORT) < 1e-6


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 4), st.integers(1, 2), st.integers(1, 2))
def test_a_cut_bound_is_never_below_the_best_placement(seed, posts, steps, most):
    core = drawn(seed, posts=posts, steps=steps, most=most)
    best = max(core.value(one) for one in all_placements(core))
    found = price_cover(core, choose_greedily(core), rounds=5)
    cut = tighten(core, found, Limits(seconds=1e9), 0.0)
    assert cut.value - 1e-9 <= best <= cut.bound + 1e-9 * best
    assert cut.bound <= found.bound
    assert core.value(cut.held) == pytest.approx(cut.value)
    assert cut.held.sum() <= core.posts
    best_ones = [one for one in all_placements(core) if core.value(one) > cut.value + 1e-9]
    assert not any(one[cut.is_out].any() for one in best_ones)
    assert not any((one[cut.is_in] == 0).any() for one in best_ones)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 4))
def test_the_way_of_large_cores_agrees_with_trying_all(seed, posts):
    core = drawn(seed, rows=14, columns=8, posts=posts)
    best = max(core.value(one) for one in all_placements(core))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "LARGE", -1)
        answer = exact.solve_core(core, Limits(seconds=1e9))
    assert answer.value <= best <= answer.bound
    assert answer.status == ("optimal" if answer.value == answer.bound else "feasible")
    assert answer.value == core.value(answer.held)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(2, 6))
def test_a_search_ends_where_no_single_move_gains_and_repeats(seed, posts):
    core = drawn(seed, rows=40, columns=25, posts=posts)
    held = np.zeros(25, np.int64)
    held[:posts] = 1
    found = search_around(core, held, kicks=10, seed=seed)
    assert found.sum() == posts
    assert core.value(found) >= core.value(held)
    assert (found == search_around(core, held, kicks=10, seed=seed)).all()
    if (found == held).all():
        return
    for out, into in [(o, i) for o in np.flatnonzero(found) for i in np.flatnonzero(found == 0)]:
        moved = found.copy()
        moved[out], moved[into] = 0, 1
        assert core.value(moved) <= core.value(found) + 1e-9
