"""What is offered, beside each other: looked at on the map without being taken, pictured, and as a workbook."""

import io
from types import SimpleNamespace

import pandas as pd

from data.planning.editor.offered import comparison_book, measures_of, offered_plans, picture_of
from data.planning.editor.session import EditSession
from data.planning.editor.shown import change_of_hands, map_plan
from data.planning.run import effort_for
from data.settings import DEFAULTS
from tests.planning.test_editor_session import bench


def offered():
    session = EditSession(bench(count=60))
    session.start_plan("draft", effort_for(60, DEFAULTS, has_today=True), lambda: 0.0)
    session.job.thread.join(60)
    assert session.plans
    return session


def text(template, **values):
    return template.format(**values)


def test_looking_at_a_plan_shows_it_and_takes_nothing():
    session = offered()
    before, plan, seal = session.draft, session.plans[0], session.version
    session.look_at(plan)
    shown = map_plan(session)
    assert shown["zone"] == plan.zone.tolist()
    assert session.draft is before
    assert session.version > seal, "the map is told anew"
    session.perform({"verb": "pick", "zone": 0})
    assert session.shown is before, "an act is done on what stands, and that is what the map shows then"
    session.look_at(plan)
    session.leave_offers()
    assert (session.shown, offered_plans(session)) == (before, [])


def test_measures_are_those_of_the_plan():
    session = offered()
    plan = session.plans[0]
    told, found = change_of_hands(session, plan), measures_of(session, plan)
    assert (found["households"], found["misfits"], found["zones"]) == (
        told["households"], told["misfits"], told["zones_now"],
    )  # fmt: skip
    none = measures_of(session, session.beginning)
    assert (none["households"], none["core_retention"]) == (0, 1.0)


def test_pictures_are_png_of_plans_that_differ():
    session = offered()
    first, draft = picture_of(session, session.plans[0]), picture_of(session, session.draft)
    assert first[:4] == b"\x89PNG"
    assert first != draft


def test_the_workbook_has_every_unit_under_every_plan():
    session = offered()
    book = pd.read_excel(io.BytesIO(comparison_book(session, t=text, mark="SYNTHETIC")), sheet_name=None, dtype=str)
    names = [f"Plan {at}" for at in range(1, len(session.plans) + 1)]
    assert list(book) == ["Plans", "Micro-grids"]
    assert list(book["Plans"].columns) == ["Measure", "Draft", *names]
    units = book["Micro-grids"].set_index("Micro-grid")
    assert list(units.columns) == ["Mark", "Households", "Today", "Draft", *names]
    assert set(units["Mark"]) == {"SYNTHETIC"}
    assert len(units) == session.bench.ground.count
    assert (units["Draft"] == units["Today"]).all()
    moved = units["Plan 1"] != units["Today"]
    assert units["Households"].astype(int)[moved].sum() == measures_of(session, session.plans[0])["households"]


def test_a_unit_that_was_cut_has_the_zone_of_its_largest_piece():
    session = EditSession(bench())
    zone = session.draft.zones[0]
    west, south, east, north = shape_of(session, zone).bounds
    line = SimpleNamespace(x=[(west + east) / 2, (west + east) / 2 + 1], y=[south - 10, north + 10])
    session.zone = zone
    session.perform({"verb": "split", "line": placed(session, line), "cuts": True})
    assert session.refusal is None
    units = pd.read_excel(io.BytesIO(comparison_book(session, t=text)), sheet_name="Micro-grids", dtype=str)
    assert len(units) == session.bench.ground.count
    assert units["Draft"].notna().all()


def shape_of(session, zone):
    from geo.planning.editing.acts import zone_shape

    return zone_shape(session.draft, zone)


def placed(session, line):
    import geopandas as gpd

    points = gpd.GeoSeries.from_xy(line.x, line.y, crs=session.bench.store_ground.crs).to_crs(4326)
    return [[point.x, point.y] for point in points]
