"""The egress band: hand sums, variants, seeds, large crowds, and the command."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import geo.crowd.rules
from data.events import event_document, write_event
from data.events.report import egress_report
from geo.catalogue import discover
from geo.crowd.egress.band import egress_band, run_variants, spread, standard_variants
from geo.crowd.egress.hydraulic import DEFAULTS, EGRESS_PARAMETERS
from geo.crowd.egress.network import build_network
from geo.crowd.egress.sampling import Variant
from geo.crowd.event import Crowd, Entrance, Event, Exit, Front, Passage, Phase, Place, Route, ViewingArea
from geo.crowd.event.event import RuleValue
from geo.errors import SchemaError
from tests.conftest import ROOT, run_wangge

RULES = discover(geo.crowd.rules)
NOON = datetime(2026, 9, 28, 4, tzinfo=UTC)
SAMPLE = ROOT / "docs" / "samples" / "yanguan.json"
STILL = dict(DEFAULTS) | {"crowd_error": 0.0, "boundary_m": 0.0, "pre_movement_low_s": 0.0, "pre_movement_high_s": 0.0}


def room(people=400, widths=(1.0, 1.0, 2.0), **changes) -> Event:
    exits = tuple(Exit(exit_id=f"x{n}", area_id="A", clear_width_m=w) for n, w in enumerate(widths))
    areas = (ViewingArea(area_id="A", name="A", usable_m2=600.0),)
    phase = Phase(phase_id="p", name="p", kind="peak", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    base = Event(event_id="e", name="e", areas=areas, exits=exits, phases=(phase,),
                 crowds=(Crowd(area_id="A", phase_id="p", people=people),))  # fmt: skip
    return replace(base, **changes)


def runs_of(event, variants, people, *, runs=8, p=STILL, **more):
    network = build_network(event, rng=np.random.default_rng(1), p=p)
    return network, run_variants(network, people, variants, runs, np.random.SeedSequence(3), p=p, **more)


def test_the_defaults_are_pinned():
    """A change of a default is a change of every plan: it is made here too."""
    assert DEFAULTS == {
        "slope_m2": 0.266, "level_m_s": 1.4, "stair_m_min": 51.8, "door_flow": 1.3, "boundary_m": 0.15,
        "density_floor": 0.54, "most_dense": 2.75, "creep_m_s": 0.1, "two_way_share": 0.84, "crowd_error": 0.1,
        "pre_movement_low_s": 30.0, "pre_movement_high_s": 180.0, "walk_low_m_s": 1.0, "walk_high_m_s": 1.34,
        "exit_choice": 20.0,
    }  # fmt: skip
    assert all(one.low <= one.value <= one.high and one.source for one in EGRESS_PARAMETERS)


def test_the_band_holds_every_method_and_is_the_same_in_another_process():
    band = egress_band(room(), RULES, seed=5, runs=50, variant_runs=4)
    area = band.areas[0]
    assert {one.method for one in area.codes} == {"green_guide", "uk_open_air", "sfpe_effective_width", "sfpe_opening"}
    every = {one.method: one.seconds for one in area.codes}
    assert math.isinf(every.pop("uk_open_air")), "its exits below 1.05 m do not count, nor does the widest"
    assert area.low_s <= min(every.values())
    assert math.inf > area.high_s >= max(every.values()), "it does not decide, so it is told and ends no band"
    governed = egress_band(replace(room(), governing_rules="uk_open_air"), RULES, seed=5, runs=50, variants=[])
    assert math.isinf(governed.areas[0].high_s)
    assert area.network.p5_s <= area.network.p50_s <= area.network.p95_s
    code = (
        "import geo.crowd.rules\nfrom geo.catalogue import discover\nfrom tests.crowd.test_egress import room\n"
        "from geo.crowd.egress.band import egress_band\n"
        "b = egress_band(room(), discover(geo.crowd.rules), seed=5, runs=50, variant_runs=4)\n"
        "print(b.total, b.density.sum())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{band.total} {band.density.sum()}"
    assert egress_band(room(), RULES, seed=6, runs=50, variant_runs=4).total != band.total


def test_density_and_queues_start_with_the_crowd_and_end_with_nobody():
    band = egress_band(room(), RULES, seed=1, runs=50, variants=[])
    assert band.density[0, 0] == pytest.approx(400 / 600, rel=0.03)
    assert band.density[-1, 0] < 0.1
    assert (np.diff(band.density[:, 0]) <= 1e-12).all()
    assert {one.link for one in band.queues} == {"x0", "x1", "x2"}
    assert sum(one.p95 for one in band.queues) <= 440


def test_variants_differ_by_the_change_alone():
    people = {"A": 400}
    variants = [Variant(), Variant(name="shut", closed=("x2",)), Variant(name="wider", wider_m={"x0": 2.0})]
    _, (base, shut, wider) = runs_of(room(), variants, people)
    assert shut.passed[:, 2].sum() == 0
    assert (shut.passed.sum(axis=1) == 400).all()
    assert np.median(shut.total_s) > np.median(base.total_s) > np.median(wider.total_s)
    _, again = runs_of(room(), variants[:1], people)
    assert (again[0].total_s == base.total_s).all()


def test_emergency_exits_stay_shut_in_normal_egress():
    event = room()
    shut = replace(event, exits=(*event.exits[:2], replace(event.exits[2], is_emergency_only=True)))
    times = [egress_band(e, RULES, seed=1, runs=50, variants=[], p=STILL).total.p50_s for e in (event, shut)]
    assert times[1] > 1.3 * times[0]


def test_one_way_routes_carry_more_and_release_takes_time():
    event = room(
        exits=(Exit(exit_id="x", area_id="A", leads_to="J", kind="opening", clear_width_m=6.0),),
        places=(Place(place_id="J", kind="junction"), Place(place_id="S", kind="shelter")),
        routes=(Route(route_id="r", from_id="S", to_id="J", length_m=60.0, clear_width_m=1.5),),
    )  # fmt: skip
    variants = [Variant(), Variant(name="one_way", one_way=True), Variant(name="late", release_s={"A": 300.0})]
    network, (base, one_way, late) = runs_of(event, variants, {"A": 400})
    assert [link.name for link in network.links] == ["x", "r:in", "r:out"], "walked towards safety, drawn the other way"
    assert np.median(base.total_s) > np.median(one_way.total_s)
    assert (late.total_s >= 300).all()
    corridor = network.place("r")
    assert base.most_dense[:, corridor].max() <= DEFAULTS["most_dense"] + 1e-9


@pytest.mark.parametrize(
    ("governing", "companion", "blocks", "told"),
    [
        ("cn_reference", "green_guide", "Green Guide", {"uk_open_air", "nfpa_101"}),
        ("cn_reference", "uk_open_air", "Open air", {"green_guide", "nfpa_101"}),
        ("uk_open_air", "green_guide", "Open air", {"green_guide", "nfpa_101"}),
        ("nfpa_101", "green_guide", "Green Guide", {"uk_open_air", "nfpa_101"}),
    ],
)
def test_an_only_exit_blocks_by_the_set_that_decides_and_is_told_of_the_others(governing, companion, blocks, told):
    """The governing set decides, the companion where it is silent about exits; nobody else makes an open check."""
    chosen = {"governing_rules": governing, "companion_rules": companion}
    alone, two = (egress_report(room(widths=widths, **chosen), seed=1, runs=50) for widths in ((6.0,), (6.0, 5.0)))
    said = [one for one in alone["checks"] if one["kind"] == "no_exit_counts"]
    assert [one["ids"] for one in said] == [["A"]]
    assert blocks in said[0]["text"]
    sheet = alone["capacity"]["no_exit_counts"]
    assert {one["rules"] for one in sheet} <= told
    assert {"green_guide", "uk_open_air"} & told <= {one["rules"] for one in sheet}
    assert not [one for one in two["checks"] if one["kind"] == "no_exit_counts"]
    assert two["capacity"]["no_exit_counts"] == []


def test_areas_without_way_out_never_clear():
    band = egress_band(room(exits=()), RULES, seed=1, runs=50, variants=[], horizon_s=300.0)
    assert math.isinf(band.areas[0].network.p5_s)
    assert band.density[0, 0] > 0
    shut = egress_band(room(widths=(1.0,)), RULES, seed=1, runs=50, variants=[Variant(name="shut", closed=("x0",))])
    assert math.isinf(shut.variants[1].total_s)
    assert shut.variants[1].gain_s == -math.inf
    dead = room(exits=(Exit(exit_id="x", area_id="A", leads_to="J", clear_width_m=2.0),),
                places=(Place(place_id="J", kind="junction"),))  # fmt: skip
    report = egress_report(dead, seed=1, runs=50)
    assert {"leads_nowhere", "never_clear"} <= {one["kind"] for one in report["checks"]}
    tide = Front(name="tide", speed_low_m_s=5.0, speed_m_s=6.0, speed_high_m_s=10.0,
                 passages=(Passage(passage_id="day", at=NOON),))  # fmt: skip
    along = replace(dead, front=tide, areas=tuple(replace(one, chainage_m=0.0) for one in dead.areas))
    passing = egress_report(along, seed=1, runs=50)["front"]["passages"][0]
    assert [(one["area_id"], one["egress_s"]) for one in passing["deadlines"]] == [("A", 14_400.0)]
    assert "front" in {one["act"] for one in passing["schedule"]}, "it passes whether anybody is out or not"


def test_a_large_crowd_is_walked_in_groups_and_takes_as_long():
    event = room(people=4000, widths=(4.0, 4.0))
    event = replace(event, areas=(replace(event.areas[0], usable_m2=6000.0),))
    _, alone = runs_of(event, [Variant()], {"A": 4000})
    _, grouped = runs_of(event, [Variant()], {"A": 4000}, group=10)
    assert np.median(grouped[0].total_s) == pytest.approx(np.median(alone[0].total_s), rel=0.04)
    assert (grouped[0].passed.sum(axis=1) == 4000).all()
    huge = egress_band(room(people=3_000_000), RULES, seed=1, runs=50, variants=[], horizon_s=200.0, dt_s=20.0)
    assert math.isinf(huge.total.p50_s)


def test_fewer_runs_than_fifty_are_refused():
    with pytest.raises(SchemaError, match="50 runs"):
        egress_band(room(), RULES, seed=1, runs=49)


def test_a_run_that_did_not_end_makes_the_quantile_infinite():
    one = spread(np.array([10.0] * 58 + [math.inf, math.inf]))
    assert one.p50_s == 10.0
    assert math.isinf(one.p95_upper_s)


def test_standard_variants_of_a_plan():
    names = [one.name for one in standard_variants(room(), ())]
    assert names == ["widest_exit_shut", "one_metre_more", "one_exit_more"]
    assert standard_variants(room(widths=(1.0,)), ())[0].name == "one_metre_more"


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("egress")
    done = run_wangge("egress", SAMPLE, "--report", folder / "r.json", "--runs", "50", home=folder)
    return done, json.loads((folder / "r.json").read_text(encoding="utf-8"))


def test_the_command_reports_the_demonstration(reported):
    done, report = reported
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert set(report) == {"event", "rules", "capacity", "egress", "front", "checks", "status", "seconds"}
    assert report["event"]["is_synthetic"] is True
    assert report["capacity"]["people"] == sum(one["capacity"] for one in report["capacity"]["areas"]) == 41_000
    for area in report["capacity"]["areas"]:
        least = min(area["deciding"], key=lambda one: one["people"])
        assert (area["capacity"], area["binding"]["factor"]) == (least["people"], least["factor"])
        assert area["binding"]["clause"]
        assert {one["rules"] for one in area["by_rules"]} == set(RULES)
    assert [(one["kind"], one["ids"]) for one in report["checks"]] == [("crowd_over_capacity", ["V2"])]
    assert 120.5 < report["checks"][0]["lon"] < 120.6
    assert "占" not in report["checks"][0]["text"]
    assert "容量" in report["checks"][0]["text_zh"]


def test_the_report_animates_and_keeps_time(reported):
    _, report = reported
    density = report["egress"]["density"]
    assert len(density["minutes"]) == len(density["per_m2"]) == len(density["levels"])
    assert all(len(row) == 9 for row in density["levels"])
    assert set("".join(density["alarm_stages"])) == {"0"}, "0.5 people/m² alarm nobody"
    assert [one["name"] for one in report["egress"]["variants"]] == [
        "as_drawn", "one_way", "widest_exit_shut", "one_metre_more", "one_exit_more", "released_in_turn",
    ]  # fmt: skip
    in_turn = report["egress"]["variants"][-1]
    assert min(in_turn["release_s"].values()) == 0
    assert in_turn["gain_s"] < 0, "it takes longer"
    assert all(0 < one["densest_corridor_per_m2"] <= 2.75 for one in report["egress"]["variants"])
    assert report["egress"]["variants"][0]["gain_s"] == 0
    for one in report["egress"]["areas"]:
        assert one["low_s"] < one["network"]["p50_s"] <= one["high_s"]
        assert one["network"]["runs"] == 50
    day = report["front"]["passages"][0]
    assert all(one["clear_from"] < one["clear_by"] < one["earliest"] < one["opens"] for one in day["deadlines"])
    assert {one["act"] for one in day["schedule"]} >= {"warn", "one_way_on", "clear", "front", "release", "one_way_off"}


def test_the_command_refuses_and_writes_nothing(tmp_path):
    bad = event_document(room()) | {"exits": [{"exit_id": "x", "area_id": "Z", "clear_width_m": 0}]}
    (tmp_path / "bad.json").write_text(json.dumps(bad), encoding="utf-8")
    done = run_wangge("egress", tmp_path / "bad.json", "--report", tmp_path / "r.json", home=tmp_path)
    assert done.returncode == 2
    assert "'Z'" in done.stderr
    assert "Clear width (m) is 0" in done.stderr
    assert not (tmp_path / "r.json").exists()
    folder = run_wangge("egress", SAMPLE, "--report", tmp_path / "no" / "r.json", home=tmp_path)
    assert folder.returncode == 2


def test_a_plan_with_nothing_to_settle_ends_with_0(tmp_path):
    calm = room(
        people=100, widths=(6.0, 5.0), entrances=(Entrance(entrance_id="i", area_ids=("A",), lanes=2),),
        rule_values=(RuleValue(rules="lbt_034", parameter="space_m2", value=4.0),),
    )  # fmt: skip
    calm = replace(calm, areas=(replace(calm.areas[0], physical_factor=1.0, safety_factor=1.0),))
    write_event(calm, tmp_path / "calm.json")
    done = run_wangge("egress", tmp_path / "calm.json", "--report", tmp_path / "r.json", "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "clear"
