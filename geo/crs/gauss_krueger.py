"""Gauss-Krueger zones of CGCS2000: which EPSG code stands for a meridian, and which zones a coordinate may be of."""

from __future__ import annotations

ZONE_OF_THREE, CENTRAL_OF_THREE = 4513, 4534
ZONE_OF_SIX, CENTRAL_OF_SIX = 4491, 4502
FIRST_THREE, LAST_THREE, FIRST_SIX, LAST_SIX = 25, 45, 13, 23
FALSE_EAST_M, HALF_WIDTH_M = 500_000.0, 400_000.0
MILLION = 1_000_000.0


def gauss_krueger_at(lon: float, *, with_zone: bool = False) -> str:
    """
    Return the EPSG code of the 3-degree CGCS2000 zone that holds a longitude.

    With `with_zone` the eastings carry the zone number in front (EPSG:4513 to 4533), else not (4534 to 4554). A
    longitude half-way between two meridians takes the eastern one.

    Raises
    ------
    ValueError
        If the longitude lies outside the zones of China (73.5 to 136.5 degrees).

    Notes
    -----
    Source: EPSG:4513-4554; zone n has the central meridian 3n degrees.

    Examples
    --------
    >>> gauss_krueger_at(120.68), gauss_krueger_at(120.68, with_zone=True), gauss_krueger_at(75)
    ('EPSG:4549', 'EPSG:4528', 'EPSG:4534')
    """
    zone = int(lon / 3 + 0.5)
    if not FIRST_THREE <= zone <= LAST_THREE:
        raise ValueError(f"no Gauss-Krueger zone of China holds the longitude {lon:g}")
    return f"EPSG:{(ZONE_OF_THREE if with_zone else CENTRAL_OF_THREE) + zone - FIRST_THREE}"


def gauss_krueger_candidates(easting_m: float) -> list[str]:
    """
    Return the CGCS2000 Gauss-Krueger systems an easting can be of, as EPSG codes.

    An easting of eight digits carries its zone number and leaves one 3-degree zone (25 to 45) or one 6-degree zone
    (13 to 23); one of six digits can be of any meridian; anything else of none.

    Examples
    --------
    >>> gauss_krueger_candidates(40_565_000.0), gauss_krueger_candidates(21_565_000.0)
    (['EPSG:4528'], ['EPSG:4499'])
    >>> len(gauss_krueger_candidates(565_000.0)), gauss_krueger_candidates(120.5)
    (21, [])
    """
    zone, rest = divmod(easting_m, MILLION)
    if abs(rest - FALSE_EAST_M) > HALF_WIDTH_M:
        return []
    if zone == 0:
        return [f"EPSG:{CENTRAL_OF_THREE + number}" for number in range(LAST_THREE - FIRST_THREE + 1)]
    if FIRST_THREE <= zone <= LAST_THREE:
        return [f"EPSG:{ZONE_OF_THREE + int(zone) - FIRST_THREE}"]
    if FIRST_SIX <= zone <= LAST_SIX:
        return [f"EPSG:{ZONE_OF_SIX + int(zone) - FIRST_SIX}"]
    return []
