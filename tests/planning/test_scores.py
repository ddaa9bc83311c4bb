"""Scores, constraints and comparisons against figures worked out by hand."""

import numpy as np
import pytest
import shapely

from geo.planning import constraints, moves, scores
from geo.planning.drawn import draw_plan
from geo.planning.measures.compactness import polsby_popper, reock
from geo.planning.measures.comparison import match_plans, relabel, variation_of_information, zones_changed
from geo.planning.plan import Plan
from geo.planning.units import Band

# constraint -> a drawn 3 x 3 case that passes and one that fails
CASES = {
    "is_whole": (draw_plan("aab", "acb", "ccc"), Plan(draw_plan("ab").units, np.array([0, -1]))),
    "is_contiguous": (draw_plan("aab", "acb", "ccc"), draw_plan("aab", "bca", "ccc")),
    "is_inside_parents": (draw_plan("aab", "aab", parents="ppqppq"), draw_plan("aab", "aab", parents="ppqpqq")),
    "is_of_one_class": (draw_plan("aab", "aab", kinds="ttrttr"), draw_plan("aab", "aab", kinds="ttttrr")),
    "is_in_band": (draw_plan("aab", "abb"), draw_plan("aab", "aab")),
    "keeps_locks": (
        draw_plan("aab", "aab", "abb", today="aaabbbccc", locked="110000000"),
        draw_plan("abb", "aab", "abb", today="aaabbbccc", locked="110000000"),
    ),
}


@pytest.mark.parametrize("name", [one.__name__ for one in constraints.CONSTRAINTS])
def test_each_constraint_passes_and_fails_on_a_drawn_case(name):
    good, bad = CASES[name]
    assert getattr(constraints, name)(good)
    assert not getattr(constraints, name)(bad)
    assert name in constraints.broken(bad)


@pytest.mark.parametrize(
    ("score", "plan", "value"),
    [
        ("cut_edges", draw_plan("aab", "acb", "ccc"), 6),
        ("cut_cost", draw_plan("aab", "acb", "ccc"), 6),
        ("band_excess", draw_plan("aab", "aab", "aab", band=Band(4, 5)), 2),
        ("extra_parts", draw_plan("aba", "bab"), 4),
        ("largest_deviation", draw_plan("aaab", sizes=[1, 1, 1, 1]), 0.5),
        ("size_moved", draw_plan("aab", "aab", sizes=[5, 1, 1, 1, 1, 7], today="aabbbb"), 2),
        ("workload_spread", draw_plan("ab", loads=[1.0, 3.0]), 0.5),
    ],
)
def test_each_score_equals_the_figure_worked_out(score, plan, value):
    assert scores.SCORES[score](plan) == pytest.approx(value)


def test_every_score_has_a_case():
    assert len(scores.SCORES) == 7


def test_no_move_loses_a_unit():
    plan = draw_plan("aab", "acb", "ccc")
    for moved in (
        moves.move_units(plan, [2], 0),
        moves.swap_units(plan, 1, 2),
        moves.merge_zones(plan, 0, 1),
        moves.split_zone(plan, [0, 1]),
    ):
        assert constraints.is_whole(moved)
        assert moved.sizes().sum() == 9
        assert plan.zone.tolist() == [0, 0, 1, 0, 2, 1, 2, 2, 2], "the plan itself is untouched"


def test_compactness_of_known_shapes():
    circle = shapely.Point(0, 0).buffer(1, quad_segs=400)
    shapes = np.array([circle, shapely.box(0, 0, 1, 1), shapely.box(0, 0, 3, 1), None], dtype=object)
    assert polsby_popper(shapes)[:3] == pytest.approx([1, np.pi / 4, 12 * np.pi / 64], rel=1e-4)
    assert reock(shapes)[:3] == pytest.approx([1, 2 / np.pi, 3 / (np.pi * 2.5)], rel=1e-4)
    assert np.isnan(polsby_popper(shapes)[3])


def test_matching_is_the_best_of_all_permutations():
    from itertools import permutations

    rng = np.random.default_rng(11)
    for _ in range(20):
        old, new, size = rng.integers(0, 4, 30), rng.integers(0, 4, 30), rng.integers(0, 9, 30)
        kept = max(sum(size[(old == i) & (new == p[i])].sum() for i in range(4)) for p in permutations(range(4)))
        match = match_plans(old, new, size)
        assert match.kept == kept
        assert match.kept + match.moved == size.sum()
        assert (relabel(old, new, size) == old)[size > 0].sum() >= 0
        assert size[relabel(old, new, size) == old].sum() == kept


def test_plans_with_other_numbers_of_zones_are_compared():
    old, new, size = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 2, 2]), np.array([4, 4, 2, 5, 5])
    match = match_plans(old, new, size)
    assert (match.kept, match.moved, match.core_retention) == (18, 2, 0.9)
    assert zones_changed(old, new).tolist() == [True, False]
    assert variation_of_information(old, new, size) == pytest.approx(
        0.5 * -(0.8 * np.log2(0.8) + 0.2 * np.log2(0.2)), rel=1e-9
    )
    assert match_plans(np.array([-1]), np.array([0]), np.array([3])).core_retention == 1.0
