"""Published formulas written anew for tests: nothing here is shared with the product."""

from __future__ import annotations

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]


def public_gcj02(lon: np.ndarray, lat: np.ndarray) -> Pair:
    """The formula of `evil transform` (2012) as its C# source has it, step by step."""
    a, ee, pi = 6378245.0, 0.00669342162296594323, np.pi
    x, y = lon - 105.0, lat - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    east += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    radians = lat / 180.0 * pi
    magic = 1 - ee * np.sin(radians) * np.sin(radians)
    root = np.sqrt(magic)
    north = (north * 180.0) / ((a * (1 - ee)) / (magic * root) * pi)
    east = (east * 180.0) / (a / root * np.cos(radians) * pi)
    return lon + east, lat + north


def public_bd09(lon: np.ndarray, lat: np.ndarray) -> Pair:
    """Baidu's second shift upon GCJ-02, as published with coordtransform (2015)."""
    x, y = public_gcj02(lon, lat)
    turn = np.pi * 3000.0 / 180.0
    z = np.sqrt(x * x + y * y) + 0.00002 * np.sin(y * turn)
    theta = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def geocentric_shift(
    lon: np.ndarray, lat: np.ndarray, semi_major_m: float, flattening: float, shift_m: tuple[float, float, float]
) -> Pair:
    """Degrees on WGS84 of degrees on another ellipsoid whose centre lies elsewhere, height 0 (EPSG method 9603)."""
    radians, ee = np.radians(lat), flattening * (2 - flattening)
    normal = semi_major_m / np.sqrt(1 - ee * np.sin(radians) ** 2)
    x = normal * np.cos(radians) * np.cos(np.radians(lon)) + shift_m[0]
    y = normal * np.cos(radians) * np.sin(np.radians(lon)) + shift_m[1]
    z = normal * (1 - ee) * np.sin(radians) + shift_m[2]
    a, ee = 6_378_137.0, 0.00669437999014
    flat, tilt = np.hypot(x, y), np.arctan2(z, np.hypot(x, y) * (1 - ee))
    for _ in range(6):
        normal = a / np.sqrt(1 - ee * np.sin(tilt) ** 2)
        tilt = np.arctan2(z + ee * normal * np.sin(tilt), flat)
    return np.degrees(np.arctan2(y, x)), np.degrees(tilt)


def gauss_krueger(lon: np.ndarray, lat: np.ndarray, meridian: float, false_east_m: float) -> Pair:
    """Transverse Mercator on the ellipsoid of CGCS2000 by the series of Krüger (1912) to the fourth order in n."""
    a, f = 6_378_137.0, 1 / 298.257222101
    n = f / (2 - f)
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
    phi, lam = np.radians(lat), np.radians(lon - meridian)
    root = 2 * np.sqrt(n) / (1 + n)
    tau = np.sinh(np.arctanh(np.sin(phi)) - root * np.arctanh(root * np.sin(phi)))
    xi, eta = np.arctan2(tau, np.cos(lam)), np.arctanh(np.sin(lam) / np.sqrt(1 + tau**2))
    north, east = xi.copy(), eta.copy()
    for k, factor in enumerate(alpha, start=1):
        north = north + factor * np.sin(2 * k * xi) * np.cosh(2 * k * eta)
        east = east + factor * np.cos(2 * k * xi) * np.sinh(2 * k * eta)
    return radius * east + false_east_m, radius * north
