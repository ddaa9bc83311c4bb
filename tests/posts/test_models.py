"""Models of posts: hand cases, brute force, properties, and the independent checker on every answer."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crowd.busy.expected import most_expected_cover
from geo.crowd.posts.along_line import posts_along
from geo.crowd.posts.checker import check_placement
from geo.crowd.posts.least import full_cover_with_backup, least_posts
from geo.crowd.posts.most import most_cover
from geo.crowd.posts.near_best import near_best
from geo.crowd.posts.nearest import least_distance, smallest_radius
from geo.crowd.posts.problem import site_rules
from geo.crowd.posts.reach import reach_of_matrix, reach_of_points, straight_m
from geo.crowd.posts.roles import Role, place_roles
from geo.crowd.posts.served import least_posts_serving, most_served
from geo.crowd.posts.speed import response_radius_m
from geo.errors import SchemaError

SEEDS = st.integers(0, 10_000)


def drawn(seed, demands=14, sites=8):
    """Points in a square of 100 m, weights 1 to 9, a radius that reaches some."""
    rng = np.random.default_rng(seed)
    apart = straight_m(rng.random((demands, 2)) * 100, rng.random((sites, 2)) * 100)
    return apart, rng.integers(1, 10, demands).astype(float), float(rng.integers(15, 45)), rng


def covered(apart, weight, radius, posts):
    return float(weight[(apart[:, list(posts)] <= radius).any(axis=1)].sum())


def require_sound(apart, weight, radius, placed, **more):
    checked = check_placement(
        distance_m=lambda i, j: float(apart[i, j]), radius_m=[radius] * len(weight), weight=list(weight),
        chosen=placed.posts.tolist(), **more,
    )  # fmt: skip
    assert checked.is_sound, checked.faults
    return checked


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 4))
def test_most_cover_is_what_trying_all_finds(seed, posts):
    apart, weight, radius, rng = drawn(seed)
    barred = np.zeros(8, bool)
    barred[rng.integers(8)] = True
    fixed = np.zeros(8, bool)
    fixed[rng.choice(np.flatnonzero(~barred))] = True
    placed = most_cover(
        reach_of_matrix(apart, radius_m=radius), weight, posts=posts, sites=site_rules(8, fixed=fixed, barred=barred)
    )
    best = max(
        covered(apart, weight, radius, one)
        for one in combinations(np.flatnonzero(~barred), posts)
        if set(np.flatnonzero(fixed)) <= set(one)
    )
    assert placed.status == "optimal"
    assert placed.objective == placed.bound == best
    require_sound(
        apart, weight, radius, placed, posts=posts, fixed=np.flatnonzero(fixed).tolist(),
        barred=np.flatnonzero(barred).tolist(), objective=placed.objective,
    )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(1, 4), st.sampled_from([0.25, 0.5, 1.0]))
def test_backup_cover_is_what_trying_all_finds(seed, posts, share):
    apart, weight, radius, _ = drawn(seed)

    def worth(chosen):
        near = (apart[:, list(chosen)] <= radius).sum(axis=1)
        return float(weight[near > 0].sum() + share * weight[near > 1].sum())

    placed = most_cover(reach_of_matrix(apart, radius_m=radius), weight, posts=posts, backup_weight=share)
    assert placed.objective == pytest.approx(max(worth(one) for one in combinations(range(8), posts)))
    assert placed.status == "optimal"
    require_sound(apart, weight, radius, placed, posts=posts, objective=placed.objective, backup_weight=share)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_fewest_posts_and_their_radius_are_what_trying_all_finds(seed):
    apart, weight, radius, _ = drawn(seed, demands=8)
    placed = least_posts(reach_of_matrix(apart, radius_m=radius))
    numbers = [p for p in range(1, 9) for one in combinations(range(8), p) if (apart[:, one] <= radius).any(1).all()]
    if not numbers:
        assert placed.status == "infeasible"
        any_number = smallest_radius(apart)
        assert any_number.radius_m == apart.min(axis=1).max()
        assert least_posts(reach_of_matrix(apart, radius_m=any_number.radius_m)).is_feasible
        return
    assert placed.objective == placed.bound == min(numbers)
    require_sound(apart, weight, radius, placed, must_cover_all=True)
    posts = max(1, int(placed.objective) - 1)
    found = smallest_radius(apart, posts=posts)
    assert found.is_proven
    assert found.radius_m == min(apart[:, one].min(axis=1).max() for one in combinations(range(8), posts))
    assert all(apart[i, found.posts].min() == found.radius_m for i in found.binding)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 3))
def test_least_distance_is_what_trying_all_finds(seed, posts):
    apart, weight, _, _ = drawn(seed, demands=9, sites=6)
    placed = least_distance(apart, weight, posts=posts)
    best = min(float(weight @ apart[:, one].min(axis=1)) for one in combinations(range(6), posts))
    assert placed.objective == pytest.approx(best)
    assert placed.status == "optimal"
    assert len(placed.posts) == posts


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 4), st.sampled_from([0.0, 0.3, 0.6]))
def test_expected_cover_is_what_trying_all_finds(seed, units, busy):
    from itertools import combinations_with_replacement

    apart, weight, radius, _ = drawn(seed, sites=5)
    reach = reach_of_matrix(apart, radius_m=radius)
    placed = most_expected_cover(reach, weight, units=units, busy_share=busy)
    best = max(
        float(weight @ (1 - busy ** reach.cover(one).astype(float)))
        for one in combinations_with_replacement(range(5), units)
    )
    assert placed.objective == pytest.approx(best)
    assert len(placed.posts) == units


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 3))
def test_capacities_are_kept_and_never_help(seed, posts):
    apart, weight, radius, rng = drawn(seed)
    reach, room = reach_of_matrix(apart, radius_m=radius), rng.integers(1, 30, 8).astype(float)
    placed = most_served(reach, weight, posts=posts, sites=site_rules(8, capacity=room))
    served = list(zip(*(part.tolist() for part in placed.served), strict=True))
    require_sound(
        apart, weight, radius, placed, posts=posts, capacity=room.tolist(), served=served, objective=placed.objective
    )
    free = most_cover(reach, weight, posts=posts).objective
    assert placed.objective <= free + 1e-6
    wide = most_served(reach, weight, posts=posts, sites=site_rules(8, capacity=np.full(8, weight.sum())))
    assert wide.objective == pytest.approx(free)


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_more_posts_and_a_larger_radius_never_cover_less(seed):
    apart, weight, radius, _ = drawn(seed, demands=40, sites=12)

    def cover(posts, reach_m):
        return most_cover(reach_of_matrix(apart, radius_m=reach_m), weight, posts=posts).objective

    by_posts = [cover(posts, radius) for posts in (1, 2, 4, 12)]
    assert by_posts == sorted(by_posts)
    by_radius = [cover(2, radius * factor) for factor in (0.5, 1, 1.5)]
    assert by_radius == sorted(by_radius)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_order_of_the_input_changes_nothing(seed):
    apart, weight, radius, rng = drawn(seed, demands=40, sites=12)
    rows, columns = rng.permutation(40), rng.permutation(12)
    one = most_cover(reach_of_matrix(apart, radius_m=radius), weight, posts=3)
    other = most_cover(reach_of_matrix(apart[rows][:, columns], radius_m=radius), weight[rows], posts=3)
    assert one.objective == other.objective


def test_exactly_the_radius_away_is_covered():
    demand, site = [[0.0, 0.0], [480.0, 640.0], [800.0, 0.0]], [[0.0, 0.0]]
    assert reach_of_points(demand, site, radius_m=800).demand.tolist() == [0, 1, 2]
    assert reach_of_points(demand, site, radius_m=np.nextafter(800, 0)).demand.tolist() == [0]


def test_a_tree_and_a_full_table_find_the_same_pairs(monkeypatch):
    rng = np.random.default_rng(4)
    demand, site = rng.integers(0, 60, (300, 2)) * 1.0, rng.integers(0, 60, (80, 2)) * 1.0
    full = reach_of_points(demand, site, radius_m=13)
    monkeypatch.setattr("geo.crowd.posts.reach.DENSE_PAIRS", 0)
    tree = reach_of_points(demand, site, radius_m=13)
    assert (full.demand == tree.demand).all()
    assert (full.site == tree.site).all()
    assert (full.distance_m == tree.distance_m).all()


def test_alternatives_are_in_order_and_differ():
    apart, weight, radius, _ = drawn(3, demands=60, sites=12)
    reach = reach_of_matrix(apart, radius_m=radius)
    best = most_cover(reach, weight, posts=3)
    found = near_best(reach, weight, best, plans=4, most_lost=1.0)
    ranked = sorted((covered(apart, weight, radius, one) for one in combinations(range(12), 3)), reverse=True)
    assert found.cover.tolist() == ranked[:5]
    assert len({tuple(plan) for plan in found.plans}) == 5
    assert set(found.in_all) == set.intersection(*(set(plan) for plan in found.plans))
    for site, lost in zip(best.posts, found.lost_if_barred, strict=True):
        others = [one for one in combinations(range(12), 3) if site not in one]
        assert lost == ranked[0] - max(covered(apart, weight, radius, one) for one in others)
    apart_by_two = near_best(reach, weight, best, plans=3, differ_by=2, most_lost=1.0)
    assert all(len(set(a) - set(b)) >= 2 for a, b in combinations(apart_by_two.plans, 2))


def test_a_wall_of_three_kilometres():
    """By hand: 3,000 / (2 x 287.7) = 5.2 posts, and 3,000 / (2 x 157.2) = 9.5 at 2 people a m²."""
    for density, posts in ((0.0, 6), (2.0, 10)):
        radius = float(response_radius_m([density])[0])
        assert np.ceil(3000 / (2 * radius)) == posts
        placed = posts_along([[0, 0], [2000, 0], [2000, 1000]], every_m=10, radius_m=radius)
        assert placed.placement.objective == posts
        assert placed.placement.status == "optimal"


def test_a_dense_stretch_needs_posts_closer_together():
    radius = response_radius_m([0.0, 2.0])
    mixed = posts_along([[0, 0], [3000, 0]], every_m=10, radius_m=radius, stretches_m=[[0, 1500], [1500, 3000]])
    at = mixed.post_m
    assert 6 < len(at) < 10
    assert (at > 1500).sum() > (at < 1500).sum()
    two = posts_along(
        [[0, 0], [3000, 0]], every_m=10, radius_m=100, posts=2, stretches_m=[[0, 200], [2800, 3000]], people=[900, 100]
    )
    assert two.placement.objective == pytest.approx(1000)


def test_too_few_posts_for_full_cover_say_how_many():
    reach = reach_of_matrix(np.where(np.eye(4) > 0, 0.0, 9.0), radius_m=1)
    placed = full_cover_with_backup(reach, [1, 1, 1, 1], posts=3)
    assert placed.status == "infeasible"
    assert [str(one) for one in placed.advice] == ["4 posts can"]


def test_capacity_that_falls_short_is_told():
    reach = reach_of_matrix([[0.0], [0.0]], radius_m=1)
    placed = least_posts_serving(reach, [30, 30], sites=site_rules(1, capacity=[50]))
    assert placed.status == "infeasible"
    assert str(placed.reasons[0]) == "at most 50 of 60 can be served"


@pytest.mark.parametrize(
    ("posts", "rules", "words"),
    [
        (0, site_rules(3), "at least one post"),
        (4, site_rules(3), "at most as many posts as sites"),
        (1, site_rules(3, fixed=[True, True, False]), "no fewer than the fixed ones"),
        (3, site_rules(3, barred=[True, False, False]), "2 sites that are not forbidden"),
    ],
)
def test_impossible_numbers_are_refused(posts, rules, words):
    with pytest.raises(SchemaError, match=words):
        most_cover(reach_of_matrix(np.zeros((2, 3)), radius_m=1), [1, 1], posts=posts, sites=rules)


def test_a_site_both_fixed_and_forbidden_is_refused():
    with pytest.raises(SchemaError, match="rows 2"):
        site_rules(2, fixed=[False, True], barred=[False, True])


def test_the_checker_finds_each_fault():
    apart = np.array([[3.0, 9.0], [8.0, 2.0]])

    def faults(**more):
        return check_placement(
            distance_m=lambda i, j: float(apart[i, j]), radius_m=[5, 5], weight=[10, 20], **{"chosen": [0], **more}
        ).faults

    assert faults() == ()
    assert faults(posts=2)
    assert faults(fixed=[1])
    assert faults(barred=[0])
    assert faults(objective=30.0)
    assert faults(must_cover_all=True)
    assert faults(chosen=[0, 0])
    assert faults(capacity=[5, 5], served=[(0, 0, 9.0)], objective=9.0) == ("site 0 serves 9 of 5",)
    assert faults(capacity=[50, 5], served=[(1, 0, 9.0)])[0] == "site 0 serves demand point 1 beyond the radius"
    assert faults(capacity=[50, 50], served=[(0, 0, 11.0)]) == ("demand point 0 is served 11 of 10",)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_roles_together_are_what_trying_all_finds(seed):
    apart, weight, radius, rng = drawn(seed, sites=5)
    other = rng.permutation(weight)
    near, far = reach_of_matrix(apart, radius_m=radius), reach_of_matrix(apart, radius_m=radius * 1.5)
    roles = [Role("medic", near, weight, 2), Role("guard", far, other, 1, importance=0.5)]
    placed = place_roles(roles, room=np.ones(5))
    best = max(
        covered(apart, weight, radius, two) + 0.5 * covered(apart, other, radius * 1.5, one)
        for two in combinations(range(5), 2)
        for one in combinations(sorted(set(range(5)) - set(two)), 1)
    )
    assert placed["medic"].objective + 0.5 * placed["guard"].objective == pytest.approx(best)
    assert not set(placed["medic"].posts) & set(placed["guard"].posts)


def test_roles_without_room_say_so():
    reach = reach_of_matrix(np.zeros((1, 2)), radius_m=1)
    placed = place_roles([Role("medic", reach, [1], 2), Role("guard", reach, [1], 1)], room=[1, 1])
    assert {one.status for one in placed.values()} == {"infeasible"}
    assert str(placed["medic"].reasons[0]) == "the sites have too little room for all roles"
