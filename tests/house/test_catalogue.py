"""What every source and format gets for free, and that one more is one new file."""

import importlib
import subprocess
import sys

import pandas as pd
import pytest

import data.formats
import data.kinds
import data.sources
from geo.catalogue import discover
from tests.conftest import ROOT

SOURCES = discover(data.sources)
KINDS = discover(data.kinds)
NEW_SOURCE = '''"""Two wells, drawn by hand."""

import pandas as pd

from data.sources._spec import SourceSpec


def read_two_wells() -> pd.DataFrame:
    """Return the two wells."""
    return pd.DataFrame({"place_id": ["w1", "w2"], "kind": "well", "lon": [120.1, 120.2], "lat": [30.4, 30.5]})


SPEC = SourceSpec(
    title="Two wells", provides="places", read=read_two_wells, licence="CC0-1.0", attribution="drawn by hand"
)
'''


def require_source(name, spec) -> pd.DataFrame:
    """What holds for every source; returns its table."""
    assert spec.read.__name__ == f"read_{name}"
    assert spec.title
    assert spec.licence
    assert spec.attribution
    kind = KINDS[spec.provides]
    table = spec.read()
    assert len(table)
    known = {one.name for one in kind.fields} | {"geometry"}
    assert set(table.columns) <= known, set(table.columns) - known
    assert table[kind.key].is_unique
    assert table[kind.key].map(type).eq(str).all(), "ids are text"
    if {"lon", "lat"} & set(table.columns):
        assert table["lon"].between(-180, 180).all()
        assert table["lat"].between(-90, 90).all()
    if "geometry" in table:
        assert table.crs is not None
        assert table.geometry.is_valid.all()
    return table


@pytest.mark.parametrize(("name", "spec"), SOURCES.items())
def test_source_contract(name, spec):
    table = require_source(name, spec)
    pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(spec.read()))


def test_a_source_is_one_new_file(tmp_path, monkeypatch):
    """Discovered, listed in the catalogue page and checked, with nothing else edited."""
    (tmp_path / "two_wells.py").write_text(NEW_SOURCE, encoding="utf-8")
    monkeypatch.setattr(data.sources, "__path__", [*data.sources.__path__, str(tmp_path)])
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    found = discover(data.sources)
    assert set(found) == {*SOURCES, "two_wells"}
    assert len(require_source("two_wells", found["two_wells"])) == 2
    assert (
        "| `two_wells` | Two wells | places | CC0-1.0 | drawn by hand |"
        in importlib.import_module("tables").catalogue_page()
    )
    monkeypatch.delitem(sys.modules, "data.sources.two_wells")


@pytest.mark.parametrize(("name", "spec"), discover(data.formats).items())
def test_format_contract(name, spec):
    assert spec.title, name
    assert spec.endings
    assert all(ending == ending.lower() and ending.startswith(".") for ending in spec.endings)
    assert not spec.matches(b"", b"", ".nonsense")


@pytest.mark.parametrize(("name", "spec"), KINDS.items())
def test_kind_contract(name, spec):
    assert spec.name == name
    names = [one.name for one in spec.fields]
    assert len(names) == len(set(names))
    assert spec.key in names
    assert not spec.time_field or spec.field(spec.time_field).dtype == "time"
    assert spec.located == ("reason" in names)
    for one in spec.fields:
        assert one.title
        assert one.dtype != "float" or not one.name.endswith("_id"), "ids are text"
        assert one.low is None or one.high is None or one.low < one.high


def test_rooms_import_alone():
    """Each room loads in a process of its own, so that no import depends on what was loaded before."""
    for room in (
        "geo.metrics",
        "layers",
        "data.kinds",
        "data.store",
        "data.imports",
        "data.coverage",
        "api.routes",
        "cli",
    ):
        done = subprocess.run(
            [sys.executable, "-c", f"import {room}"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
