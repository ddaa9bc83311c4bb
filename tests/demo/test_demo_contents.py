"""What stands and happens in the demonstration county: totals, references, rhythm, handling, planted outbreaks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from data.demo.contents import build_contents, build_ground, plant_outbreaks, to_kind
from data.demo.contents.buildings import build_buildings
from data.demo.contents.incidents import build_incidents
from data.demo.contents.people import TEAM, build_people
from data.demo.geometry import County, build_county
from data.store.tables import KINDS

UNTIL = date(2026, 11, 22)
END = pd.Timestamp(UNTIL, tz="Asia/Shanghai")
SEED, SCALE, DAYS = 330481, 0.02, 6


def read_contents(county: County, *, days: int = DAYS, until: date = UNTIL) -> dict[str, pd.DataFrame]:
    parts: dict[str, list[pd.DataFrame]] = {}
    for kind, table in build_contents(county, seed=SEED, until=until, days=days, scale=SCALE):
        parts.setdefault(kind, []).append(table)
    return {kind: pd.concat(tables, ignore_index=True) for kind, tables in parts.items()}


@pytest.fixture(scope="module")
def county() -> County:
    return build_county(seed=SEED, scale=SCALE)


@pytest.fixture(scope="module")
def contents(county: County) -> dict[str, pd.DataFrame]:
    return read_contents(county)


@pytest.fixture(scope="module")
def busy(county: County) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Incidents and events of eight weeks, as many as the whole county has."""
    ground = build_ground(county)
    buildings = build_buildings(ground, seed=SEED)
    people = build_people(ground, seed=SEED)
    incidents, events = build_incidents(ground, buildings, people, seed=SEED, scale=1.0, until=END, days=56)
    return to_kind(incidents, "incidents"), to_kind(events, "incident_events")


def test_every_kind_is_there_and_keeps_its_contract(contents: dict[str, pd.DataFrame]) -> None:
    assert set(contents) == set(KINDS) - {"areas", "roads", "water"}
    for kind, table in contents.items():
        spec = KINDS[kind]
        assert set(table.columns) <= set(spec.columns), kind
        assert table[spec.key].is_unique, kind
        for field in spec.fields:
            if field.name not in table:
                assert field.derived, (kind, field.name)
                continue
            values = table[field.name]
            assert not (field.required and values.isna().any()), (kind, field.name)
            if field.allowed:
                assert set(values.dropna()) <= set(field.allowed), (kind, field.name)
            if field.dtype == "time":
                assert str(values.dtype) == "datetime64[us, UTC]", (kind, field.name)
            if field.low is not None:
                assert values.dropna().ge(field.low).all(), (kind, field.name)


def test_households_are_exactly_those_of_their_micro_grid(county: County, contents: dict[str, pd.DataFrame]) -> None:
    micro = county.areas[county.areas["level"] == "micro_grid"].set_index("area_id")
    for column in ("area_id", "stated_area_id"):
        held = contents["households"].groupby(column).size().reindex(micro.index).fillna(0).astype(int)
        assert (held == micro["households"]).all()
    by_building = contents["buildings"].groupby("area_id")["households"].sum().reindex(micro.index).fillna(0)
    assert (by_building == micro["households"]).all()
    held = contents["households"].groupby("building_id").size().reindex(contents["buildings"]["building_id"]).fillna(0)
    assert (held.to_numpy() == contents["buildings"]["households"].to_numpy()).all()


def test_buildings_stand_inside_their_micro_grid_and_hardly_overlap(
    county: County, contents: dict[str, pd.DataFrame]
) -> None:
    buildings = contents["buildings"]
    micro = county.areas.set_index("area_id").geometry
    shapes, ground = buildings["geometry"].to_numpy(), micro.loc[buildings["area_id"]].to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.contains(ground, shapes).all()
    assert shapely.contains_xy(shapes, buildings["lon"], buildings["lat"]).all()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert np.count_nonzero(one < other) < 0.01 * len(shapes)
    assert {len(shapely.get_coordinates(one)) for one in shapes} == {5, 7}


def test_addresses_are_unique_and_begin_with_their_building(contents: dict[str, pd.DataFrame]) -> None:
    buildings, households = contents["buildings"], contents["households"]
    assert buildings["address"].is_unique
    assert households["address"].is_unique
    base = households["building_id"].map(buildings.set_index("building_id")["address"])
    assert all(own.startswith(one) for own, one in zip(households["address"], base, strict=True))


def test_a_stairwell_of_a_tower_has_a_building_and_addresses_of_its_own(
    county: County, contents: dict[str, pd.DataFrame]
) -> None:
    micro = county.areas[county.areas["level"] == "micro_grid"]
    stacked = micro[micro["footprint_id"].duplicated(keep=False)]
    assert len(stacked)
    buildings = contents["buildings"].set_index("area_id").loc[stacked["area_id"]]
    assert buildings.index.is_unique
    assert buildings["address"].str.contains(r"\d+幢\d+单元$").all()
    assert (buildings["reason"] == "address").all()


def test_each_grid_has_its_team_and_each_person_a_stand_in(county: County, contents: dict[str, pd.DataFrame]) -> None:
    people = contents["people"].set_index("person_id")
    parent = county.areas.set_index("area_id")["parent_id"]
    level = county.areas.set_index("area_id")["level"]
    grids = level.index[level == "grid"]
    team = people[people["role"].isin(TEAM)].groupby(["area_id", "role"]).size().unstack()
    assert sorted(team.index) == sorted(grids)
    assert (team == 1).all(axis=None)
    heads = people[people["role"] == "micro_grid_head"]
    assert sorted(heads["area_id"]) == sorted(level.index[level == "micro_grid"])
    stand_in = people.loc[people["stand_in_id"]]
    assert (stand_in.index != people.index).all()
    pairs = {"full_time": "part_time", "part_time": "full_time"}
    assert [pairs.get(role, role) for role in people["role"]] == stand_in["role"].tolist()
    both = people["role"].isin(pairs)
    assert (people["area_id"].to_numpy()[both] == stand_in["area_id"].to_numpy()[both]).all()
    same_parent = people["area_id"].map(parent).to_numpy() == stand_in["area_id"].map(parent).to_numpy()
    assert same_parent[(people["role"] == "micro_grid_head").to_numpy()].all()
    assert people["phone"].str.fullmatch(r"0573-0\d{7}").all()
    assert people["phone"].is_unique


def test_every_reference_points_at_something(county: County, contents: dict[str, pd.DataFrame]) -> None:
    keys = {"area": set(county.areas["area_id"])}
    for kind, key in (
        ("person", "people"),
        ("place", "places"),
        ("household", "households"),
        ("incident", "incidents"),
    ):
        keys[kind] = set(contents[key][KINDS[key].key])
    keys["building"] = set(contents["buildings"]["building_id"])
    links = {
        "households": {"building_id": "building", "stated_area_id": "area", "area_id": "area"},
        "buildings": {"area_id": "area"},
        "people": {"area_id": "area", "stand_in_id": "person"},
        "duties": {"area_id": "area", "person_id": "person"},
        "resources": {"custodian_id": "person", "place_id": "place"},
        "visits": {"person_id": "person", "place_id": "place", "household_id": "household", "stated_area_id": "area"},
        "incidents": {"handler_id": "person", "stated_area_id": "area"},
        "incident_events": {"incident_id": "incident"},
        "fixes": {"unit_id": "person"},
        "counts": {"stated_area_id": "area"},
        "places": {"stated_area_id": "area"},
    }
    for kind, columns in links.items():
        for column, target in columns.items():
            assert set(contents[kind][column].dropna()) <= keys[target], (kind, column)
    assert set(contents["incident_events"]["actor_id"]) <= keys["person"] | {"duty"}


def test_places_of_every_kind_and_checkpoints_of_every_level(contents: dict[str, pd.DataFrame]) -> None:
    places = contents["places"]
    assert set(places["kind"]) >= {
        "governance_station", "checkpoint", "camera", "shelter", "parking", "police_post", "school", "firm",
        "viewing_point",
    }  # fmt: skip
    assert (places["kind"] == "viewing_point").sum() == 9
    assert set(places.loc[places["kind"] == "checkpoint", "level"]) == {"county", "town", "village", "household"}


def test_a_longer_history_repeats_the_shorter_one(county: County, contents: dict[str, pd.DataFrame]) -> None:
    longer = read_contents(county, days=DAYS + 9)
    for kind in ("incidents", "visits", "incident_events"):
        key = KINDS[kind].key
        kept = longer[kind][longer[kind][key].isin(contents[kind][key])].reset_index(drop=True)
        pd.testing.assert_frame_equal(kept, contents[kind])
        assert len(longer[kind]) > len(kept)
    for kind in ("buildings", "households", "people", "places", "duties", "counts", "fixes"):
        pd.testing.assert_frame_equal(longer[kind], contents[kind])


def test_the_history_ends_at_the_midnight_it_was_told(contents: dict[str, pd.DataFrame]) -> None:
    for kind, column in (("incidents", "occurred_at"), ("visits", "started_at"), ("fixes", "at"), ("counts", "at")):
        local = contents[kind][column].dt.tz_convert("Asia/Shanghai").dt.date
        assert local.max() == date(2026, 11, 21), kind
    assert (contents["incident_events"]["at"] <= END).all()
    ends = contents["duties"]["ends_at"]
    assert ends.min() < END < ends.max()


def test_incidents_have_the_rhythm_of_day_and_week(busy: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    local = busy[0]["occurred_at"].dt.tz_convert("Asia/Shanghai")
    usual = ~busy[0]["subcategory"].isin([one.outbreak.subcategory for one in _planted_names()])
    by_hour = local[usual].dt.hour.value_counts()
    assert by_hour.loc[8:17].mean() > 3 * by_hour.loc[0:5].mean()
    by_weekday = local[usual].dt.day_of_week.value_counts()
    assert by_weekday.loc[0:4].mean() > 1.1 * by_weekday.loc[5:6].mean()
    assert 330 < len(busy[0]) / 56 < 410


def _planted_names() -> tuple:
    return plant_outbreaks(build_ground(build_county(seed=SEED, scale=SCALE)), until=END)


def test_incidents_gather_in_hot_spots(busy: tuple[pd.DataFrame, pd.DataFrame], county: County) -> None:
    grids = county.areas[county.areas["level"] == "grid"]
    points = busy[0].dropna(subset=["lon"])
    at = shapely.STRtree(grids.geometry.to_numpy()).query(shapely.points(points["lon"], points["lat"]), "within")[1]
    counts = np.sort(np.bincount(at, minlength=len(grids)))[::-1]
    assert counts[: max(1, len(grids) // 5)].sum() > 0.35 * counts.sum()


def test_stages_follow_one_another_and_the_status_says_the_last(busy: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    incidents = busy[0]
    stages = ["reported", "accepted", "dispatched", "arrived", "handled", "verified", "closed"]
    times = incidents[["occurred_at", *(f"{stage}_at" for stage in stages)]]
    latest = times["occurred_at"]
    for column in times.columns:
        assert (times[column].isna() | (times[column] >= latest)).all(), column
        latest = times[column].fillna(latest)
    open_rows = incidents[incidents["closed_at"].isna()]
    assert set(open_rows["status"]) <= set(stages[:-1])
    assert set(incidents.loc[incidents["closed_at"].notna(), "status"]) == {"closed", "void"}
    for stage in stages[1:-1]:
        assert incidents.loc[incidents["status"] == stage, f"{stage}_at"].notna().all()
    assert (open_rows["due_at"] < END).sum() > 20
    late = (incidents["handled_at"] > incidents["due_at"]).mean()
    assert 0.02 < late < 0.12
    assert (incidents["due_at"] > incidents["reported_at"]).all()


def test_the_handling_history_tells_the_same_story(busy: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    incidents, events = busy
    assert events["event_id"].is_unique
    follows = (events["incident_id"] == events["incident_id"].shift()).to_numpy()
    assert (~follows).sum() == len(incidents)
    assert (events["at"] >= events["at"].shift())[follows].all()
    for stage in ("accepted", "dispatched", "arrived", "verified"):
        told = events[events["stage"] == stage].set_index("incident_id")["at"]
        kept = incidents.set_index("incident_id")[f"{stage}_at"].dropna()
        pd.testing.assert_series_equal(told.sort_index(), kept.sort_index(), check_names=False)
    handled = events[events["stage"] == "handled"].groupby("incident_id")["at"].max()
    known = incidents.set_index("incident_id")["handled_at"].dropna()
    pd.testing.assert_series_equal(handled[known.index], known, check_names=False)
    returned = set(events.loc[events["stage"] == "returned", "incident_id"])
    assert set(incidents.loc[incidents["rework_count"] > 0, "incident_id"]) == returned
    assert set(events["stage"]) >= {"void", "suspended", "resumed", "extended", "closed"}
    void = set(incidents.loc[incidents["status"] == "void", "incident_id"])
    assert void == set(events.loc[events["stage"] == "void", "incident_id"])
    assert not void & set(events.loc[events["stage"] == "closed", "incident_id"])


def test_the_join_has_every_reason_to_work_with(busy: tuple[pd.DataFrame, pd.DataFrame], county: County) -> None:
    incidents = busy[0]
    bare = incidents["lon"].isna()
    hotline = incidents["source"] == "hotline"
    assert bare[hotline].mean() > 0.6
    assert not bare[~hotline].any()
    assert (bare & incidents["address"].notna() & incidents["stated_area_id"].isna()).sum() > 100
    assert (bare & incidents["stated_area_id"].notna()).sum() > 50
    assert (bare & incidents["address"].isna() & incidents["stated_area_id"].isna()).sum() > 10
    outline = county.areas.geometry.iloc[0]
    points = incidents[~bare]
    outside = ~shapely.contains_xy(outline, points["lon"], points["lat"])
    assert 20 < outside.sum() < 0.01 * len(incidents)
    named = points[points["stated_area_id"].notna()]
    stated = county.areas.set_index("area_id").geometry.loc[named["stated_area_id"]].to_numpy()
    wrong = ~shapely.intersects_xy(stated, named["lon"], named["lat"])
    assert 0.005 < wrong.mean() < 0.05


def test_outbreaks_stand_out_where_they_were_planted(busy: tuple[pd.DataFrame, pd.DataFrame], county: County) -> None:
    incidents = busy[0]
    parents = county.areas.set_index("area_id")
    for planted in _planted_names():
        outbreak = planted.outbreak
        area = parents.loc[planted.area_id]
        assert area["level"] == outbreak.level
        alike = incidents[incidents["subcategory"] == outbreak.subcategory]
        then = alike["occurred_at"].between(planted.start, planted.end)
        assert then.sum() >= outbreak.size
        inside = shapely.contains_xy(area.geometry, alike["lon"].fillna(0), alike["lat"].fillna(0))
        assert (inside & then).sum() > 0.6 * outbreak.size
        usual_per_hour = (inside & ~then).sum() / (56 * 24 - outbreak.duration_h)
        assert (inside & then).sum() / outbreak.duration_h > 4 * usual_per_hour


def test_visits_leave_some_areas_out(contents: dict[str, pd.DataFrame]) -> None:
    visits = contents["visits"]
    assert set(visits["purpose"]) <= {"household", "rental", "firm", "hazard", "route"}
    assert (visits["ended_at"] > visits["started_at"]).all()
    assert 0.02 < visits["lon"].isna().mean() < 0.2
    assert visits["household_id"].notna().mean() > 0.4


def test_patrol_fixes_walk_instead_of_jumping(contents: dict[str, pd.DataFrame], county: County) -> None:
    fixes = contents["fixes"].sort_values(["unit_id", "at"])
    gap = fixes.groupby("unit_id")["at"].diff().dt.total_seconds()
    within = gap[gap < 3600]
    assert within.between(30, 60).all()
    good = fixes[fixes["accuracy_m"] < 50]
    outline = county.areas.geometry.iloc[0].buffer(0.002)
    assert shapely.contains_xy(outline, good["lon"], good["lat"]).mean() > 0.99
    assert 0.003 < (fixes["accuracy_m"] >= 50).mean() < 0.03
    step = np.hypot(fixes["lon"].diff() * 96_000, fixes["lat"].diff() * 111_195)[gap < 61]
    assert step.quantile(0.5) < 150
    assert fixes["at"].dt.tz_convert("Asia/Shanghai").dt.date.nunique() == 3
