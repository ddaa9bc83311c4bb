"""Coordinates against published formulas written anew: all zones of China, both offset systems, the older datums."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS, Geod

from geo.crs.bd09 import bd09_from_wgs84, wgs84_from_bd09
from geo.crs.datum import choose_datum_step
from geo.crs.degrees import degrees_of
from geo.crs.gauss_krueger import gauss_krueger_at, gauss_krueger_candidates
from geo.crs.gcj02 import EAST, NORTH, SOUTH, WEST, gcj02_from_wgs84, wgs84_from_gcj02
from tests.geo.published import gauss_krueger, geocentric_shift, public_bd09, public_gcj02

GEOD = Geod(ellps="GRS80")
SYSTEMS = {
    "GCJ-02": (public_gcj02, gcj02_from_wgs84, wgs84_from_gcj02),
    "BD-09": (public_bd09, bd09_from_wgs84, wgs84_from_bd09),
}
MARGIN = 0.03
"""Points nearer than this to the rectangle's edge may be shifted across it and are not asked the way back."""
SPREAD_M = 60.0
"""How far apart the published steps of Beijing 1954 are, where one of them is meant for the place."""


def china(step: float) -> tuple[np.ndarray, np.ndarray]:
    """Points all over the rectangle in which the public formula shifts."""
    lon, lat = np.meshgrid(
        np.arange(WEST + MARGIN, EAST - MARGIN, step), np.arange(SOUTH + MARGIN, NORTH - MARGIN, step)
    )
    return lon.ravel(), lat.ravel()


def elsewhere(step: float, near: float) -> tuple[np.ndarray, np.ndarray]:
    """Points all over the world outside that rectangle, some of them `near` degrees beside it."""
    lon, lat = (one.ravel() for one in np.meshgrid(np.arange(-180, 180.1, step), np.arange(-90, 90.1, step)))
    edge = np.linspace(SOUTH, NORTH, 50)
    lon = np.concatenate([lon, np.full(50, WEST - near), np.full(50, EAST + near)])
    lat = np.concatenate([lat, edge, edge])
    out = (lon <= WEST - near) | (lon >= EAST + near) | (lat <= SOUTH - near) | (lat >= NORTH + near)
    return lon[out], lat[out]


def farthest_m(system: str, step: float) -> tuple[float, float]:
    """How far, at most, our shift is from the public formula, and our inverse from where the formula started."""
    public, there, back = SYSTEMS[system]
    lon, lat = china(step)
    shifted = public(lon, lat)
    forward = GEOD.inv(*shifted, *there(lon, lat))[2].max()
    inverse = GEOD.inv(lon, lat, *back(*shifted))[2].max()
    return float(forward), float(inverse)


def count_moved_elsewhere(step: float) -> int:
    """Count points that move; back from an offset system, beside the rectangle means by more than an offset."""
    moved = 0
    for _, there, back in SYSTEMS.values():
        for turn, near in ((there, 1e-5), (back, MARGIN)):
            lon, lat = elsewhere(step, near)
            x, y = turn(lon, lat)
            moved += int(((x != lon) | (y != lat)).sum())
    return moved


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_inverse_of_the_public_formula_all_over_china(system):
    forward, inverse = farthest_m(system, 0.37)
    assert forward < 1e-6
    assert inverse < 0.5


def test_nothing_moves_anywhere_else():
    assert count_moved_elsewhere(2.9) == 0


@pytest.mark.prove
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_twentieth_of_a_degree_of_china(system, proof):
    forward, inverse = farthest_m(system, 0.05)
    count = len(china(0.05)[0])
    line = f"{system} back to CGCS2000: farthest from the public formula, {count:,} points over all China"
    proof.note(line, "within 0.5 m", f"{inverse:.1e} m")
    assert forward < 1e-6
    assert inverse < 0.5


@pytest.mark.prove
def test_nothing_moves_anywhere_else_in_the_world(proof):
    moved, count = count_moved_elsewhere(0.25), len(elsewhere(0.25, MARGIN)[0])
    proof.note(f"GCJ-02 and BD-09, both ways, {count:,} points outside China", "0 moved", f"{moved} moved")
    assert moved == 0


@pytest.mark.parametrize("zone", range(25, 46))
def test_each_gauss_krueger_zone_is_read_to_the_millimetre(zone):
    """EPSG:4513-4533 carry the zone number in the easting, 4534-4554 do not."""
    meridian = 3.0 * zone
    lon, lat = meridian + np.array([-1.45, -0.7, 0.0, 0.3, 1.45]), np.array([18.2, 25.0, 30.5, 40.0, 53.4])
    for code, false_east_m, with_zone in ((4513, zone * 1e6 + 5e5, True), (4534, 5e5, False)):
        crs = f"EPSG:{code + zone - 25}"
        assert "CGCS2000" in CRS(crs).name
        x, y = gauss_krueger(lon, lat, meridian, false_east_m)
        assert GEOD.inv(lon, lat, *degrees_of(x, y, crs))[2].max() < 0.001
        assert {gauss_krueger_at(float(one), with_zone=with_zone) for one in lon} == {crs}
        assert all(crs in gauss_krueger_candidates(float(one)) for one in x)


@pytest.mark.parametrize("place", [(120.68, 30.51), (116.4, 39.9), (87.6, 43.8), (110.3, 20.0)])
def test_the_older_datums_state_how_far_they_may_be_off(place):
    """Beijing 1954 lies within its stated accuracy of every published step; Xi'an 1980 has none and says so."""
    step = choose_datum_step("EPSG:4214", *place)
    landed = step.move(*place)
    assert step.accuracy_m is not None
    assert 1 <= step.accuracy_m < 60
    assert 30 < step.shift_m < 160
    for shift in BEIJING_1954_STEPS.values():
        other = geocentric_shift(*place, 6_378_245.0, 1 / 298.3, shift)
        assert GEOD.inv(*landed, *other)[2] <= max(step.accuracy_m, SPREAD_M)
    bare = choose_datum_step("EPSG:4610", *place)
    assert (bare.accuracy_m, bare.shift_m, bare.operation) == (None, 0.0, "")


BEIJING_1954_STEPS = {
    "(1)": (12.646, -155.176, -80.863),
    "(2)": (15.53, -113.82, -41.38),
    "(3)": (31.4, -144.3, -74.8),
    "(4)": (15.8, -154.4, -82.3),
    "(5)": (18.0, -136.8, -73.7),
    "(6)": (11.911, -154.833, -80.079),
}
"""Beijing 1954 to WGS 84 in the EPSG dataset: shifts of the centre, metres."""


def test_the_taiwan_datum_by_a_formula_of_its_own():
    """EPSG:4236 to WGS84 is a shift of the centre by -637, -549, -203 m."""
    lon, lat = np.meshgrid(np.linspace(-88, -87.4, 7), np.linspace(41.6, 42.1, 7))
    x, y = degrees_of(lon.ravel(), lat.ravel(), "EPSG:4236")
    wanted = geocentric_shift(lon.ravel(), lat.ravel(), 6_378_388.0, 1 / 297, (-637, -549, -203))
    assert GEOD.inv(x, y, *wanted)[2].max() < 1
