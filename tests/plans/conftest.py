"""A place to plan in: two villages of two grids each, six micro-grids a village, squares of a hundredth of a degree."""

from __future__ import annotations

import shutil

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.store import open_store, stage
from data.writer import write

LEVELS = [("town", "镇"), ("village", "村"), ("grid", "网格"), ("micro_grid", "微网格")]
STEP = 0.01
DAY = "2026-11-02"
PEOPLE = ("planner", "second", "viewer", "administrator")


def square(x, y, wide=1, high=1):
    return shapely.box(120 + x * STEP, 30 + y * STEP, 120 + (x + wide) * STEP, 30 + (y + high) * STEP)


def micro(village, column, row):
    """Village V1 lies in columns 0 to 2, V2 in 3 to 5; each has two rows and grids of a row (001 north, 002 south)."""
    grid = f"{village}00{2 - row}"
    return f"{grid}0{column % 3 + 1}", grid


def area_table():
    rows = [("T", "town", "东镇", None, square(0, 0, 6, 2), None)]
    for number, village in enumerate(("V1", "V2")):
        rows.append((village, "village", f"{village}村", "T", square(3 * number, 0, 3, 2), None))
        for row in (1, 0):
            grid = f"{village}00{2 - row}"
            rows.append((grid, "grid", f"{grid}网格", village, square(3 * number, row, 3, 1), 300))
            for column in range(3):
                code, _ = micro(village, column, row)
                rows.append((code, "micro_grid", code, grid, square(3 * number + column, row), 100))
    columns = ["area_id", "level", "name", "parent_id", "geometry", "households"]
    table = gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in rows], geometry="geometry", crs=4326)
    table["valid_from"] = "2025-01-01"
    table["footprint_id"] = table["area_id"]
    return table


def spots():
    """An incident in the middle of every micro-grid, a month before the day and after it."""
    rows = []
    for when in ("2026-10-02T04:00:00Z", "2026-11-10T04:00:00Z"):
        for village, first in (("V1", 0), ("V2", 3)):
            for row in (0, 1):
                for column in range(3):
                    code, _ = micro(village, column, row)
                    middle = square(first + column, row).centroid
                    rows.append((f"{when[5:7]}-{code}", pd.Timestamp(when), middle.x, middle.y, code, "inside"))
    return pd.DataFrame(rows, columns=["incident_id", "occurred_at", "lon", "lat", "area_id", "reason"])


def make_place():
    accounts = [
        {"account_id": name, "name": name.title(), "role": role, "area_id": area}
        for name, role, area in (
            ("administrator", "administrator", None),
            ("planner", "planner", None),
            ("second", "planner", None),
            ("village", "planner", "V1"),
            ("viewer", "viewer", None),
            ("worker", "grid_worker", "V1001"),
            ("head", "grid_worker", "V100103"),
        )
    ]
    create = {"title": "东镇", "levels": LEVELS, "accounts": accounts}
    write("main", "create_workspace", create, actor="administrator")
    payload = {"table": stage("main", area_table()), "source": {"import_id": "areas"}}
    write("main", "publish_areas", payload, actor="administrator")
    people = pd.DataFrame(
        {
            "person_id": ["p1", "p2", "p3"],
            "name": ["甲", "乙", "丙"],
            "role": ["full_time", "full_time", "micro_grid_head"],
            "area_id": ["V1001", "V1002", "V100103"],
        }
    )
    for kind, table in (("incidents", spots()), ("people", people)):
        write("main", "publish_rows", {"kind": kind, "table": stage("main", table)}, actor="administrator")
    write("main", "set_setting", {"name": "grid_band_households", "value": (200, 400)}, actor="administrator")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    home = tmp_path_factory.mktemp("plans")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(home))
        make_place()
    return home


@pytest.fixture(autouse=True)
def place(template, tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    shutil.copytree(template / "main", tmp_path / "main")
    return tmp_path


def desk_of(account="planner"):
    return open_store("main").desk(account)


def publish_one(incident_id, when, area_id):
    """One more incident, in the middle of the micro-grid that was V100103."""
    middle = square(2, 1).centroid
    row = (incident_id, pd.Timestamp(when), middle.x, middle.y, area_id, "inside")
    table = pd.DataFrame([row], columns=["incident_id", "occurred_at", "lon", "lat", "area_id", "reason"])
    write("main", "publish_rows", {"kind": "incidents", "table": stage("main", table)}, actor="administrator")
