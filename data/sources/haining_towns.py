"""The twelve towns and subdistricts of Haining: official names and codes, centres to about a kilometre."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.sources._spec import SourceSpec


@dataclass(frozen=True, kw_only=True)
class Town:
    """
    One town. `lon`, `lat` say where its seat lies, rounded to a hundredth of a degree.

    `villages` is its share of the county's 228 villages and communities, in the proportion of the published list.
    """

    code: str
    name: str
    lon: float
    lat: float
    villages: int


TOWNS = (
    Town(code="330481001", name="硖石街道", lon=120.70, lat=30.52, villages=24),
    Town(code="330481002", name="海洲街道", lon=120.67, lat=30.51, villages=20),
    Town(code="330481003", name="海昌街道", lon=120.70, lat=30.54, villages=20),
    Town(code="330481004", name="马桥街道", lon=120.70, lat=30.46, villages=10),
    Town(code="330481101", name="许村镇", lon=120.36, lat=30.43, villages=29),
    Town(code="330481103", name="长安镇", lon=120.44, lat=30.45, villages=26),
    Town(code="330481105", name="周王庙镇", lon=120.50, lat=30.46, villages=15),
    Town(code="330481106", name="丁桥镇", lon=120.64, lat=30.42, villages=15),
    Town(code="330481107", name="斜桥镇", lon=120.61, lat=30.50, villages=19),
    Town(code="330481108", name="黄湾镇", lon=120.79, lat=30.34, villages=11),
    Town(code="330481110", name="盐官镇", lon=120.55, lat=30.42, villages=21),
    Town(code="330481112", name="袁花镇", lon=120.77, lat=30.41, villages=18),
)


def read_haining_towns() -> pd.DataFrame:
    """
    Return the seats of the twelve towns as places.

    Returns
    -------
    places
        place_id is the official nine-digit code; kind "town_seat"; lon, lat in degrees, good to about a kilometre.

    Notes
    -----
    Source: administrative division codes of the Ministry of Civil Affairs; names and codes are facts.

    Examples
    --------
    >>> towns = read_haining_towns()
    >>> len(towns), towns["place_id"].iloc[0], towns["name"].iloc[0]
    (12, '330481001', '硖石街道')
    """
    rows = [
        {"place_id": t.code, "kind": "town_seat", "name": t.name, "level": "town", "lon": t.lon, "lat": t.lat}
        for t in TOWNS
    ]
    return pd.DataFrame(rows)


SPEC = SourceSpec(
    title="Towns of Haining",
    provides="places",
    read=read_haining_towns,
    licence="facts, free of copyright",
    attribution="administrative division codes of the Ministry of Civil Affairs",
)
