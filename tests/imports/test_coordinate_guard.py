"""The coordinate guard: what is not what it says is refused with its offset, and put right only when told to."""

from __future__ import annotations

import json
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from data.formats import RawTable, read_file
from data.imports import ImportOptions, Preview, import_file, preview_file
from data.imports.guard import CoordinateError, evidence_of
from data.imports.importing import fill_preview
from data.imports.shapes import repair_polygons
from data.sources.haining_outline import read_haining_outline
from data.store import open_store
from geo.crs.bd09 import bd09_from_wgs84, wgs84_from_bd09
from geo.crs.degrees import degrees_of
from geo.crs.gcj02 import gcj02_from_wgs84, wgs84_from_gcj02
from geo.errors import GridError

REAL = Path(os.environ.get("WANGGE_REAL") or Path(__file__).parents[3] / "shared" / "real")
GCJ_OUTLINE = REAL / "haining" / "county_gcj02.json"
GEOD = Geod(ellps="GRS80")
ACTOR = "administrator"
pytestmark = pytest.mark.usefixtures("home")
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="real input is not here")


def outline() -> shapely.Geometry:
    return read_haining_outline().geometry.iloc[0]


def moved(shape, move):
    return shapely.transform(shape, lambda one: np.column_stack(move(one[:, 0], one[:, 1])))


def overlap(one, other) -> float:
    return one.intersection(other).area / one.union(other).area


def labelled(path, shape) -> Path:
    """A GeoJSON file, which by its standard says WGS84, with the outline of Haining in it."""
    feature = {"type": "Feature", "properties": {"code": "330481"}, "geometry": json.loads(shapely.to_geojson(shape))}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    return path


def table_of(columns, shapes=None, crs=None) -> RawTable:
    """A file as the reader gives it."""
    frame = pd.DataFrame(columns, dtype="str")
    geometry = None if shapes is None else np.array(shapes, dtype=object)
    return RawTable(
        file="file", format="x", title="x", frame=frame, geometry=geometry, crs=crs, encoding="utf-8", layer=None,
        checksum="",
    )  # fmt: skip


def drawn(shape, crs="EPSG:4326") -> RawTable:
    return table_of({"code": ["330481"]}, [shape], crs)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A workspace that holds the true outline of Haining, cut into two towns."""
    home = tmp_path_factory.mktemp("guard")
    patch = pytest.MonkeyPatch()
    patch.setenv("WANGGE_HOME", str(home))
    west, south, east, north = outline().bounds
    halves = [shapely.box(west, south, 120.68123, north), shapely.box(120.68123, south, east, north)]
    towns = [outline().intersection(one) for one in halves]
    gpd.GeoDataFrame({"code": ["01", "02"]}, geometry=towns, crs="EPSG:4490").to_file(home / "towns.gpkg")
    import_file(home / "towns.gpkg", "areas", ImportOptions(level="town", id="code"), workspace="w", actor=ACTOR)
    yield home
    patch.undo()


def look(raw, kind="areas", workspace="w", **options) -> Preview:
    """What a preview finds in a file that has been read."""
    given = ImportOptions(**({"level": "county", "id": "code"} if kind == "areas" else {}), **options)
    found = Preview(file="file", kind=kind, format="x", encoding="", crs=None, layer=None, row_count=0, file_columns=[])
    try:
        fill_preview(found, raw, kind, given, workspace)
    except GridError as error:
        found.error, found.evidence = error, evidence_of(error)
    return found


@needs_real
def test_the_real_gcj02_outline_is_recognised_and_corrected():
    """Labelled WGS84 it is refused, in a workspace with areas and in an empty one; told gcj02 it overlaps by 0.95."""
    shape = shapely.from_geojson(GCJ_OUTLINE.read_text("utf-8"))
    for workspace in ("w", "empty"):
        preview = look(drawn(shape), workspace=workspace)
        (found,) = [one for one in preview.evidence if one.detector == "offset_system"]
        assert isinstance(preview.error, CoordinateError)
        assert found.correction == ("crs", "gcj02")
        assert 450 < found.numbers["offset_m"] < 600
        assert len(found.before) == len(found.after) > 10
        assert "--crs gcj02" in str(preview.error)
    right = look(drawn(shape), crs="gcj02")
    assert right.error is None
    assert right.evidence == []
    assert overlap(shape, outline()) < 0.93
    assert overlap(moved(shape, wgs84_from_gcj02), outline()) >= 0.95
    assert look(drawn(shape), accept=("offset_system",)).error is None


@pytest.mark.parametrize(("name", "move"), [("gcj02", gcj02_from_wgs84), ("bd09", bd09_from_wgs84)])
def test_areas_of_either_offset_system_are_named(name, move):
    raw = drawn(moved(outline(), move))
    assert look(raw).evidence[0].correction == ("crs", name)
    assert look(raw, crs=name).error is None


def test_a_file_labelled_wgs84_is_refused_whole_and_lands_right_when_told(home):
    path = labelled(home / "a.geojson", moved(outline(), gcj02_from_wgs84))
    options = ImportOptions(level="county", id="code")
    with pytest.raises(CoordinateError, match="GCJ-02, 496 m away"):
        import_file(path, "areas", options, workspace="fresh", actor=ACTOR)
    assert preview_file(path, "areas", options, workspace="fresh").evidence[0].correction == ("crs", "gcj02")
    told = ImportOptions(level="county", id="code", crs="gcj02")
    assert import_file(path, "areas", told, workspace="fresh", actor=ACTOR).rows_taken == 1
    assert overlap(open_store("fresh").table("areas")["geometry"].iloc[0], outline()) > 0.9999


def test_true_areas_are_left_alone_and_false_shifts_refused():
    assert look(drawn(outline())).evidence == []
    assert look(drawn(outline()), crs="gcj02").evidence[0].correction == ("crs", "EPSG:4326")


def incidents(move, count=200, stated=True) -> RawTable:
    rng = np.random.default_rng(7)
    west, south, east, north = outline().bounds
    lon, lat = rng.uniform(west, east, 4 * count), rng.uniform(south, north, 4 * count)
    inside = np.flatnonzero(shapely.contains_xy(outline(), lon, lat))[:count]
    lon, lat = lon[inside], lat[inside]
    own = np.where(lon < 120.68123, "01", "02")
    x, y = move(lon, lat)
    columns = {
        "incident_id": [f"i{n}" for n in range(count)],
        "occurred_at": ["2026-01-02T08:00Z"] * count,
        "lon": [f"{one:.7f}" for one in x],
        "lat": [f"{one:.7f}" for one in y],
    }
    return table_of(columns | ({"area": list(own)} if stated else {}))


@pytest.mark.parametrize("stated", [True, False])
def test_points_are_judged_by_the_area_they_state_or_the_outline(stated):
    more = {"area": "area", "crs": "EPSG:4326"} if stated else {"crs": "EPSG:4326"}
    shifted = incidents(gcj02_from_wgs84, 1200, stated)
    found = look(shifted, "incidents", **more)
    assert found.error is not None
    assert found.evidence[0].correction == ("crs", "gcj02")
    assert look(shifted, "incidents", **more | {"crs": "gcj02"}).error is None
    assert look(incidents(lambda x, y: (x, y), 1200, stated), "incidents", **more).evidence == []


@pytest.mark.parametrize(
    ("move", "detector", "told"),
    [
        (lambda x, y: (y, x), "swapped_axes", {"correct": ("axes",)}),
        (lambda x, y: (x * 1000, y * 1000), "wrong_unit", {"correct": ("scale=0.001",)}),
        (lambda x, y: (x + 5, y), "far_away", {"accept": ("far_away",)}),
    ],
)
def test_each_suspicion_is_refused_and_answered(move, detector, told):
    raw = incidents(move, 60)
    found = look(raw, "incidents", crs="EPSG:4326")
    assert isinstance(found.error, CoordinateError)
    assert [one.detector for one in found.evidence if one.verdict != "note"] == [detector]
    answered = look(raw, "incidents", crs="EPSG:4326", **told)
    assert answered.error is None
    if "correct" in told:
        assert answered.table["lon"].between(120.3, 121.1).all()
        assert any(told["correct"][0] in str(one) for one in answered.notices)


def test_two_decimals_are_asked_about_where_areas_are_small(home):
    """Among towns it is a note, among grids of a kilometre a question."""
    raw = incidents(lambda x, y: (x.round(2), y.round(2)), 60)
    assert [one.verdict for one in look(raw, "incidents", crs="EPSG:4326").evidence] == ["note"]
    grids = [shapely.box(120.5 + n / 100, 30.4, 120.51 + n / 100, 30.41) for n in range(30)]
    gpd.GeoDataFrame({"code": range(30)}, geometry=grids, crs="EPSG:4490").to_file(home / "g.gpkg")
    import_file(home / "g.gpkg", "areas", ImportOptions(level="grid", id="code"), workspace="small", actor=ACTOR)
    found = look(raw, "incidents", "small", crs="EPSG:4326")
    assert ("cut_decimals", "ask") in [(one.detector, one.verdict) for one in found.evidence]
    told = ("cut_decimals", "far_away", "offset_system")
    assert look(raw, "incidents", "small", crs="EPSG:4326", accept=told).error is None


def test_a_file_without_a_crs_is_told_which_zone_fits():
    """Gauss-Krueger metres with the zone number in front, no label: EPSG:4528 is found."""
    shape = gpd.GeoSeries([outline()], crs="EPSG:4490").to_crs("EPSG:4528").iloc[0]
    assert look(drawn(shape, None)).evidence[0].correction == ("crs", "EPSG:4528")
    assert look(drawn(shape, None), crs="EPSG:4528").error is None


@needs_real
def test_the_taiwan_datum_of_chicago_is_not_skipped():
    """
    EPSG:4236 lands within a metre of the truth, 885 m from where it would be.

    The truth is the police districts: where the two sets of borders follow one street, they lie on each other.
    """
    raw = read_file(REAL / "chicago" / "community_areas_EPSG4236.geojson")
    x, y = shapely.get_coordinates(raw.geometry).T
    lon, lat = degrees_of(x, y, str(raw.crs))
    assert raw.crs == "EPSG:4236"
    assert np.median(GEOD.inv(x, y, lon, lat)[2]) == pytest.approx(885, abs=3)
    districts = gpd.read_file(REAL / "chicago" / "districts.geojson").to_crs(4326).make_valid().union_all()
    shapes = repair_polygons(shapely.transform(raw.geometry, lambda p: np.column_stack(degrees_of(*p.T, "EPSG:4236"))))
    assert overlap(shapely.union_all(shapes[0]), districts) > 0.98
    assert overlap(shapely.union_all(repair_polygons(raw.geometry)[0]), districts) < 0.95
    right, wrong = share_on_district_borders(lon, lat), share_on_district_borders(x, y)
    assert right > 0.35
    assert wrong < 0.02


def share_on_district_borders(lon: np.ndarray, lat: np.ndarray) -> float:
    """How many corners, of a sample, lie within a metre of a border of Chicago's police districts."""
    districts = gpd.read_file(REAL / "chicago" / "districts.geojson").to_crs(26971)
    borders = shapely.get_parts(shapely.boundary(districts.geometry.to_numpy()))
    points = gpd.GeoSeries(shapely.points(lon[::40], lat[::40]), crs=4326).to_crs(26971).to_numpy()
    near = shapely.STRtree(borders).query(points, predicate="dwithin", distance=1.0)[0]
    return len(np.unique(near)) / len(points)


def test_old_datums_state_their_accuracy_or_ask():
    """Beijing 1954 goes by the nearest published step; Xi'an 1980 has none and is asked about."""
    for code, verdict in (("EPSG:4214", "note"), ("EPSG:4610", "ask")):
        found = [one for one in look(drawn(outline(), code)).evidence if one.detector == "skipped_datum"]
        assert [one.verdict for one in found] == [verdict]


inside_china = st.tuples(st.floats(73.5, 134.8), st.floats(3.5, 53.6))


@settings(max_examples=100, deadline=None)
@given(inside_china)
def test_the_inverse_is_within_half_a_metre_of_the_public_formula(at):
    for there, back in ((gcj02_from_wgs84, wgs84_from_gcj02), (bd09_from_wgs84, wgs84_from_bd09)):
        lon, lat = there(*back(*there(*at)))
        assert GEOD.inv(*there(*at), float(lon), float(lat))[2] < 0.5
