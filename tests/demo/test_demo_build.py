"""Building the demonstration county into a workspace: whole, repeatable, and never over real data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.demo import build_demo
from data.demo.contents import build_contents
from data.demo.geometry import build_county
from data.events.keeping import event_plans, open_event
from data.sources.demo_county import SPEC
from data.store import open_store, workspaces
from data.store.tables import KINDS
from data.writer import write
from geo.crowd.event import check_event
from geo.errors import GridError, ScopeError, StoreError

UNTIL = date(2026, 11, 22)
ROOT = Path(__file__).resolve().parents[2]
HASHES = """
import hashlib, io, sys
from datetime import date
import geopandas as gpd
from data.demo.build import _placed
from data.demo.contents import build_contents
from data.demo.geometry import build_county
from data.store import stage, staging_folder
county = build_county(seed=7, scale=0.02)
tables = build_contents(county, seed=7, until=date(2026, 11, 22), days=3, scale=0.02)
for kind, table, _ in _placed(tables, county):
    if "geometry" in table:
        table = gpd.GeoDataFrame(table, geometry="geometry", crs=4326)
    path = staging_folder("main") / stage("main", table, kind)
    print(kind, hashlib.sha256(path.read_bytes()).hexdigest())
"""


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[float]]:
    home = tmp_path_factory.mktemp("built")
    shares: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(home))
        report = build_demo("main", scale=0.02, days=3, until=UNTIL, progress=lambda share, _: shares.append(share))
    return home, report, shares


def test_the_demo_is_built_whole_and_marked_synthetic(
    built: tuple[Path, dict[str, Any], list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, report, shares = built
    monkeypatch.setenv("WANGGE_HOME", str(home))
    store = open_store("main")
    assert workspaces() == ["main"]
    assert store.is_synthetic
    assert store.title == "海宁市（合成演示数据）"
    assert store.time_zone == "Asia/Shanghai"
    assert set(report["counts"]) == set(KINDS)
    assert report["edition"] == store.edition
    desk = store.desk("administrator")
    for kind, rows in report["counts"].items():
        assert desk.total(kind) == rows, kind
    for kind, reasons in report["reasons"].items():
        assert sum(reasons.values()) == report["counts"][kind], kind
        assert desk.count_by_reason(kind).to_dict() == reasons, kind
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert not list(home.glob(".main-new"))


def test_the_tide_festival_is_an_event_plan_of_the_county(
    built: tuple[Path, dict[str, Any], list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_HOME", str(built[0]))
    desk = open_store("main").desk("organizer")
    assert event_plans(desk)["event_id"].tolist() == ["yanguan-2026"]
    event = open_event(desk, "yanguan-2026")
    assert event.is_synthetic
    assert check_event(event) == ()
    assert {one.grid_id for one in event.duties} <= set(desk.areas("grid", geometry=False).index)


def test_eight_people_can_be_switched_between(
    built: tuple[Path, dict[str, Any], list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_HOME", str(built[0]))
    store = open_store("main")
    areas = store.desk("administrator").areas(geometry=False)
    roles = [account.role for account in store.accounts()]
    assert len(roles) == 8
    assert set(roles) == {
        "administrator", "duty_officer", "planner", "organizer", "village_officer", "grid_worker", "viewer",
    }  # fmt: skip
    limits = {account.account_id: account.area_id for account in store.accounts() if account.area_id}
    assert areas.loc[[limits[who] for who in ("duty_yanguan", "village_officer", "grid_worker")], "level"].tolist() == [
        "town", "village", "grid",
    ]  # fmt: skip
    assert areas.at[limits["duty_yanguan"], "name"].startswith("盐官")


def test_a_broken_off_run_leaves_the_earlier_county_and_the_next_replaces_it(
    built: tuple[Path, dict[str, Any], list[float]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    shutil.copytree(built[0], home)
    monkeypatch.setenv("WANGGE_HOME", str(home))

    def break_off(share: float, _: str) -> None:
        if share > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_demo("main", scale=0.02, days=2, until=UNTIL, progress=break_off)
    assert open_store("main").edition == built[1]["edition"]
    assert workspaces() == ["main"]
    assert not (home / ".main-new" / "store.sqlite").exists()
    again = build_demo("main", scale=0.02, days=2, until=UNTIL, actor="cron")
    assert again["edition"] > built[1]["edition"]
    assert open_store("main").desk("administrator").total("incidents") == again["counts"]["incidents"]
    assert workspaces() == ["main"]


@pytest.mark.usefixtures("own_home")
def test_real_data_is_never_replaced() -> None:
    setting = {"title": "Chicago", "levels": [{"key": "beat", "title": "beat"}]}
    write("main", "create_workspace", setting, actor="administrator")
    before = open_store("main").edition
    with pytest.raises(StoreError, match="--workspace"):
        build_demo("main", scale=0.02, days=2, until=UNTIL)
    assert open_store("main").edition == before
    assert not open_store("main").is_synthetic


@pytest.mark.usefixtures("own_home")
@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"county": "atlantis"}, GridError),
        ({"scale": 0.0}, GridError),
        ({"days": 0}, GridError),
        ({"actor": "planner"}, ScopeError),
    ],
)
def test_an_impossible_request_is_refused_before_anything_is_done(
    request_: dict[str, Any], error: type[GridError]
) -> None:
    with pytest.raises(error):
        build_demo("main", **{"scale": 0.02, "days": 2} | request_)
    assert workspaces() == []


@pytest.mark.slow
def test_two_processes_write_identical_files(tmp_path: Path) -> None:
    printed = []
    for turn in ("1", "2"):
        settings = os.environ | {"WANGGE_HOME": str(tmp_path / turn), "PYTHONHASHSEED": turn, "PYTHONPATH": str(ROOT)}
        run = subprocess.run([sys.executable, "-c", HASHES], env=settings, capture_output=True, text=True, check=True)
        printed.append(run.stdout)
    assert printed[0] == printed[1]
    assert len(printed[0].splitlines()) == len(KINDS) - 3 + 2


def test_the_source_says_what_is_real_and_what_is_not() -> None:
    assert SPEC.synthetic
    assert SPEC.provides == "areas"
    assert "SYNTHETIC" in SPEC.attribution
    assert {"area_id", "level", "name", "parent_id", "geometry"} <= set(SPEC.read().columns)


@pytest.mark.prove
def test_the_full_county_has_its_exact_numbers() -> None:
    county = build_county()
    tables = {}
    for kind, table in build_contents(county, seed=330481, until=UNTIL, days=1, fix_days=1):
        tables[kind] = len(table)
        if kind in ("buildings", "households"):
            assert table["address"].is_unique
    sizes = county.areas["level"].value_counts()
    assert sizes[["town", "village", "grid", "micro_grid"]].tolist() == [12, 228, 816, 12_914]
    assert tables["households"] == 300_000
    assert 95_000 < tables["buildings"] < 105_000
    assert 250_000 < tables["fixes"] < 450_000
