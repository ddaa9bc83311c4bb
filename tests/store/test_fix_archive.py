"""Position fixes: by day, seen only through the manifest, never twice."""

from __future__ import annotations

import pandas as pd
import pytest

from data.store import open_store, stage
from data.store.fixes import FOLDER
from data.writer import write
from geo.errors import SchemaError, StoreError
from tests.store.conftest import START, publish

DAY = pd.Timedelta(days=1)


def track(unit: str, area_id: str | None, *, days: int = 3, a_day: int = 4) -> pd.DataFrame:
    at = [START + day * DAY + hour * pd.Timedelta(hours=1) for day in range(days) for hour in range(a_day)]
    reason = "inside" if area_id else "outside"
    return pd.DataFrame({"unit_id": unit, "at": at, "lon": 0.5, "lat": 0.5, "area_id": area_id, "reason": reason})


def desk(account: str = "administrator"):
    return open_store().desk(account)


def files(home) -> list[str]:
    return sorted(path.relative_to(home / "main" / FOLDER).as_posix() for path in (home / "main" / FOLDER).rglob("*.*"))


def test_fixes_come_back_sorted_by_period_unit_and_area(bare_place):
    table = pd.concat([track("u2", "G11"), track("u1", "G22"), track("u3", None)], ignore_index=True)
    result = publish("fixes", table.sample(frac=1, random_state=1))
    assert (result["rows"], result["rows_after"]) == (36, 36)
    assert [name.split("/")[0] for name in files(bare_place)] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    rows = desk().fixes(START, START + DAY)
    assert list(rows["unit_id"]) == ["u1", "u2", "u3"] * 4
    assert rows["at"].is_monotonic_increasing
    assert {c: str(rows[c].dtype) for c in ("unit_id", "area_id", "reason", "at", "speed_m_s")} == {
        "unit_id": "category",
        "area_id": "category",
        "reason": "category",
        "at": "datetime64[us, UTC]",
        "speed_m_s": "float64",
    }
    assert len(desk().fixes(START + 2 * DAY, START + 9 * DAY, units=["u1"])) == 4
    assert len(desk().fixes(START, START + 9 * DAY, within="T2")) == 12
    assert len(desk("grid_worker@T1").fixes(START, START + 9 * DAY)) == desk("grid_worker@T1").total("fixes") == 12
    assert desk().count_by_reason("fixes").to_dict() == {"inside": 24, "outside": 12}
    assert desk().total("fixes", start=START, end=START + DAY) == 12
    assert len(desk().fixes(START - 9 * DAY, START)) == 0
    assert desk().fixes(START, START + DAY, columns=["fix_id"])["fix_id"].is_unique


@pytest.mark.usefixtures("bare_place")
def test_a_fix_is_kept_once():
    publish("fixes", track("u1", "G11", days=2))
    again = publish("fixes", pd.concat([track("u1", "G11", days=3)] * 2, ignore_index=True))
    assert (again["rows"], again["repeated_rows"], again["rows_after"]) == (4, 20, 12)
    assert desk().total("fixes") == 12 == len(desk().fixes(START, START + 9 * DAY))


@pytest.mark.usefixtures("bare_place")
def test_replacing_days_and_undoing():
    publish("fixes", track("u1", "G11"))
    publish("fixes", track("u2", "G22", days=1), mode="replace", import_id="second")
    assert desk().total("fixes") == 4 + 8
    assert set(desk().fixes(START, START + DAY)["unit_id"]) == {"u2"}
    write("main", "undo_import", {"import_id": "second"}, actor="administrator")
    assert desk().total("fixes") == 12
    assert set(desk().fixes(START, START + DAY)["unit_id"]) == {"u1"}


def test_files_the_manifest_does_not_name_are_not_there(bare_place):
    publish("fixes", track("u1", "G11"))
    stray = bare_place / "main" / FOLDER / "2026-03-01"
    (stray / "stray.parquet").write_bytes(next(stray.glob("*.parquet")).read_bytes())
    (stray / "half.draft").write_bytes(b"PAR1")
    assert desk().total("fixes") == 12 == len(desk().fixes(START, START + 9 * DAY))


def test_a_missing_file_is_said_not_counted_as_zero(bare_place):
    publish("fixes", track("u1", "G11"))
    (bare_place / "main" / FOLDER / files(bare_place)[0]).unlink()
    with pytest.raises(StoreError, match="backup"):
        desk().fixes(START, START + DAY)
    assert len(desk().fixes(START + DAY, START + 2 * DAY)) == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"area_id": "gone"}, "gone"),
        ({"unit_id": None}, "missing: unit_id"),
        ({"colour": "red"}, "unknown: colour"),
        ({"at": pd.Timestamp("2026-01-01")}, "zone"),
    ],
)
def test_bad_fixes_are_refused(bare_place, change, said):
    with pytest.raises(SchemaError, match=said):
        publish("fixes", track("u1", "G11").assign(**change))
    assert desk().total("fixes") == 0
    assert not (bare_place / "main" / FOLDER).exists()


@pytest.mark.usefixtures("bare_place")
def test_fixes_are_placed_again_with_the_areas():
    from tests.store.test_publishing import split_west

    publish("fixes", track("u1", "G11"))
    areas, _ = split_west()
    payload = {"replaces": ["grid"], "source": {"import_id": "split"}}
    with pytest.raises(SchemaError, match="G11"):
        write("main", "publish_areas", {**payload, "table": stage("main", areas)}, actor="administrator")
    few = {"fixes": stage("main", track("u1", "G11a", days=1))}
    with_few = {**payload, "table": stage("main", areas), "placements": few}
    with pytest.raises(SchemaError, match="all 12 fixes"):
        write("main", "publish_areas", with_few, actor="administrator")
    placed = {**payload, "table": stage("main", areas), "placements": {"fixes": stage("main", track("u1", "G11a"))}}
    write("main", "publish_areas", placed, actor="administrator")
    assert len(desk().fixes(START, START + 9 * DAY, within="G11a")) == 12 == desk().total("fixes")
    write("main", "undo_import", {"import_id": "split"}, actor="administrator")
    assert len(desk().fixes(START, START + 9 * DAY, within="G11")) == 12 == desk().total("fixes")
