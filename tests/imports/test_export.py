"""What leaves the product: inside the desk's scope, marked where synthetic, readable again."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from data.export import export_item
from data.formats import read_file
from data.imports import ImportOptions, import_file
from data.store import open_store, stage
from data.writer import write
from geo.errors import GridError

ACTOR = "administrator"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A synthetic workspace of two grids, three incidents and a track."""
    home = tmp_path_factory.mktemp("export")
    patch = pytest.MonkeyPatch()
    patch.setenv("WANGGE_HOME", str(home))
    shapes = [shapely.box(120, 30, 121, 31), shapely.box(121, 30, 122, 31)]
    gpd.GeoDataFrame({"code": ["01", "02"]}, geometry=shapes, crs="EPSG:4326").to_file(home / "g.gpkg")
    import_file(home / "g.gpkg", "areas", ImportOptions(level="grid", id="code"), workspace="real", actor=ACTOR)
    rows = "id,time,lon,lat,category\n007,2026-01-01T00:00Z,120.5,30.5,=1+1\n008,2026-01-02T00:00Z,121.5,30.5,b\n"
    (home / "i.csv").write_text(rows)
    import_file(home / "i.csv", "incidents", ImportOptions(crs="EPSG:4326"), workspace="real", actor=ACTOR)
    at = [f"2026-01-01T00:0{n}Z" for n in range(3)]
    (home / "f.csv").write_text("unit,time,lon,lat\n" + "".join(f"u,{t},120.{n},30.5\n" for n, t in enumerate(at)))
    import_file(home / "f.csv", "fixes", ImportOptions(crs="EPSG:4326"), workspace="real", actor=ACTOR)
    write("real", "add_account", {"account_id": "w", "name": "W", "role": "planner", "area_id": "02"}, actor=ACTOR)
    write(
        "demo",
        "create_workspace",
        {"title": "demo", "synthetic": True, "levels": [{"key": "grid", "title": "g"}]},
        actor=ACTOR,
    )
    areas = open_store("real").table("areas")[["area_id", "level", "name", "parent_id", "footprint_id", "geometry"]]
    table = stage("demo", gpd.GeoDataFrame(areas, geometry="geometry", crs="EPSG:4326"))
    write("demo", "publish_areas", {"table": table}, actor=ACTOR)
    yield home
    patch.undo()


@pytest.mark.parametrize("ending", [".gpkg", ".csv", ".xlsx", ".parquet"])
def test_incidents_come_back_as_they_left(store, ending):
    path = store / f"out{ending}"
    assert export_item(open_store("real").desk(ACTOR), "incidents", path) == 2
    frame = read_file(path).frame
    assert frame["incident_id"].tolist() == ["007", "008"]
    assert frame["category"].tolist()[0] == ("'=1+1" if ending in (".csv", ".xlsx") else "=1+1")
    options = ImportOptions(crs="EPSG:4326")
    import_file(path, "incidents", options, workspace=f"again{ending[1:]}", actor=ACTOR)
    table = open_store(f"again{ending[1:]}").table("incidents")
    assert table["category"].tolist() == ["=1+1", "b"]
    assert table["occurred_at"].tolist() == open_store("real").table("incidents")["occurred_at"].tolist()


def test_an_export_stays_inside_the_desk(store):
    desk = open_store("real").desk("w")
    assert export_item(desk, "incidents", store / "scope.csv") == 1
    assert read_file(store / "scope.csv").frame["incident_id"].tolist() == ["008"]
    assert export_item(desk, "areas", store / "scope.geojson") == 1


def test_a_demonstration_is_marked_in_every_row_and_layer(store):
    desk = open_store("demo").desk(ACTOR)
    for ending in (".gpkg", ".csv", ".geojson"):
        export_item(desk, "areas", store / f"demo{ending}")
        assert set(read_file(store / f"demo{ending}").frame["marking"]) == {"SYNTHETIC"}
    assert read_file(store / "demo.gpkg").layer == "areas_SYNTHETIC"


def test_tracks_are_lines(store):
    assert export_item(open_store("real").desk(ACTOR), "tracks", store / "t.geojson") == 1
    raw = read_file(store / "t.geojson")
    assert raw.frame["fixes"].tolist() == ["3"]
    assert shapely.get_num_coordinates(raw.geometry).tolist() == [3]


def test_another_crs(store):
    export_item(open_store("real").desk(ACTOR), "areas", store / "m.gpkg", level="grid", crs="EPSG:32651")
    assert read_file(store / "m.gpkg").crs == "EPSG:32651"


@pytest.mark.parametrize(("item", "name"), [("dragons", "a.csv"), ("areas", "a.docx"), ("people", "a.shp")])
def test_what_cannot_be_exported_is_refused(store, item, name):
    with pytest.raises(GridError):
        export_item(open_store("real").desk(ACTOR), item, store / name)
    assert not (store / name).exists()
