"""The Import page with a file in its hand, without a browser: found, repaired with consent, imported, undone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.delta_generator import DeltaGenerator

from data.imports import ImportOptions, import_file
from data.imports.mappings import keep_mapping, saved_mappings
from data.store import open_store
from tests.imports.broken_shapefile import GRIDS, write_broken, write_villages
from tests.views.conftest import texts

ACTOR = "administrator"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A workspace with two villages; the page's upload box holds the loose parts of the broken shapefile."""
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))
    options = ImportOptions(level="village", id="code")
    import_file(write_villages(tmp_path), "areas", options, workspace="w", actor=ACTOR)
    parts = [
        SimpleNamespace(file_id=path.name, name=path.name, getbuffer=path.read_bytes) for path in write_broken(tmp_path)
    ]
    held = {"files": parts}

    def uploader(_self, *_words, key, **_more):
        return held["files"] if key.endswith("_0") else []

    monkeypatch.setattr(DeltaGenerator, "file_uploader", uploader)
    return held


def opened(open_page):
    page = open_page("import", ws="w", lang="en")
    assert not page.exception, [one.message for one in page.exception]
    return page


def sound(page):
    assert not page.exception, [one.message for one in page.exception]
    return page


@pytest.mark.usefixtures("place")
def test_found_repaired_imported_and_undone(open_page):
    page = opened(open_page)
    assert any("Which level" in one.value for one in page.info)
    assert page.button("import_go").disabled
    sound(page.text_input("o_level").set_value("grid").run())
    shown = texts(page)
    for text in ("gb18030", "Areas that overlap", "Gap between areas", "Border that crosses itself"):
        assert text in shown
    assert not page.button("import_go").disabled
    page.session_state["import_choice"] = "repaired"
    sound(page.run())
    assert any("Left after the repair" in one.value for one in page.warning)
    sound(page.multiselect("import_consent").set_value(list(GRIDS)[1:4]).run())
    assert any("no defect is left" in one.value for one in page.success)
    page.text_input("import_save_as").set_value("monthly")
    sound(page.button("import_go").click().run())
    assert [(one.label, one.value) for one in page.metric if one.label in ("Inserted", "Updated")] == [
        ("Inserted", "6"),
        ("Updated", "0"),
    ]
    assert [one.name for one in saved_mappings(open_store("w"))] == ["monthly"]
    assert open_store("w").all_areas().loc[list(GRIDS), "name"].tolist() == list(GRIDS.values())
    sound(page.button("import_undo").click().run())
    assert [key for key, _, _ in open_store("w").level_rows()] == ["village"]


@pytest.mark.usefixtures("place")
def test_a_source_is_recognised_and_its_choices_filled_in(open_page):
    columns = ["网格编码", "网格名称", "村社", "户数"]
    keep_mapping("w", "monthly", "areas", columns, ImportOptions(level="grid", id="网格编码"), actor=ACTOR)
    page = opened(open_page)
    assert page.text_input("o_level").value == "grid"
    assert page.selectbox("o_id").value == "网格编码"
    assert "Recognised by its columns" in texts(page)
    assert not page.button("import_go").disabled
    sound(page.button("mapping_drop_monthly").click().run())
    assert saved_mappings(open_store("w")) == []


def test_files_that_are_not_one_are_refused_with_their_names(place, open_page):
    place["files"] = [SimpleNamespace(file_id=name, name=name, getbuffer=bytes) for name in ("a.csv", "b.csv")]
    page = opened(open_page)
    assert any("a\\.csv, b\\.csv" in one.value for one in page.error)
