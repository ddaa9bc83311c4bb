"""Questions against a real store: conserved sums, scope, caches, and plain pandas as the oracle."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.coverage import (
    Question,
    answer,
    category_counts,
    compare,
    coverage_table,
    hour_by_weekday,
    metrics,
    series,
)
from data.store import open_store, stage
from data.writer import write
from geo.errors import SchemaError, ScopeError
from tests.conftest import environment

START = datetime(2026, 5, 31, 16, tzinfo=UTC)
END = START + timedelta(days=14)
NOW = END + timedelta(days=1)
LEVELS = ("county", "town", "village", "grid")
AREAS = {  # id: level, parent, west, east on a strip 0.01° high; the dedicated grid D hangs straight under its town
    "C": ("county", None, 0, 8),
    "T1": ("town", "C", 0, 4),
    "T2": ("town", "C", 4, 8),
    "V1": ("village", "T1", 0, 2),
    "V2": ("village", "T1", 2, 4),
    "V3": ("village", "T2", 4, 6),
    "G1": ("grid", "V1", 0, 1),
    "G2": ("grid", "V1", 1, 2),
    "G3": ("grid", "V2", 2, 4),
    "G4": ("grid", "V3", 4, 6),
    "D": ("grid", "T2", 6, 8),
}
LEFT = 120.60
PLACES = [*AREAS, None]


def box_of(west, east):
    return shapely.box(LEFT + west / 100, 30.50, LEFT + east / 100, 30.51)


def area_table():
    rows = [
        {"area_id": i, "level": level, "name": f"区{i}", "parent_id": parent, "households": 100.0 * (east - west)}
        for i, (level, parent, west, east) in AREAS.items()
    ]
    return gpd.GeoDataFrame(rows, geometry=[box_of(w, e) for _, _, w, e in AREAS.values()], crs=4326)


def spots(random, ids):
    """A point in the middle of each row's area; none for rows of no area."""
    lon = [
        np.nan if i is None else LEFT + (AREAS[i][2] + random.uniform(0.2, AREAS[i][3] - AREAS[i][2] - 0.2)) / 100
        for i in ids
    ]
    return lon, [np.nan if i is None else 30.505 for i in ids]


def pick(random, count):
    return [PLACES[n] for n in random.integers(0, len(PLACES), count)]


def incident_table(random, count=400):
    ids = pick(random, count)
    at = pd.to_datetime(START) + pd.to_timedelta(random.uniform(-14 * 24, 14 * 24, count), unit="h")
    lon, lat = spots(random, ids)
    closed = at + pd.to_timedelta(np.where(random.random(count) < 0.7, random.uniform(1, 90, count), np.nan), unit="h")
    return pd.DataFrame(
        {
            "incident_id": [f"i{n:04}" for n in range(count)],
            "occurred_at": at.floor("s"),
            "category": random.choice(["噪声", "积水", "停车"], count),
            "status": np.where(closed.isna(), "accepted", "closed"),
            "reported_at": at.floor("s"),
            "arrived_at": (at + pd.Timedelta(minutes=30)).floor("s"),
            "closed_at": closed.floor("s"),
            "due_at": (at + pd.Timedelta(hours=48)).floor("s"),
            "rework_count": random.integers(0, 2, count),
            "lon": lon,
            "lat": lat,
            "area_id": ids,
            "reason": ["inside" if i else "no_location" for i in ids],
        }
    )


def visit_table(random, count=60):
    ids = pick(random, count)
    at = pd.to_datetime(START) + pd.to_timedelta(random.uniform(0, 14 * 24, count), unit="h")
    table = pd.DataFrame({"visit_id": [f"v{n}" for n in range(count)], "person_id": "p1", "started_at": at.floor("s")})
    return table.assign(area_id=ids, reason=["inside" if i else "no_location" for i in ids])


def fix_table(count=600):
    """One unit walks east along the strip, a fix a minute, through every grid and out at the end."""
    lon = LEFT + np.linspace(0.0005, 0.0835, count)
    at = pd.to_datetime(START) + pd.to_timedelta(np.arange(count), unit="min")
    grids = [i for i, (level, *_rest) in AREAS.items() if level == "grid"]
    ids = [next((g for g in grids if box_of(*AREAS[g][2:]).contains(shapely.Point(x, 30.505))), None) for x in lon]
    table = pd.DataFrame(
        {"fix_id": [f"f{n}" for n in range(count)], "unit_id": "u1", "at": at, "lon": lon, "lat": 30.505}
    )
    return table.assign(area_id=ids, reason=["inside" if i else "outside" for i in ids])


def with_untrusted(walk):
    """The walk with fixes between its own that must not count: the unit seen far away, too fast or too vaguely."""
    wrong = walk.iloc[20:200:20].assign(
        fix_id=lambda rows: "wrong" + rows["fix_id"],
        at=lambda rows: rows["at"] + pd.Timedelta(seconds=30),
        lon=LEFT + 0.079,
        area_id="G4",
        marks=["too_fast", "inaccurate,late", "future"] * 3,
    )
    walk = walk.assign(marks=["late", *[""] * (len(walk) - 1)])
    return pd.concat([walk, wrong], ignore_index=True)


def count_table():
    """Crowds at two spots in G1 and G2 at the same two hours, one in G4, one that stands in no area."""
    rows = [(0, 30, "G1"), (0, 40, "G2"), (1, 60, "G1"), (1, 5, "G2"), (2, 50, "G4"), (3, 7, None)]
    hours, values, ids = zip(*rows, strict=True)
    at = pd.to_datetime(START) + pd.to_timedelta(hours, unit="h")
    table = pd.DataFrame({"count_id": [f"c{n}" for n in range(6)], "kind": "crowd", "at": at, "value": values})
    return table.assign(
        value=table["value"].astype(float), area_id=ids, reason=["inside" if i else "no_location" for i in ids]
    )


def publish(workspace, kind, table, verb="publish_rows"):
    payload = {"table": stage(workspace, table), "source": {"file": kind}}
    payload |= {"kind": kind} if verb == "publish_rows" else {}
    return write(workspace, verb, payload, actor="administrator")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    random = np.random.default_rng(7)
    with environment(WANGGE_HOME=str(tmp_path_factory.mktemp("coverage"))):
        accounts = [
            {"account_id": "administrator", "name": "A", "role": "administrator", "area_id": None},
            {"account_id": "town", "name": "T", "role": "duty_officer", "area_id": "T1"},
        ]
        create = {"title": "小县", "levels": [(key, key) for key in LEVELS], "accounts": accounts}
        write("main", "create_workspace", create, actor="administrator")
        areas = {"table": stage("main", area_table()), "source": {"file": "areas"}}
        write("main", "publish_areas", areas, actor="administrator")
        publish("main", "incidents", incident_table(random))
        publish("main", "visits", visit_table(random))
        publish("main", "fixes", with_untrusted(fix_table()), verb="publish_fixes")
        people = pd.DataFrame(
            {"person_id": ["p1", "p2"], "name": "某", "role": ["full_time", "volunteer"], "area_id": ["G1", "G2"]}
        )
        publish("main", "people", people)
        publish("main", "counts", count_table())
        road = gpd.GeoDataFrame(
            {"road_id": ["r"]}, geometry=[shapely.LineString([(LEFT, 30.505), (LEFT + 0.08, 30.505)])], crs=4326
        )
        publish("main", "roads", road)
        yield open_store("main")


@pytest.fixture(scope="module")
def desk(store):
    return store.desk("administrator")


def question(metric="incident_count", level="grid", **more):
    return Question(metric, level, START, END, **{"now": NOW, **more})


def ancestors(area):
    return [] if area is None else [area, *ancestors(AREAS[area][1])]


def lifted(areas, level):
    return [next((a for a in ancestors(i) if AREAS[a][0] == level), None) for i in areas]


def stored(desk, kind, column):
    rows = desk.rows(kind, columns=[column, "area_id"], start=START, end=END)
    areas = [None if pd.isna(i) else i for i in rows["area_id"]]
    return rows.assign(area_id=pd.Series(areas, dtype=object))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("within", [None, "T1", "V1", "G1"])
@pytest.mark.parametrize("category", [None, "噪声", ("噪声", "停车")])
def test_counts_are_those_of_pandas_and_add_up(desk, level, within, category):
    rows = stored(desk, "incidents", "category")
    if within:
        rows = rows[[within in ancestors(i) for i in rows["area_id"]]]
    if category:
        rows = rows[rows["category"].isin([category] if isinstance(category, str) else category)]
    found = answer(desk, question(level=level, within=within, category=category))
    expected = pd.Series(lifted(rows["area_id"], level), dtype=object).value_counts()
    areas = [i for i, (key, *_rest) in AREAS.items() if key == level and (not within or within in ancestors(i))]
    assert list(found.table.index) == sorted(areas)
    assert found.table["value"].tolist() == [float(expected.get(i, 0)) for i in sorted(areas)]
    assert found.table["records"].sum() + found.unassigned == found.total == len(rows)
    assert found.overall["value"] == len(rows)


@pytest.mark.parametrize("name", metrics())
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("account", ["administrator", "town"])
def test_areas_and_unassigned_are_the_total_for_every_metric(store, name, level, account):
    desk = store.desk(account)
    if level not in desk.hierarchy().level_order or not desk.hierarchy().members(level):
        return
    found = answer(desk, question(name, level))
    assert list(found.table.index) == list(desk.areas(level).index)
    assert found.table["records"].sum() + found.unassigned == found.total
    if metrics()[name].additive:
        rest = np.nan_to_num(found.unassigned_value)
        assert found.table["value"].sum() + rest == pytest.approx(found.overall["value"])


def test_a_person_of_one_town_counts_that_town_only(store):
    town, county = store.desk("town"), store.desk("administrator")
    mine, all_of_it = answer(town, question(level="village")), answer(county, question(level="village"))
    assert list(mine.table.index) == ["V1", "V2"]
    assert mine.table["value"].tolist() == all_of_it.table.loc[["V1", "V2"], "value"].tolist()
    assert mine.total == answer(county, question(level="town")).table.loc["T1", "records"]
    with pytest.raises(ScopeError):
        answer(town, question(within="T2"))


def test_no_data_is_not_zero(desk):
    before = answer(
        desk, Question("incident_count", "grid", START - timedelta(days=90), START - timedelta(days=60), now=NOW)
    )
    assert before.table["value"].isna().all()
    assert before.total == 0
    none = answer(desk, question(category="no such category"))
    assert none.table["value"].tolist() == [0.0] * 5
    assert none.overall["value"] == 0


def test_a_count_is_a_fact_and_a_rate_of_few_is_unsure(desk):
    few = {"category": "no such category"}
    for name, spec in metrics().items():
        found = answer(desk, question(name, **few))
        if spec.additive or not spec.is_estimate:
            assert not found.is_unsure.any(), name
    one_day = {"end": START + timedelta(days=1)}
    shares = answer(desk, replace(question("open_share"), **one_day))
    assert shares.is_unsure[shares.table["records"].between(1, 4)].all()
    assert shares.is_unsure.any()
    assert not answer(desk, replace(question("incident_count"), **one_day)).is_unsure.any()


def test_patrol_of_one_walk(desk):
    found = answer(desk, question("patrol_minutes"))
    assert found.overall["value"] == 599
    assert found.table["value"].sum() + found.unassigned_value == 599
    assert (found.table["value"] > 0).all()
    own = fix_table()["area_id"].value_counts()
    assert found.table["value"].to_dict() == own[found.table.index].to_dict(), "wrong fixes give no minutes"
    swept = answer(desk, question("swept_road_share"))
    assert swept.table["value"].tolist() == pytest.approx([100, 97.6, 100, 100, 100], abs=0.3)  # it starts 48 m along
    length = answer(desk, question("swept_road_length", "county"))
    assert length.table["value"].iloc[0] == pytest.approx(7.66, abs=0.02)  # 0.08° at 30.5° north, less 23 m
    narrow = answer(desk, question("swept_road_length", "grid", within="T1"))
    assert narrow.table["value"].sum() == pytest.approx(
        answer(desk, question("swept_road_length", "town")).table.loc["T1", "value"]
    )


def test_the_highest_count_adds_spots_at_one_moment(desk):
    grids = answer(desk, question("peak_count")).table["value"]
    assert grids.dropna().to_dict() == {"G1": 60, "G2": 40, "G4": 50}
    towns = answer(desk, question("peak_count", "town"))
    assert towns.table["value"].to_dict() == {"T1": 70, "T2": 50}
    assert (towns.unassigned_value, towns.overall["value"]) == (7, 70)
    assert (towns.unassigned, towns.total) == (1, 6)


def test_rates_use_sizes_and_households_of_the_area(desk):
    count = answer(desk, question(level="town")).table["value"]
    per_home = answer(desk, question("incidents_per_1000_households", "town")).table["value"]
    assert per_home.tolist() == pytest.approx((count / 0.4).tolist())
    density = answer(desk, question("incident_density", "town")).table["value"]
    assert density.tolist() == pytest.approx((count / (3.84 * 1.109)).tolist(), rel=0.01)


def test_equal_questions_are_answered_once_and_threads_agree(desk):
    asked = [question(name, level) for name in ("open_share", "patrol_minutes", "visit_count") for level in LEVELS] * 4
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: answer(desk, one), asked))
    assert all(one is found[n % 12] for n, one in enumerate(found))
    assert answer(desk, question(category="噪声")) is answer(desk, question(category=("噪声",)))
    assert answer(desk, question("open_share")) is not answer(desk, question("closure_rate"))


def test_a_new_edition_is_a_new_answer(store, desk):
    before = answer(desk, question(level="county"))
    extra = incident_table(np.random.default_rng(8), 3).assign(occurred_at=pd.Timestamp(START), area_id="G1")
    publish("main", "incidents", extra.assign(incident_id=["x1", "x2", "x3"]))
    after = answer(store.desk("administrator"), question(level="county"))
    write(
        "main",
        "undo_import",
        {"import_id": store.desk("administrator").sources()["import_id"].iloc[0]},
        actor="administrator",
    )
    assert after.total == before.total + 3
    assert after.edition > before.edition
    assert answer(desk, question(level="county")).total == before.total


def test_the_sheet_shows_areas_then_unassigned_then_total(desk):
    told = []
    sheet = coverage_table(
        desk, level="village", start=START, end=END, metrics=["incident_count", "open_share"], now=NOW,
        progress=lambda share, text: told.append((share, text)),
    )  # fmt: skip
    assert list(sheet.columns) == ["row", "area_id", "name", "incident_count", "open_share"]
    assert sheet["row"].tolist() == ["area", "area", "area", "unassigned", "total"]
    assert sheet["area_id"].tolist() == ["V1", "V2", "V3", None, None]
    assert (
        sheet["incident_count"].iloc[:-1].sum()
        == sheet["incident_count"].iloc[-1]
        == desk.total("incidents", start=START, end=END)
    )
    assert told == [(0.5, "incident_count"), (1.0, "open_share")]
    assert len(coverage_table(desk, level="town", start=START, end=END, now=NOW).columns) == 3 + len(metrics())


def test_over_time_and_by_category(desk):
    asked, total = question(level="town"), desk.total("incidents", start=START, end=END)
    days = series(desk, asked)
    assert len(days) == 14
    assert days["value"].sum() == series(desk, asked, by="week")["value"].sum() == total
    assert str(days["at"].iloc[0]) == "2026-06-01 00:00:00+08:00"
    assert hour_by_weekday(desk, asked).to_numpy().sum() == total
    kinds = category_counts(desk, asked)
    assert kinds["records"].sum() == total
    assert kinds["records"].is_monotonic_decreasing
    one = category_counts(desk, replace(asked, category="噪声", within="T1"))
    assert one["category"].tolist() == ["噪声"]
    assert series(desk, question("patrol_minutes"))["value"].sum() == 599
    assert series(desk, question("visit_count"))["value"].sum() == 60


def test_two_periods_side_by_side(desk):
    found = compare(desk, question(level="town"), start=START - timedelta(days=14), end=START)
    assert (found.table["now"] - found.table["before"]).equals(found.table["difference"])
    assert found.before.total + found.now.total == desk.total("incidents")


def test_all_faults_of_a_question_at_once(desk):
    wrong = Question("beauty", "hamlet", END, START, boundaries="tomorrow")
    with pytest.raises(SchemaError) as failure:
        answer(desk, wrong)
    assert all(word in str(failure.value) for word in ("beauty", "hamlet", "tomorrow", "before or when it starts"))
    with pytest.raises(SchemaError, match="without a zone: start, end"):
        answer(desk, Question("incident_count", "grid", datetime(2026, 1, 1), datetime(2026, 1, 2)))  # noqa: DTZ001
    with pytest.raises(SchemaError, match="beauty"):
        coverage_table(desk, level="town", start=START, end=END, metrics=["beauty"])


@pytest.mark.slow
def test_the_demonstration_county_adds_up_on_every_level(demo_home):
    with environment(WANGGE_HOME=str(demo_home)):
        desk = open_store("main").desk("administrator")
        rows = desk.rows("incidents", columns=["occurred_at"])["occurred_at"]
        start, end = rows.min().to_pydatetime(), (rows.max() + pd.Timedelta(seconds=1)).to_pydatetime()
        for level in desk.levels():
            found = answer(desk, Question("incident_count", level.key, start, end))
            assert found.table["records"].sum() + found.unassigned == found.total == desk.total("incidents")
