"""A town of two grids on a strip, imported without a file's reader: areas and rows as a file would bring them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from data.formats import RawTable
from data.imports import ImportOptions
from data.imports.importing import import_areas, import_rows, silent
from data.imports.publish import find_store

ACTOR = "administrator"
DAY = "2026-11-01"
MIDNIGHT = pd.Timestamp(DAY, tz="Asia/Shanghai")


def box(west, east):
    """A part of a strip, in hundredths of a degree."""
    return shapely.box(120 + west / 100, 30, 120 + east / 100, 30.01)


OLD = {"A": (0, 2), "B": (2, 4)}
SPLIT = {"A1": (0, 1), "A2": (1, 2), "B": (2, 4)}


def load(level, strips, *, names=None, **options):
    """Import areas of one level, as read from a file."""
    table = {"code": list(strips), "name": [(names or {}).get(one, f"{one} grid") for one in strips]}
    if level == "grid":
        table["up"] = "T"
        options["parent"] = "up"
    shapes = np.array([box(*one) for one in strips.values()], dtype=object)
    chosen = ImportOptions(level=level, id="code", name="name", **options)
    return import_areas(raw(table, shapes), chosen, find_store("w"), "w", ACTOR, silent)


def load_rows(kind, table):
    options = ImportOptions(crs="EPSG:4326", lon="lon", lat="lat", time_zone="Asia/Shanghai")
    return import_rows(raw(table), kind, options, find_store("w"), "w", ACTOR, silent)


def raw(table, shapes=None):
    frame = pd.DataFrame(table).astype("str")
    named = {"file": "made.gpkg", "format": "geopackage", "title": "GeoPackage", "encoding": "utf-8", "layer": None}
    return RawTable(frame=frame, geometry=shapes, crs="EPSG:4326", checksum="00", **named)


def spots(kind, key, moment):
    """One row in the middle of every half strip on each of two days, around midnight of the day, and one outside."""
    at = [MIDNIGHT - pd.Timedelta("1min"), MIDNIGHT, MIDNIGHT - pd.Timedelta("20D"), MIDNIGHT + pd.Timedelta("5D")]
    rows = [(x / 100 + 120, 30.005, one) for one in at for x in (0.5, 1.5, 2.5, 3.5, 9)]
    lon, lat, times = zip(*rows, strict=True)
    table = pd.DataFrame({"lon": lon, "lat": lat, moment: [one.isoformat() for one in times]})
    table.insert(0, key, [f"{kind}{n:02}" for n in range(len(rows))])
    return table


def make_town():
    load("town", {"T": (0, 4)})
    load("grid", OLD)
    load_rows("incidents", spots("i", "incident_id", "occurred_at"))
    load_rows("fixes", spots("f", "unit_id", "at"))
    load_rows("buildings", spots("b", "building_id", "when").drop(columns="when").assign(households=3))
