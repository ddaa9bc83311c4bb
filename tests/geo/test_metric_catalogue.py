"""Checks every metric gets for free, found by discovery: also one that a test adds as a single new file."""

import doctest
import importlib
import inspect
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import geo.metrics
from data.coverage import Question, answer, metrics
from data.settings import DEFAULTS
from data.store import open_store
from geo.catalogue import discover
from geo.errors import SchemaError
from geo.metrics._drawn import CRS, SETTINGS, WEEK, drawn
from tests.conftest import environment

CATALOGUE = discover(geo.metrics)
SECTIONS = ("Parameters", "Returns", "Raises", "Notes", "Source:", "Examples", ">>> ")
EVENTS = ("incidents", "visits", "fixes", "counts")
TABLES = (
    "areas", "children", "polygons", "roads",
    "incidents", "visits", "fixes", "places", "people", "households", "counts",
)  # fmt: skip
every_metric = pytest.mark.parametrize(("name", "spec"), CATALOGUE.items())


def answered(spec, tables=None, window=WEEK):
    given = tables or {name: drawn(name) for name in spec.needs}
    return spec.compute(*(given[name] for name in spec.needs), window=window, **{n: SETTINGS[n] for n in spec.settings})


def check_contract(name, spec):
    """All that a new metric must keep, without a line of its own."""
    text = inspect.getdoc(spec.compute) or ""
    assert spec.compute.__name__ == name
    assert [section for section in SECTIONS if section not in text] == []
    assert set(spec.needs) <= set(TABLES)
    assert spec.needs[0] == "areas"
    assert set(spec.settings) <= set(DEFAULTS)
    assert all((spec.title, spec.unit, spec.source, spec.help))
    assert 0 <= spec.decimals <= 3
    tables = {need: drawn(need) for need in spec.needs}
    found = answered(spec, tables)
    assert list(found.columns) == ["value", "low", "high", "records"]
    pd.testing.assert_index_equal(found.index, drawn("areas").index)
    assert found["records"].dtype == np.int64
    assert found[["value", "low", "high"]].dtypes.eq(np.float64).all()
    for need, table in tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(drawn(need)))
    known = found.dropna(subset=["value", "low", "high"])
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()
    if spec.unit == "%" and name != "trend_against_previous":
        assert found[["value", "low", "high"]].stack().dropna().between(0, 100).all()


@every_metric
def test_contract(name, spec):
    check_contract(name, spec)


@every_metric
def test_row_order_changes_nothing(name, spec):  # noqa: ARG001
    turned = {need: drawn(need).iloc[::-1] for need in spec.needs}
    pd.testing.assert_frame_equal(answered(spec, turned).sort_index(), answered(spec).sort_index())


@every_metric
def test_no_data_is_nan_never_zero(name, spec):  # noqa: ARG001
    tables = {
        need: drawn(need) if need in ("areas", "children", "polygons") else drawn(need).iloc[:0] for need in spec.needs
    }
    found = answered(spec, tables)
    assert found["value"].isna().all()
    assert found["low"].isna().all()
    assert (found["records"] == 0).all()


@every_metric
def test_no_areas_no_rows(name, spec):  # noqa: ARG001
    tables = {
        need: drawn(need).iloc[:0] if need in ("areas", "children", "polygons") else drawn(need) for need in spec.needs
    }
    assert len(answered(spec, tables)) == 0


@every_metric
def test_repeated_area_is_refused(name, spec):  # noqa: ARG001
    tables = {need: drawn(need) for need in spec.needs}
    tables["areas"] = pd.concat([tables["areas"], tables["areas"].iloc[:1]])
    with pytest.raises(SchemaError, match="area_id repeats: A"):
        answered(spec, tables)


@every_metric
def test_categories_are_taken_like_text(name, spec):  # noqa: ARG001
    tables = {need: drawn(need) for need in spec.needs}
    for table in tables.values():
        for column in ("area_id", "child_id", "unit_id", "status", "role", "kind"):
            if column in table.columns:
                table[column] = table[column].astype("category")
    pd.testing.assert_frame_equal(answered(spec, tables), answered(spec))


def as_one(need, keep):
    """A table with everything put into one area `*` (keep all) or only the unassigned."""
    table = drawn(need)
    if need == "areas":
        row = table.iloc[[0]].copy()
        return row.assign(area_km2=4.0, households=1500.0).set_axis(pd.Index(["*"], dtype=object, name="area_id"))
    if need == "children":
        return table.assign(parent_id="*")
    if need == "polygons":
        return table.iloc[[0]].set_axis(["*"])
    missing = table["area_id"].isna()
    return table.assign(area_id=np.where(keep(missing), "*", None))


@pytest.mark.parametrize(("name", "spec"), [(n, s) for n, s in CATALOGUE.items() if s.additive])
def test_additive_metrics_conserve_the_total(name, spec):  # noqa: ARG001
    parts = answered(spec)
    rest = answered(spec, {need: as_one(need, lambda missing: missing) for need in spec.needs}).iloc[0]
    whole = answered(spec, {need: as_one(need, lambda missing: missing | True) for need in spec.needs}).iloc[0]
    assert parts["value"].sum() + np.nan_to_num(rest["value"]) == pytest.approx(whole["value"])
    assert parts["records"].sum() + rest["records"] == whole["records"]


@every_metric
def test_rows_outside_the_period_do_not_count(name, spec):
    """A later row changes nothing; an earlier one only what looks back by its meaning."""
    looks_back = {"trend_against_previous", "hours_since_last_visit", "visited_child_share"}
    times = {"incidents": "occurred_at", "visits": "started_at", "fixes": "at", "counts": "at"}
    for shift in (pd.Timedelta(days=400), -pd.Timedelta(days=400)):
        if shift < pd.Timedelta(0) and name in looks_back:
            continue
        tables = {need: drawn(need) for need in spec.needs}
        for need in set(spec.needs) & set(EVENTS):
            moved = drawn(need)
            moved[times[need]] = moved[times[need]] + shift
            moved["unit_id" if need == "fixes" else "area_id"] = "elsewhere" if need == "fixes" else "A"
            tables[need] = pd.concat([tables[need], moved], ignore_index=True)
        pd.testing.assert_frame_equal(answered(spec, tables), answered(spec))


@every_metric
def test_documented(name, spec):
    page = (Path(geo.metrics.__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    section = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", page, re.M | re.S)
    assert section, f"docs/metrics.md has no section '### {name}'"
    for part in (spec.title, f"`{spec.unit}`", "Formula", "Source", "Edges"):
        assert part in section[1], part


def test_docs_name_no_metric_that_is_gone():
    page = (Path(geo.metrics.__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^### (\w+)$", page, re.M)) == sorted(CATALOGUE)


def test_at_least_sixteen():
    assert len(CATALOGUE) >= 16


NEW_METRIC = '''"""How many cameras watch each area."""

import pandas as pd

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec
from geo.metrics._tally import is_recorded, measured, no_data, rows_per_area


def camera_count(areas: pd.DataFrame, places: pd.DataFrame, *, window) -> pd.DataFrame:
    """
    How many cameras watch each area.

    0 where there is none; NaN if no place is recorded at all.

    Parameters
    ----------
    areas, places, window
        As every metric.

    Returns
    -------
    measured
        Cameras, >= 0.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition.

    Examples
    --------
    >>> from geo.metrics._drawn import WEEK, drawn
    >>> camera_count(drawn("areas"), drawn("places"), window=WEEK)["value"].to_dict()
    {'A': 0.0, 'B': 1.0, 'C': 0.0}
    """
    require_areas(areas)
    if not is_recorded(places):
        return no_data(areas)
    count = rows_per_area(areas, places, (places["kind"] == "camera").to_numpy())
    return measured(areas, count, count)


SPEC = MetricSpec(
    title="Cameras", unit="cameras", needs=("areas", "places"), compute=camera_count,
    source="definition", help="Cameras in the area.", additive=True, is_estimate=False,
)
'''


@pytest.fixture
def one_new_file(tmp_path, monkeypatch):
    """A folder with one metric, beside the catalogue's own."""
    (tmp_path / "camera_count.py").write_text(NEW_METRIC, encoding="utf-8")
    monkeypatch.setattr(geo.metrics, "__path__", [*geo.metrics.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield
    import sys

    sys.modules.pop("geo.metrics.camera_count", None)


@pytest.mark.usefixtures("one_new_file")
def test_one_new_file_is_one_new_metric():
    found = discover(geo.metrics)
    assert set(found) - set(CATALOGUE) == {"camera_count"}
    check_contract("camera_count", found["camera_count"])
    module = importlib.import_module("geo.metrics.camera_count")
    assert doctest.testmod(module).attempted == 2
    assert doctest.testmod(module).failed == 0


@pytest.mark.usefixtures("one_new_file")
def test_one_new_metric_is_offered_and_answered(demo_home):
    assert "camera_count" in metrics()
    with environment(WANGGE_HOME=str(demo_home)):
        desk = open_store("main").desk("administrator")
        moments = {"start": datetime(2026, 1, 1, tzinfo=UTC), "end": datetime(2026, 12, 1, tzinfo=UTC)}
        found = answer(desk, Question("camera_count", "town", **moments))
        places = desk.rows("places", columns=["kind", "area_id"])
        cameras = ((places["kind"] == "camera") & places["area_id"].notna()).sum()
    assert found.table["value"].sum() == cameras > 0


def test_drawn_place_is_metric_and_fresh():
    assert drawn("roads").crs == CRS
    changed = drawn("incidents")
    changed["area_id"] = "X"
    assert "X" not in set(drawn("incidents")["area_id"])
