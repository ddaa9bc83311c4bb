"""Streets swept, day by day: any period gives exactly what all its fixes see at once."""

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.coverage.ground import ground_of
from data.coverage.sweep import swept_metres
from data.store import open_store, stage
from data.writer import write
from geo.metrics._sweep import swept_length
from tests.conftest import environment

START = datetime(2026, 10, 22, 16, tzinfo=UTC)
HOURS = 4 * 24
LON, LAT, DEGREE_M = 120.60, 30.50, 111_000


def walks():
    """Two units for four days, a fix every four minutes, also over the midnights, with jumps, gaps and an outlier."""
    random = np.random.default_rng(11)
    parts = []
    for unit in ("u1", "u2"):
        steps = np.arange(0, HOURS * 60, 4.0)
        east = np.cumsum(random.normal(0, 60, len(steps)))
        north = np.cumsum(random.normal(0, 60, len(steps)))
        at = pd.to_datetime(START) + pd.to_timedelta(steps + (unit == "u2"), unit="min")
        table = pd.DataFrame({"at": at, "lon": LON + east / DEGREE_M, "lat": LAT + north / DEGREE_M}).assign(
            unit_id=unit
        )
        parts.append(table[random.random(len(table)) < 0.8])
    table = pd.concat(parts, ignore_index=True)
    table.loc[0, ["lon", "lat"]] = [120.69, 30.59]
    return table.assign(fix_id=[f"f{n}" for n in range(len(table))], area_id="C", reason="inside")


@pytest.fixture(scope="module", params=["Asia/Shanghai", "Europe/Berlin"])
def ground(request, tmp_path_factory):
    """A place with a net of streets; in Berlin a day of 25 hours lies in the period."""
    streets = [shapely.LineString([(120.59, LAT + n / 500), (120.61, LAT + n / 500)]) for n in range(-6, 7)]
    with environment(WANGGE_HOME=str(tmp_path_factory.mktemp("sweep"))):
        create = {"title": "小县", "levels": [("county", "county")], "time_zone": request.param}
        write("main", "create_workspace", create, actor="administrator")
        area = {"area_id": ["C"], "level": "county", "name": "县", "parent_id": None, "households": 1.0}
        areas = gpd.GeoDataFrame(area, geometry=[shapely.box(120.5, 30.4, 120.7, 30.6)], crs=4326)
        roads = gpd.GeoDataFrame({"road_id": [f"r{n}" for n in range(13)]}, geometry=streets, crs=4326)
        for verb, kind, table in (("areas", "areas", areas), ("rows", "roads", roads), ("fixes", "fixes", walks())):
            payload = {"table": stage("main", table), "source": {"file": kind}}
            payload |= {"kind": kind} if verb == "rows" else {}
            write("main", f"publish_{verb}", payload, actor="administrator")
        yield ground_of(open_store("main").desk("administrator"))


@settings(max_examples=25, deadline=None)
@given(first=st.integers(-600, HOURS * 60), minutes=st.integers(1, HOURS * 60 + 1200))
def test_any_period_is_the_sum_of_its_days(ground, first, minutes):
    start = START + timedelta(minutes=first)
    end = start + timedelta(minutes=minutes)
    fixes = ground.fixes(start, end, 300).rows
    inside = ((fixes["at"] >= start) & (fixes["at"] < end)).to_numpy(bool)
    at_once = swept_length(ground.roads(), fixes[inside], sweep_radius_m=25.0, fix_gap_s=300)[1]
    assert swept_metres(ground, start, end).tolist() == at_once.tolist()


def test_a_step_over_midnight_counts_only_inside_one_period(ground):
    days = [swept_metres(ground, START + timedelta(days=n), START + timedelta(days=n + 1)) for n in range(4)]
    whole = swept_metres(ground, START, START + timedelta(days=4))
    assert 0 < np.max(days, axis=0).sum() <= whole.sum() <= np.sum(days, axis=0).sum()
    assert swept_metres(ground, START - timedelta(days=9), START).sum() == 0
