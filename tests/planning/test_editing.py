"""Editing by hand: the plan stays an exact partition with true numbers, whatever is done to it in whatever order."""

import itertools

import numpy as np
import pytest
import shapely

from geo.errors import PlanError, say
from geo.planning.drawn import draw_ground
from geo.planning.editing import acts
from geo.planning.editing.draft import count_zones, open_draft, rezone
from geo.planning.editing.history import KEPT, begin
from geo.planning.editing.proof import draft_faults
from geo.planning.editing.rebalance import rebalance
from geo.planning.graph import label_parts
from geo.planning.measures.compactness import polsby_popper
from geo.planning.solve.search import QUICK
from geo.planning.units import Band
from tests.planning.editing_ground import act_by_chance, draw_cells, draw_line


def wander(seed, steps, *, river, checks_every=1):
    rng = np.random.default_rng(seed)
    ground = draw_cells(rng, 48, river=river)
    history, done = begin(open_draft(ground)), set()
    for step in range(steps):
        before = history.draft
        history, what = act_by_chance(history, rng)
        done.add(what)
        if what == "refused":
            assert history.draft is before, "an act that is refused changes nothing"
        if step % checks_every == 0 or step == steps - 1:
            assert [str(one) for one in draft_faults(history.draft, ground)] == [], (seed, step, what)
    return done


@pytest.mark.parametrize(("seed", "river"), [(1, False), (2, True)])
def test_whatever_is_done_the_plan_stays_an_exact_partition(seed, river):
    done = wander(seed, 60, river=river)
    assert {"undo", "redo", "act 2", "act 3", "act 5"} <= done


@pytest.mark.prove
@pytest.mark.parametrize("river", [False, True])
def test_a_thousand_edits_undos_and_rebalances(proof, river):
    seeds, steps = range(100, 103), 1000
    done = set().union(*(wander(seed, steps, river=river) for seed in seeds))
    assert {"undo", "redo", "act 9"} <= done
    proof.note(
        f"{len(seeds)} runs of {steps:,} random edits, undos and rebalances{', with a river' if river else ''}",
        "after each act an exact partition, whole where it says so, every number as in a recount",
        f"0 faults in {len(seeds) * steps:,} recounts",
    )


def test_undo_gives_the_very_draft_before_and_redo_the_one_after():
    rng = np.random.default_rng(4)
    history = begin(open_draft(draw_cells(rng, 30)))
    for _ in range(30):
        before = history.draft
        after, what = act_by_chance(history, rng)
        if what.startswith("act") and after.draft is not before:
            assert after.undo().draft is before
            assert after.undo().redo().draft is after.draft
        history = after


def test_the_oldest_steps_are_let_go():
    history = begin(open_draft(draw_ground("ab", "ab", today="xyxy", band=Band(1, 4))))
    for turn in range(KEPT + 5):
        history = history.take(acts.move_units(history.draft, np.array([0]), (turn + 1) % 2), say("an act"))
    assert len(history.steps) == KEPT
    assert history.can_undo


def test_numbers_of_zones_left_alone_are_not_counted_again():
    draft = open_draft(draw_ground("aabbcc", today="xxyyzz"))
    after = acts.move_units(draft, np.array([2]), 0)
    assert after.numbers[2] is draft.numbers[2]
    assert after.numbers == count_zones(draft.ground, after.zone, np.unique(after.zone))
    assert (after.numbers[0].came, after.numbers[1].gone, after.size_moved) == (1, 1, 1)


def test_compactness_is_that_of_the_shape():
    rng = np.random.default_rng(8)
    draft = open_draft(draw_cells(rng, 40))
    shapes = np.array([acts.zone_shape(draft, zone) for zone in draft.zones], dtype=object)
    told = [draft.numbers[zone].compactness for zone in draft.zones]
    assert told == pytest.approx(polsby_popper(shapes).tolist(), rel=1e-9)


def test_stacked_units_share_their_ground():
    """Two floors on one footprint beside a house: 2 units, 100 m² and 40 m of outline; both floors together too."""
    square, house = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    from geo.planning.editing.ground import build_ground

    units = draw_ground("aab", today="xxy").units
    ground = build_ground(units, np.array([square, square, house]))
    draft = open_draft(ground)
    assert (draft.numbers[0].area_m2, draft.numbers[0].perimeter_m) == (100.0, 40.0)
    together = acts.merge_zones(draft, [0, 1])
    assert (together.numbers[0].area_m2, together.numbers[0].perimeter_m) == (200.0, 60.0)
    with pytest.raises(PlanError, match="stacked"):
        acts.split_zone(together, 0, shapely.LineString([(4, -1), (4, 11)]), cuts_units=True)


@pytest.mark.parametrize(
    ("options", "rows", "zone", "found"),
    [
        ({"parents": "ppq"}, [1], 1, "units of p and q"),
        ({"kinds": "ttr"}, [1], 1, "units of r and t"),
        ({"locked": "010"}, [1], 1, "locked: u1"),
        ({}, [1], 7, "found: 7"),
        ({}, [], 1, "found: none"),
    ],
)
def test_what_would_break_the_plan_is_refused(options, rows, zone, found):
    draft = open_draft(draw_ground("aab", today="xxy", **options))
    with pytest.raises(PlanError, match=found):
        acts.move_units(draft, np.array(rows, dtype=np.int64), zone)


def test_zones_apart_or_across_a_river_do_not_merge():
    draft = open_draft(draw_ground("abc", today="xyz"))
    with pytest.raises(PlanError, match="border on each other"):
        acts.merge_zones(draft, [0, 2])
    with pytest.raises(PlanError, match="two zones"):
        acts.merge_zones(draft, [0])


def test_units_without_a_zone_today_open_one_for_each_part():
    ground = draw_ground("a.b", "a.b", today="xyxy", band=Band(1, 9))
    from dataclasses import replace

    lost = replace(ground, units=replace(ground.units, current=np.array([0, -1, 0, -1])))
    draft = open_draft(lost)
    assert draft.zone.tolist() == [0, 2, 0, 2]
    assert draft.size_moved == 0


def test_a_split_follows_the_line_and_the_smaller_side_is_new():
    draft = open_draft(draw_ground("aaaa", "aaaa", today="xxxxxxxx", side_m=10.0, band=Band(1, 9)))
    after = acts.split_zone(draft, 0, shapely.LineString([(12, -5), (11, 25)]))
    assert after.zone.tolist() == [1, 0, 0, 0, 1, 0, 0, 0]
    inside = acts.split_zone(draft, 0, shapely.LineString([(31, 9), (31, 11)]))
    assert inside.zone.tolist() == [0, 0, 0, 1, 0, 0, 0, 1], "a line that ends inside is drawn on to the border"
    with pytest.raises(PlanError, match="parts the zone"):
        acts.split_zone(draft, 0, shapely.LineString([(-9, -5), (-9, 25)]))


def test_a_cut_counts_households_from_the_buildings():
    """Of 10 households, 7 live in the building left of the line, though it takes 40 % of the ground only."""
    from dataclasses import replace

    from geo.planning.editing.ground import Homes

    ground = draw_ground("ab", today="xx", side_m=10.0, sizes=[10, 6], band=Band(1, 99))
    homes = Homes(np.array([2.0, 8.0]), np.array([5.0, 5.0]), np.array([7, 3]), np.array([0, 0]))
    draft = open_draft(replace(ground, homes=homes))
    line = shapely.LineString([(4, -1), (4, 11)])
    after = acts.split_zone(draft, 0, line, cuts_units=True)
    told = dict(zip(after.ground.units.ids, after.ground.units.size, strict=True))
    assert told == {"u0/1": 3, "u1": 6, "u0/2": 7}
    assert after.numbers[0].size == 9
    assert after.ground.origin.tolist() == ["u0", "u1", "u0"]
    assert draft_faults(after, ground) == []
    assert acts.split_zone(draft, 0, line).zone.tolist() == [0, 1], "uncut, the unit goes with most of its households"


def test_pieces_of_a_cut_unit_can_be_cut_again_and_have_names_of_their_own():
    draft = open_draft(draw_ground("a", today="x", side_m=10.0, sizes=[100], band=Band(1, 200)))
    ground = draft.ground
    for at in (3.0, 6.0, 8.0):
        zone = max(draft.zones, key=lambda one: draft.numbers[one].size)
        draft = acts.split_zone(draft, zone, shapely.LineString([(at, -1), (at, 11)]), cuts_units=True)
    assert sorted(draft.ground.units.ids) == ["u0/1", "u0/2", "u0/3", "u0/4"]
    assert draft.ground.units.size.sum() == 100
    assert draft_faults(draft, ground) == []


def test_a_border_moves_for_both_sides_at_once():
    draft = open_draft(draw_ground("aaabbb", "aaabbb", today="xxxyyyxxxyyy", side_m=10.0, band=Band(1, 12)))
    whole, pair = acts.move_border(draft, shapely.LineString([(41, -1), (39, 21)]))
    assert pair == (0, 1)
    assert whole.zone.tolist() == [0, 0, 0, 0, 1, 1] * 2
    bump, _ = acts.move_border(draft, shapely.LineString([(29, 11), (21, 12), (21, 19), (29, 21)]))
    assert bump.zone.tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1], "the ground between line and border only"
    back, _ = acts.move_border(whole, shapely.LineString([(30, -1), (30, 21)]), zones=(0, 1))
    assert back.zone.tolist() == draft.zone.tolist()
    with pytest.raises(PlanError, match="other side"):
        acts.move_border(draft, shapely.LineString([(30.5, -1), (30.5, 21)]))


@pytest.mark.parametrize("off_m", [0.01, 0.05, 0.5])
def test_a_line_along_a_border_does_not_take_each_side_for_the_other(off_m):
    """Drawn along a river that is the border already, a hair to this side and that: nobody changes hands."""
    draft = open_draft(draw_ground("aaabbb", today="xxxyyy", side_m=10.0))
    east, west = 30 + off_m, 30 - off_m
    with pytest.raises(PlanError, match="other side"):
        acts.move_border(draft, shapely.LineString([(east, -1), (west, 3), (east, 6), (west, 11)]))


def fewest_moved(draft, zones):
    """Brute force over every way to share the units out to the zones there are: in band, in one piece."""
    units, best = draft.ground.units, None
    for chosen in itertools.product(zones, repeat=units.count):
        zone = np.array(chosen)
        sizes = [units.size[zone == z].sum() for z in zones]
        if any(units.bands[0].excess(int(size)) for size in sizes):
            continue
        if len(np.unique(label_parts(units.graph, zone))) != len(zones):
            continue
        moved = int(units.size[zone != draft.zone].sum())
        best = moved if best is None else min(best, moved)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_rebalancing_moves_as_few_households_as_any_plan_can(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, 9).tolist()
    ground = draw_ground("aab", "aab", "abb", today="xxyxxyxyy", sizes=sizes, band=Band(sum(sizes) // 2 - 1,
                         sum(sizes) // 2 + 2))  # fmt: skip
    draft = open_draft(ground)
    found = rebalance(draft, effort=QUICK, rng=rng)
    best = fewest_moved(draft, [0, 1])
    if not draft.misfits():
        assert best == 0
        assert found == []
    else:
        assert found[0].is_repaired
        assert found[0].size_moved == best


def test_rebalancing_splits_where_moving_does_not_help_and_says_so_where_nothing_does():
    draft = open_draft(draw_ground("aaaa", today="xxxx", band=Band(1, 2)))
    best = rebalance(draft, effort=QUICK, rng=np.random.default_rng(1))[0]
    assert best.is_repaired
    assert (best.before, best.after, len(best.draft.zones), best.size_moved) == (2, 0, 2, 2)
    hopeless = open_draft(draw_ground("a", today="x", sizes=[9], band=Band(1, 2)))
    assert rebalance(hopeless, effort=QUICK, rng=np.random.default_rng(1)) == []


def test_the_same_seed_proposes_the_same():
    rng = np.random.default_rng(6)
    draft = open_draft(draw_cells(rng, 60))
    first, second = (rebalance(draft, effort=QUICK, rng=np.random.default_rng(3)) for _ in range(2))
    assert [one.draft.zone.tolist() for one in first] == [one.draft.zone.tolist() for one in second]
    assert first[0].after < first[0].before


def test_a_recount_finds_a_number_that_is_not_true():
    """The proof itself can fail: a draft whose zones were changed behind its back is found out."""
    ground = draw_cells(np.random.default_rng(2), 30)
    draft = open_draft(ground)
    forged = rezone(draft, draft.zone)
    zone = forged.zone.copy()
    zone[0] = next(z for z in draft.zones if z != zone[0] and draft.numbers[z].parent == ground.units.parent[0])
    from dataclasses import replace

    assert draft_faults(replace(forged, zone=zone), ground)


def test_no_line_leaves_a_sliver_or_loses_a_unit():
    rng = np.random.default_rng(11)
    ground = draw_cells(rng, 40, villages=1)
    for _ in range(40):
        draft = open_draft(ground)
        try:
            after = acts.split_zone(draft, int(rng.choice(draft.zones)), draw_line(rng), cuts_units=True)
        except PlanError:
            continue
        assert draft_faults(after, ground) == []
        assert (after.ground.area_m2 > 0.005 * ground.area_m2.min()).all()
