"""
A place small enough to check every metric by hand: the tables its examples and tests use.

Three areas in a row, 1 km high: A 2 km wide (children a1, a2; 1,000 households), B 1 km (child b1; 500),
C 1 km (no child, no household). The period is the first week of June 2026, judged at its end.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString, box

from geo.metrics._spec import Window

CRS = "EPSG:32651"
WEEK = Window(
    start=datetime(2026, 5, 31, 16, tzinfo=UTC), end=datetime(2026, 6, 7, 16, tzinfo=UTC),
    now=datetime(2026, 7, 1, tzinfo=UTC), time_zone="Asia/Shanghai",
)  # fmt: skip
SETTINGS: dict[str, Any] = {
    "visit_window_days": 30, "service_radius_m": 500.0, "service_place_kind": "governance_station",
    "sweep_radius_m": 25.0, "fix_gap_s": 300, "small_count": 5, "uncertain_ratio": 1.0,
    "non_worker_roles": ("volunteer", "reserve", "adviser", "police"), "count_kind": "crowd",
}  # fmt: skip

AREAS = pd.DataFrame(
    {
        "name": ["Alpha", "Beta", "Gamma"],
        "parent_id": ["T", "T", "T"],
        "area_class": ["town", "town", ""],
        "area_km2": [2.0, 1.0, 1.0],
        "households": [1000.0, 500.0, 0.0],
    },
    index=pd.Index(["A", "B", "C"], dtype=object, name="area_id"),
)
CHILDREN = pd.DataFrame(
    {"parent_id": ["A", "A", "B"]}, index=pd.Index(["a1", "a2", "b1"], dtype=object, name="area_id")
)

# id, area, child, occurred (June, local), minutes to arrive, minutes to close, due after minutes, status, returned
_INCIDENTS = (
    ("i01", "A", "a1", "05-20 09:00", 10, 60, 240, "closed", 0),
    ("i02", "A", "a1", "05-28 09:00", 10, 60, 240, "closed", 0),
    ("i03", "B", "b1", "05-29 09:00", 10, 60, 240, "closed", 0),
    ("i04", "B", "b1", "05-30 09:00", 10, 60, 240, "closed", 0),
    ("i1", "A", "a1", "06-01 10:00", 20, 60, 240, "closed", 0),
    ("i2", "A", "a1", "06-01 10:30", 40, 2880, 1440, "closed", 1),
    ("i3", "A", "a2", "06-02 18:00", 30, None, 1440, "arrived", 2),
    ("i4", "A", "a1", "06-07 12:00", None, None, 43200, "dispatched", 0),
    ("i5", "B", "b1", "06-03 08:00", 15, 120, 240, "closed", 0),
    ("i6", "B", "b1", "06-03 08:30", None, None, 240, "void", 0),
    ("i7", None, None, "06-04 12:00", 25, 90, 240, "closed", 0),
)
# unit, area, child, local time, x, y: 1 m north of the road in A, one gap of ten minutes, then B
_FIXES = (
    ("u1", "A", "a1", "06-01 09:00:00", 100.0, 501.0),
    ("u1", "A", "a1", "06-01 09:02:00", 300.0, 501.0),
    ("u1", "A", "a1", "06-01 09:04:00", 500.0, 501.0),
    ("u1", "A", "a2", "06-01 09:14:00", 1500.0, 501.0),
    ("u1", "B", "b1", "06-01 09:15:00", 2100.0, 501.0),
    ("u2", "B", "b1", "06-02 09:00:00", 2500.0, 900.0),
    ("u2", "B", "b1", "06-02 09:03:00", 2500.0, 900.0),
    ("u3", None, None, "06-02 10:00:00", 9000.0, 9000.0),
    ("u3", None, None, "06-02 10:01:00", 9000.0, 9000.0),
)
# id, person, area, child, local time
_VISITS = (
    ("v0", "p1", "A", "a2", "04-01 09:00"),
    ("v1", "p1", "A", "a1", "06-01 09:00"),
    ("v2", "p1", "A", "a1", "06-07 12:00"),
    ("v3", "p2", "B", "b1", "06-06 00:00"),
    ("v4", "p2", None, None, "06-06 10:00"),
)
_PEOPLE = (
    ("p1", "full_time", "A", "a1"), ("p2", "full_time", "B", "b1"), ("p3", "part_time", "A", "a2"),
    ("p4", "volunteer", "A", "a1"), ("p5", "grid_head", None, None),
)  # fmt: skip
# area, child, x, y: the station stands at (1000, 500)
_HOUSEHOLDS = (
    ("A", "a1", 600.0, 500.0), ("A", "a1", 500.0, 500.0), ("A", "a2", 1400.0, 800.0), ("A", "a2", 1900.0, 500.0),
    ("B", "b1", 2500.0, 500.0), ("B", "b1", None, None), (None, None, 1000.0, 500.0),
)  # fmt: skip


# kind, local time, value, area, child: two spots in A counted at the same hours, one in B
_COUNTS = tuple(
    (kind, pd.Timestamp(f"2026-{at}", tz="Asia/Shanghai").tz_convert("UTC"), value, area, child)
    for kind, at, value, area, child in (
        ("crowd", "06-01 09:00", 30.0, "A", "a1"), ("crowd", "06-01 09:00", 40.0, "A", "a2"),
        ("crowd", "06-01 10:00", 60.0, "A", "a1"), ("crowd", "06-02 09:00", 50.0, "B", "b1"),
        ("crowd", "06-02 10:00", None, "B", "b1"), ("traffic", "06-01 09:00", 900.0, "A", "a1"),
        ("crowd", "06-03 09:00", 7.0, None, None),
    )
)  # fmt: skip


def drawn(name: str) -> Any:
    """Return a fresh copy of one table of the drawn place."""
    return _TABLES[name].copy()


def _local(text: str) -> pd.Timestamp:
    return pd.Timestamp(f"2026-{text}", tz="Asia/Shanghai").tz_convert("UTC")


def _after(at: pd.Series, minutes: tuple[Any, ...]) -> pd.Series:
    return at + pd.to_timedelta(pd.Series(minutes, dtype=float), unit="min")


def _incidents() -> pd.DataFrame:
    ids, areas, children, times, arrive, close, due, status, rework = zip(*_INCIDENTS, strict=True)
    at = pd.Series([_local(str(t)) for t in times])
    table = pd.DataFrame({"incident_id": ids, "area_id": areas, "child_id": children, "status": status}, dtype=object)
    return table.assign(
        category="noise", occurred_at=at, reported_at=at, arrived_at=_after(at, arrive), closed_at=_after(at, close),
        due_at=_after(at, due), rework_count=rework, x_m=500.0, y_m=500.0,
    )  # fmt: skip


def _fixes() -> pd.DataFrame:
    unit, area, child, at, x, y = zip(*_FIXES, strict=True)
    table = pd.DataFrame({"unit_id": unit, "area_id": area, "child_id": child}, dtype=object)
    return table.assign(at=[_local(t) for t in at], x_m=x, y_m=y)


def _visits() -> pd.DataFrame:
    ids, person, area, child, at = zip(*_VISITS, strict=True)
    table = pd.DataFrame({"visit_id": ids, "person_id": person, "area_id": area, "child_id": child}, dtype=object)
    return table.assign(started_at=[_local(str(t)) for t in at])


def _roads() -> gpd.GeoDataFrame:
    lines = [
        LineString([(0, 500), (1000, 500)]),
        LineString([(1000, 500), (2000, 500)]),
        LineString([(2000, 0), (3000, 0)]),
    ]
    table = pd.DataFrame({"area_id": ["A", "A", "B"], "child_id": ["a1", "a2", "b1"]}, dtype=object)
    return gpd.GeoDataFrame(table, geometry=lines, crs=CRS)


_TABLES: dict[str, pd.DataFrame] = {
    "areas": AREAS,
    "children": CHILDREN,
    "incidents": _incidents(),
    "fixes": _fixes(),
    "visits": _visits(),
    "people": pd.DataFrame(_PEOPLE, columns=["person_id", "role", "area_id", "child_id"], dtype=object),
    "households": pd.DataFrame(_HOUSEHOLDS, columns=["area_id", "child_id", "x_m", "y_m"]).astype(
        {"area_id": object, "child_id": object, "x_m": float, "y_m": float}
    ),
    "places": pd.DataFrame(
        {
            "kind": ["governance_station", "camera"],
            "area_id": ["A", "B"],
            "child_id": ["a1", "b1"],
            "x_m": [1000.0, 2500.0],
            "y_m": [500.0, 500.0],
        }
    ).astype({"kind": object, "area_id": object, "child_id": object}),
    "counts": pd.DataFrame(
        _COUNTS, columns=["kind", "at", "value", "area_id", "child_id"]
    ).astype({"kind": object, "area_id": object, "child_id": object}),
    "roads": _roads(),
    "polygons": gpd.GeoDataFrame(
        geometry=[box(0, 0, 2000, 1000), box(2000, 0, 3000, 1000), box(3000, 0, 4000, 1000)], index=AREAS.index, crs=CRS
    ),
}  # fmt: skip
