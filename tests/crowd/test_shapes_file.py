"""Shapes of a file as things of the plan: what each column becomes, and a file that is refused as a whole."""

import json

import pytest

from data.events.shapes_file import LISTS, add_shapes
from geo.crowd.event import Event
from geo.errors import GridError, SchemaError

LON, LAT = 120.5, 30.4
SQUARE = [[LON, LAT], [LON + 0.001, LAT], [LON + 0.001, LAT + 0.001], [LON, LAT + 0.001], [LON, LAT]]
HOLE = [[LON + x, LAT + y] for x, y in ((2e-4, 2e-4), (2e-4, 7e-4), (7e-4, 7e-4), (7e-4, 2e-4), (2e-4, 2e-4))]
PLAN = Event(event_id="e", name="Fair")
SHAPES = {
    "areas": ("Polygon", [SQUARE]), "hazards": ("Polygon", [SQUARE]), "routes": ("LineString", SQUARE[:2]),
    "barriers": ("LineString", SQUARE[:2]), "exits": ("Point", [LON, LAT + 5e-4]), "places": ("Point", [LON, LAT]),
    "entrances": ("Point", [LON + 0.001, LAT]),
}  # fmt: skip


def file_of(tmp_path, *rows, name="things.geojson"):
    features = [
        {"type": "Feature", "properties": told, "geometry": {"type": kind, "coordinates": at} if kind else None}
        for kind, at, told in rows
    ]
    path = tmp_path / name
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize("what", LISTS)
def test_every_list_takes_its_shapes(tmp_path, what):
    kind, at = SHAPES[what]
    event, added = add_shapes(PLAN, file_of(tmp_path, (kind, at, {"name": "West"}), (kind, at, {"name": "East"})), what)
    assert [one.name for one in getattr(event, what)] == ["West", "East"]
    assert len(added.ids) == 2
    assert added.taken == ("name",)


def test_columns_are_known_by_field_and_by_the_words_of_the_form(tmp_path):
    """An exit on the west side of a square belongs to it; its width comes from a Chinese column."""
    ground = {"area_id": "V1", "State of the ground (P)": 0.9}
    event, _ = add_shapes(PLAN, file_of(tmp_path, ("Polygon", [SQUARE], ground)), "areas")
    assert event.areas[0].physical_factor == 0.9
    told = {"净宽": "3.5", "kind": "opening", "is_emergency_only": "是", "remark": "by the tree"}
    event, added = add_shapes(event, file_of(tmp_path, ("Point", [LON, LAT + 5e-4], told)), "exits")
    one = event.exits[0]
    assert (one.area_id, one.clear_width_m, one.kind, one.is_emergency_only) == ("V1", 3.5, "opening", True)
    assert added.left == ("remark",)


def test_a_hole_is_no_ground_and_each_part_is_a_thing(tmp_path):
    """A quarter of the square is cut out of it: 0.5 x 0.5 of its sides."""
    whole = add_shapes(PLAN, file_of(tmp_path, ("Polygon", [SQUARE], {})), "areas")[0].areas[0]
    holed = add_shapes(PLAN, file_of(tmp_path, ("Polygon", [SQUARE, HOLE], {})), "areas")[0].areas[0]
    assert holed.usable_m2 == pytest.approx(0.75 * whole.usable_m2, rel=1e-4)
    assert len(holed.shape.interiors) == 1
    far = [[x + 0.01, y] for x, y in SQUARE]
    event, added = add_shapes(PLAN, file_of(tmp_path, ("MultiPolygon", [[SQUARE], [far]], {"name": "Two"})), "areas")
    assert (len(event.areas), added.ids) == (2, ("A1", "A2"))


def test_every_row_at_fault_is_named_and_nothing_is_put_down(tmp_path):
    rows = [("Point", [LON, LAT], {"exit_id": "X1", "clear_width_m": "wide"}),
            ("Point", [LON, LAT], {"exit_id": "X1", "clear_width_m": 2}),
            ("Point", [LON, LAT], {"exit_id": "X3", "kind": "window"}),
            ("Point", [LON, LAT], {"exit_id": "X1", "clear_width_m": 2})]  # fmt: skip
    with pytest.raises(SchemaError) as told:
        add_shapes(PLAN, file_of(tmp_path, *rows), "exits")
    text = str(told.value)
    assert "row 1: clear_width_m is 'wide'" in text
    assert "row 3: kind is 'window'" in text
    assert "row 2: 'X1'" in text
    assert "row 4: 'X1'" in text
    assert PLAN.exits == ()


def test_other_shapes_and_a_table_without_shapes_are_refused(tmp_path):
    with pytest.raises(SchemaError, match="rows 2, 3"):
        add_shapes(
            PLAN, file_of(tmp_path, ("Polygon", [SQUARE], {}), ("Point", [LON, LAT], {}), (None, None, {})), "areas"
        )
    path = tmp_path / "rows.csv"
    path.write_text("name,people\nA,3\n", encoding="utf-8")
    with pytest.raises(GridError, match="without any"):
        add_shapes(PLAN, path, "areas")


def test_a_file_in_gcj02_is_put_where_it_is(tmp_path):
    """Told to be GCJ-02, a point moves by some 500 m."""
    path = file_of(tmp_path, ("Point", [LON, LAT], {}))
    plain, shifted = (add_shapes(PLAN, path, "places", crs=crs)[0].places[0] for crs in ("EPSG:4326", "gcj02"))
    assert (plain.lon, plain.lat) == (LON, LAT)
    assert 200 < ((plain.lon - shifted.lon) * 96_000) ** 2 + ((plain.lat - shifted.lat) * 110_900) ** 2 < 700**2
