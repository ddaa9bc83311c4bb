"""What the data gate must reach on real files, with its figures: the check at full size, repair, datum and offset."""

from __future__ import annotations

import pytest
import shapely

from geo.crs.gcj02 import wgs84_from_gcj02
from tests.imports import test_coordinate_guard as guard

pytestmark = pytest.mark.prove


def test_the_check_and_the_repair_at_full_size(real, proof):  # noqa: ARG001
    """The benchmark's own limits; what it cannot tell here is noted all the same."""
    from bench import check

    report = check.run("full", lambda *_: None)
    for one in report.checks:
        proof.note(one.what, one.must, one.measured)
    assert report.differences == []
    assert report.is_passed


def test_hainings_outline_by_gcj02(real, proof):
    shape = shapely.from_geojson((real / "haining" / "county_gcj02.json").read_text("utf-8"))
    before = guard.overlap(shape, guard.outline())
    after = guard.overlap(guard.moved(shape, wgs84_from_gcj02), guard.outline())
    line = "Haining's GCJ-02 outline: overlap with the CGCS2000 one, before and after"
    proof.note(line, "at least 0.95 after", f"{before:.3f}, {after:.3f}")
    assert after >= 0.95


def test_the_taiwan_datum_lands_on_the_streets(real, proof):
    from data.formats import read_file
    from geo.crs.degrees import degrees_of

    raw = read_file(real / "chicago" / "community_areas_EPSG4236.geojson")
    x, y = shapely.get_coordinates(raw.geometry).T
    right, wrong = (
        guard.share_on_district_borders(*degrees_of(x, y, "EPSG:4236")),
        guard.share_on_district_borders(x, y),
    )
    line = "EPSG:4236 of Chicago: corners within 1 m of a police district's border, put right and as they are"
    proof.note(line, "many, and hardly any", f"{right:.0%}, {wrong:.1%}")
    assert right > 0.35 > 10 * wrong
