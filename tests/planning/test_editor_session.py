"""The session of a planner: acts as the page sends them, what they refuse, what is shown, saved and taken away."""

import json
import threading
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.acts import Sessions
from data.planning.editor.bench import Bench, to_drawn, zone_keys
from data.planning.editor.session import EditSession
from data.planning.editor.shown import change_of_hands, map_plan, plan_report, write_plan, zone_table
from data.planning.run import effort_for
from data.settings import DEFAULTS
from geo.crs.metric import choose_metric_crs
from geo.planning.editing.proof import draft_faults
from tests.planning.editing_ground import draw_cells

PLACE = choose_metric_crs((120.6, 30.5, 120.7, 30.6))


def bench(seed=3, count=40):
    """Ground drawn somewhere in Haining: metres of the place's own CRS, so that lines come in as degrees."""
    from dataclasses import replace

    ground = draw_cells(np.random.default_rng(seed), count)
    x0, y0 = gpd.GeoSeries.from_xy([120.65], [30.55], crs=4326).to_crs(PLACE.crs).iloc[0].coords[0]
    moved = shapely.transform(ground.shapes, lambda xy: xy + np.array([x0, y0]))
    homes = replace(ground.homes, x_m=ground.homes.x_m + x0, y_m=ground.homes.y_m + y0)
    ground = replace(ground, shapes=np.asarray(moved, dtype=object), homes=homes, area_m2=shapely.area(moved),
                     perimeter_m=shapely.length(moved))  # fmt: skip
    kept = SimpleNamespace(crs=PLACE.crs, edition=1)
    people = {"v0z0": 2, ground.units.ids[0]: 1}
    names = {name: f"Grid {name}" for name in ground.units.zones} | {"v0": "East", "v1": "West"}
    return Bench("grid", "micro_grid", "v", kept, ground, names, people, True)


def degrees(place, x, y):
    x0, y0 = gpd.GeoSeries.from_xy([120.65], [30.55], crs=4326).to_crs(PLACE.crs).iloc[0].coords[0]
    points = gpd.GeoSeries.from_xy([x0 + one for one in x], [y0 + one for one in y], crs=place.store_ground.crs)
    return [[p.x, p.y] for p in points.to_crs("EPSG:4326")]


def test_acts_are_done_once_in_their_order_however_often_they_are_sent():
    session = EditSession(bench())
    unit = str(session.draft.ground.units.ids[0])
    zone = int(next(z for z in session.draft.zones if z != session.draft.zone[0]
                    and session.draft.numbers[z].parent == session.draft.ground.units.parent[0]))  # fmt: skip
    acts = [{"seq": 2, "verb": "give", "units": [unit]}, {"seq": 1, "verb": "pick", "zone": zone}]
    assert session.take_acts(acts)
    assert session.draft.zone[0] == zone
    assert not session.take_acts(acts)
    assert len(session.history.steps) == 2
    assert session.take_acts([*acts, {"seq": 3, "verb": "undo"}])
    assert not session.history.can_undo
    session.perform({"verb": "redo"})
    assert session.draft.zone[0] == zone


@pytest.mark.parametrize(
    ("act", "found"),
    [
        ({"verb": "fly"}, "fly"),
        ({"verb": "give", "units": ["nobody"], "zone": 0}, "nobody"),
        ({"verb": "give", "units": ["u000"]}, "none chosen"),
        ({"verb": "split", "line": [[120.65, 30.55]]}, "1"),
        ({"verb": "split", "line": [[120.65, "NaN"], [120.66, 30.55]]}, "2"),
        ({"verb": "lasso", "line": [[120.65, 30.55], [120.66, 30.55]], "zone": 0}, "2 points"),
        ({"verb": "merge", "zones": [0]}, "1"),
        ({"verb": "border", "line": [[10.0, 10.0], [10.1, 10.1]]}, "near"),
    ],
)
def test_what_is_refused_changes_nothing_and_says_why(act, found):
    session = EditSession(bench())
    before = session.draft
    session.perform(act)
    assert session.refusal is not None
    assert found in str(session.refusal)
    assert session.draft is before
    session.perform({"verb": "pick", "zone": 0})
    assert session.refusal is None


def test_lines_in_degrees_split_circle_and_move_borders():
    place = bench()
    session = EditSession(place)
    zones = len(session.draft.zones)
    session.perform({"verb": "split", "line": degrees(place, [120, 130], [-50, 320]), "cuts": True})
    assert session.refusal is None
    assert len(session.draft.zones) == zones + 1
    session.perform({"verb": "pick", "zone": 1})
    session.perform({"verb": "lasso", "line": degrees(place, [0, 300, 300, 0], [250, 250, 420, 420])})
    assert session.refusal is None
    session.perform({"verb": "border", "line": degrees(place, [-50, 550], [450, 430]), "cuts": True})
    assert session.refusal is None
    assert draft_faults(session.draft, place.ground) == []
    shown = map_plan(session)
    assert set(shown["pieces"]["ids"]) == {str(one) for one in session.draft.ground.units.ids if "/" in str(one)}
    assert {one.split("/")[0] for one in shown["pieces"]["ids"]} == set(shown["cut"])
    json.dumps(shown)


def test_neighbouring_zones_have_different_colours_and_keep_them():
    session = EditSession(bench())
    first = dict(session.colour(session.draft))
    one, other = session.draft.ground.touching.edges()
    zone = session.draft.zone
    assert all(first[int(a)] != first[int(b)] for a, b in zip(zone[one], zone[other], strict=True) if a != b)
    session.propose(None)
    session.take(session.proposals[0].draft, session.history.steps[0].act)
    assert (
        sum(first[z] == colour for z, colour in session.colour(session.draft).items() if z in first) >= len(first) - 2
    )


def test_the_table_has_every_household_and_the_worst_first():
    session = EditSession(bench())
    table = zone_table(session)
    assert table["size"].sum() == session.draft.ground.units.size.sum()
    assert table["excess"].is_monotonic_decreasing
    assert table["units"].sum() == session.draft.ground.count


def test_hands_changed_are_counted_by_hand():
    session = EditSession(bench())
    units = session.draft.ground.units
    target = next(z for z in session.draft.zones if z != session.draft.zone[0]
                  and session.draft.numbers[z].parent == units.parent[0])  # fmt: skip
    session.perform({"verb": "give", "units": [str(units.ids[0])], "zone": int(target)})
    told = change_of_hands(session)
    touched = {units.zones[units.current[0]], units.zones[target]}
    expected = 1 + (2 if "v0z0" in touched else 0)
    assert (told["households"], told["units"], told["zones"], told["people"]) == (int(units.size[0]), 1, 2, expected)


def test_an_automatic_plan_runs_apart_can_be_stopped_and_is_offered_not_taken():
    session = EditSession(bench(count=60))
    before = session.draft
    session.start_plan("draft", effort_for(60, DEFAULTS, has_today=True), lambda: 0.0)
    session.job.thread.join(60)
    assert session.job.is_done
    assert session.draft is before
    assert session.plans
    assert len(session.plans[0].misfits()) <= len(before.misfits())
    assert draft_faults(session.plans[0], session.bench.ground) == []
    session.take(session.plans[0], session.history.steps[0].act)
    assert session.plans == []
    session.job = None
    session.start_plan("nothing", effort_for(60, DEFAULTS, has_today=False), lambda: 0.0)
    session.job.stopped.set()
    session.job.thread.join(60)
    assert draft_faults(session.plans[0], session.bench.ground) == []


def test_what_goes_out_holds_every_unit_once(tmp_path):
    place = bench()
    session = EditSession(place)
    session.perform({"verb": "split", "line": degrees(place, [120, 130], [-50, 320]), "cuts": True})
    report = json.loads(plan_report(session))
    assert set(report["assignment"]) == {str(one) for one in session.draft.ground.units.ids}
    assert sum(one["size"] for one in report["zones"]) == session.draft.ground.units.size.sum()
    write_plan(session, tmp_path / "plan.gpkg", description="drawn")
    back = gpd.read_file(tmp_path / "plan.gpkg")
    assert back["size"].sum() == session.draft.ground.units.size.sum()
    assert back.to_crs(PLACE.crs).area.sum() == pytest.approx(session.draft.ground.area_m2.sum(), rel=1e-6)
    drawn = to_drawn(place, session.draft)
    assert drawn.zone.nunique() == len(session.draft.zones)
    assert drawn.pieces["households"].sum() == sum(
        int(place.units.size[list(place.units.ids).index(unit)]) for unit in set(drawn.pieces["cut_from"])
    )
    assert set(drawn.zone) == set(zone_keys(place, session.draft).values())


def test_sessions_are_kept_by_key_and_the_oldest_let_go():
    kept = Sessions(most=2)
    place = bench(count=20)
    first = kept.get("a", lambda: EditSession(place))
    assert kept.get("a", lambda: pytest.fail("made twice")) is first
    kept.get("b", lambda: EditSession(place))
    kept.get("c", lambda: EditSession(place))
    assert kept.get("a", lambda: EditSession(place)) is not first


def test_acts_from_several_threads_leave_one_true_state():
    session = EditSession(bench())
    zone = session.draft.zones[0]
    threads = [
        threading.Thread(target=session.take_acts, args=([{"seq": n, "verb": "pick", "zone": zone}],))
        for n in range(1, 9)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert session.seen == 8
    assert isinstance(zone_table(session), pd.DataFrame)
