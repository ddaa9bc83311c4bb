"""Offsets against published values and their own inverse; metres against geodesics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Polygon, box

from geo.crs.bd09 import bd09_from_wgs84, wgs84_from_bd09
from geo.crs.gcj02 import gcj02_from_wgs84, is_offset_area, wgs84_from_gcj02
from geo.crs.metric import area_km2, choose_metric_crs, project_points
from geo.errors import CRSError

GEOD = Geod(ellps="GRS80")
china_lon, china_lat = st.floats(73.5, 134.8), st.floats(3.5, 53.6)


def test_published_values():
    """The example of the README of coordtransform (wandergis, 2015)."""
    lon, lat = gcj02_from_wgs84(116.404, 39.915)
    assert (float(lon), float(lat)) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    true = wgs84_from_gcj02(116.404, 39.915)
    lon, lat = bd09_from_wgs84(*true)
    assert (float(lon), float(lat)) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)
    gcj = gcj02_from_wgs84(*wgs84_from_bd09(116.404, 39.915))
    assert (float(gcj[0]), float(gcj[1])) == pytest.approx((116.39762729119315, 39.90865673957631), abs=1e-5)


@pytest.mark.parametrize(("there", "back"), [(gcj02_from_wgs84, wgs84_from_gcj02), (bd09_from_wgs84, wgs84_from_bd09)])
@settings(max_examples=300, deadline=None)
@given(china_lon, china_lat)
def test_there_and_back_within_a_millimetre(there, back, lon, lat):
    x, y = back(*there(lon, lat))
    assert GEOD.inv(lon, lat, float(x), float(y))[2] < 0.001


@settings(max_examples=200, deadline=None)
@given(china_lon, china_lat)
def test_the_shift_is_of_its_known_size(lon, lat):
    x, y = gcj02_from_wgs84(lon, lat)
    assert 1 < GEOD.inv(lon, lat, float(x), float(y))[2] < 1300


@pytest.mark.parametrize("turn", [gcj02_from_wgs84, wgs84_from_gcj02, bd09_from_wgs84, wgs84_from_bd09])
@pytest.mark.parametrize("place", [(-79.4, 43.7), (-87.6, 41.9), (24.9, 60.2), (151.2, -33.9)])
def test_nothing_moves_outside_china(turn, place):
    x, y = turn(*place)
    assert (float(x), float(y)) == place
    assert not is_offset_area(*place)


def test_arrays_keep_shape_and_missing_stays_missing():
    x, y = gcj02_from_wgs84(np.array([[120.0, np.nan]]), np.array([[30.0, 30.0]]))
    assert x.shape == (1, 2)
    assert np.isnan(x[0, 1])
    assert y[0, 0] != 30.0


@pytest.mark.parametrize("bounds", [(120.3, 30.2, 121.1, 30.6), (-79.7, 43.5, -79.1, 43.9), (118, 27, 123, 31.2)])
def test_metres_agree_with_geodesics(bounds):
    place = choose_metric_crs(bounds)
    assert place.kind == "transverse Mercator"
    lon, lat = np.linspace(bounds[0], bounds[2], 7), np.linspace(bounds[1], bounds[3], 7)
    x, y = project_points(lon, lat, place.crs)
    true = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    assert np.hypot(np.diff(x), np.diff(y)) == pytest.approx(true, rel=place.length_error + 1e-9)


def test_a_wide_place_keeps_areas():
    place = choose_metric_crs((73, 18, 135, 54))
    assert place.area_error < 1e-9


@pytest.mark.parametrize("bounds", [(30, 120, 31, 121), (500000, 3300000, 600000, 3400000), (121, 30, 120, 31)])
def test_bounds_that_are_no_degrees_are_refused(bounds):
    with pytest.raises(CRSError, match="west, south, east, north"):
        choose_metric_crs(bounds)


def test_area_agrees_with_geodesic_area():
    polygons = [box(120.5, 30.5, 120.52, 30.52), Polygon([(120.4, 30.3), (120.45, 30.31), (120.42, 30.36)])]
    true = [abs(GEOD.geometry_area_perimeter(p)[0]) / 1e6 for p in polygons]
    assert area_km2(polygons) == pytest.approx(true, rel=1e-6)
    assert area_km2([]).shape == (0,)
