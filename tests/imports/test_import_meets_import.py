"""Two imports at once, an import that fails, and taking imports back: the place of a row always fits the areas."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import data.imports.importing as importing
import data.imports.publish as publish
import data.imports.publish_areas as publish_areas
from data.imports import ImportOptions, import_file
from data.store import open_store, workspaces
from data.writer import write
from geo.errors import ChangedError, StoreError

ACTOR = "administrator"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    return tmp_path


def areas(home, border: float):
    """Two grids that meet at longitude `border`."""
    path = home / f"areas{border}.geojson"
    shapes = [shapely.box(120, 30, border, 31), shapely.box(border, 30, 122, 31)]
    gpd.GeoDataFrame({"code": ["01", "02"]}, geometry=shapes, crs="EPSG:4326").to_file(path)
    return load(path, "areas", level="grid", id="code")


def incidents(home, *rows: str, name: str = "i.csv"):
    (home / name).write_text("incident_id,occurred_at,lon,lat,address\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return load(home / name, "incidents", crs="EPSG:4326")


def load(path, kind, **options):
    return import_file(path, kind, ImportOptions(**options), workspace="w", actor=ACTOR)


def placed() -> dict[str, str | None]:
    table = open_store("w").table("incidents")
    return {key: area if isinstance(area, str) else None for key, area in table[["incident_id", "area_id"]].to_numpy()}


def staged(home) -> list[str]:
    return sorted(path.name for path in (home / "w" / "staging").glob("*"))


ROW = "1,2026-01-02T08:00Z,121.1,30.5,"


def meanwhile(monkeypatch, module, name: str, act):
    """Let `act` happen once, just before `name` is called for the first time."""
    real, left = getattr(module, name), [act]

    def once(*words, **named):
        if left:
            left.pop()()
        return real(*words, **named)

    monkeypatch.setattr(module, name, once)


def test_rows_meet_areas_that_were_redrawn_while_they_were_read(home, monkeypatch):
    areas(home, 121)
    meanwhile(monkeypatch, importing, "publish_kind", lambda: areas(home, 121.5))
    incidents(home, ROW)
    assert placed() == {"1": "01"}
    assert staged(home) == []


def test_areas_meet_rows_that_came_while_they_were_checked(home, monkeypatch):
    areas(home, 121)
    meanwhile(monkeypatch, publish_areas, "hand_over", lambda: incidents(home, ROW))
    areas(home, 121.5)
    assert placed() == {"1": "01"}


def test_two_first_imports_of_one_workspace(home, monkeypatch):
    meanwhile(monkeypatch, importing, "making_store", lambda: areas(home, 121))
    incidents(home, ROW)
    assert placed() == {"1": "02"}


def test_a_store_that_changes_every_time_refuses_and_keeps_nothing(home, monkeypatch):
    areas(home, 121)
    borders = iter([121.1, 121.2, 121.3, 121.4, 121.5])
    real = importing.publish_kind

    def always(*words, **named):
        areas(home, next(borders))
        return real(*words, **named)

    monkeypatch.setattr(importing, "publish_kind", always)
    with pytest.raises(ChangedError):
        incidents(home, ROW)
    assert placed() == {}
    assert staged(home) == []


def test_a_first_import_that_the_store_refuses_leaves_no_workspace(home, monkeypatch):
    def refuse(workspace, verb, payload, **named):
        if verb == "publish_areas":
            raise OSError("disk full")
        return write(workspace, verb, payload, **named)

    monkeypatch.setattr(publish, "write", refuse)
    with pytest.raises(OSError, match="disk full"):
        areas(home, 121)
    assert workspaces() == []


def test_an_import_stopped_halfway_leaves_nothing(home):
    areas(home, 121)
    path = home / "i.csv"
    path.write_text("incident_id,occurred_at,lon,lat\n1,2026-01-02T08:00Z,121.1,30.5\n", encoding="utf-8")

    def stop(_share: float, text: str) -> None:
        if text == "publishing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(path, "incidents", ImportOptions(crs="EPSG:4326"), workspace="w", actor=ACTOR, progress=stop)
    assert placed() == {}
    assert staged(home) == []


def test_areas_are_not_taken_back_from_under_rows_they_placed(home):
    areas(home, 121)
    second = areas(home, 121.5)
    rows = incidents(home, ROW)
    with pytest.raises(StoreError, match="incidents"):
        write("w", "undo_import", {"import_id": second.import_id}, actor=ACTOR)
    write("w", "undo_import", {"import_id": rows.import_id}, actor=ACTOR)
    write("w", "undo_import", {"import_id": second.import_id}, actor=ACTOR)
    incidents(home, ROW)
    assert placed() == {"1": "02"}


def test_rows_do_not_come_back_to_areas_that_have_moved(home):
    areas(home, 121)
    incidents(home, ROW)
    corrected = incidents(home, "1,2026-01-02T08:00Z,121.9,30.5,")
    later = areas(home, 121.5)
    with pytest.raises(StoreError, match="areas"):
        write("w", "undo_import", {"import_id": corrected.import_id}, actor=ACTOR)
    write("w", "undo_import", {"import_id": later.import_id}, actor=ACTOR)
    write("w", "undo_import", {"import_id": corrected.import_id}, actor=ACTOR)
    assert placed() == {"1": "02"}


def test_buildings_are_not_taken_back_from_under_rows_their_addresses_placed(home):
    areas(home, 121)
    incidents(home, "1,2026-01-02T08:00Z,,,东街1号")
    table = pd.DataFrame({"building_id": ["b"], "address": ["东街1号"]})
    gpd.GeoDataFrame(table, geometry=[shapely.box(121.6, 30.1, 121.7, 30.2)], crs="EPSG:4326").to_file(home / "b.gpkg")
    buildings = load(home / "b.gpkg", "buildings")
    assert placed() == {"1": "02"}
    with pytest.raises(StoreError, match="incidents"):
        write("w", "undo_import", {"import_id": buildings.import_id}, actor=ACTOR)
    sources = open_store("w").desk(ACTOR).sources()
    again = sources.loc[sources["kind"] == "placements", "import_id"].item()
    for import_id in (again, buildings.import_id):
        write("w", "undo_import", {"import_id": import_id}, actor=ACTOR)
    assert placed() == {"1": None}


@pytest.mark.parametrize("name", ["../w", "a/b", ".hidden", ".writer", "cookie.key", "Cookie.Key", "w\n", ""])
def test_a_workspace_cannot_be_called_anything(home, name):
    path = home / "a.csv"
    path.write_text("incident_id,occurred_at,lon,lat\n1,2026-01-02T08:00Z,121.1,30.5\n", encoding="utf-8")
    with pytest.raises(StoreError, match="workspace name"):
        import_file(path, "incidents", ImportOptions(crs="EPSG:4326"), workspace=name, actor=ACTOR)
    assert [one.name for one in home.iterdir()] == ["a.csv"]
