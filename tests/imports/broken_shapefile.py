"""Grids as a shapefile that hurts: unmarked GBK, a bow-tie, an overlap, a gap, one that leaves its village."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

WEST, SOUTH, STEP = 120.68, 30.50, 0.004
VILLAGES = {"330481001001": "长安村", "330481001002": "周王庙村"}
GRIDS = {
    "330481001001001": "长安第一网格",
    "330481001001002": "长安第二网格",
    "330481001001003": "长安第三网格",
    "330481001002001": "周王庙第一网格",
    "330481001002002": "周王庙第二网格",
    "330481001002003": "周王庙第三网格",
}
OVERLAP_DEGREES, GAP_DEGREES, OVERHANG_DEGREES = 0.0001, 0.00003, 0.00006


def cell(column: float, row: float, wide: float = 1.0, high: float = 1.0) -> shapely.Polygon:
    """A rectangle in steps of the county's own grid."""
    xs = [round(WEST + (column + step) * STEP, 7) for step in (0, wide)]
    ys = [round(SOUTH + (row + step) * STEP, 7) for step in (0, high)]
    return shapely.box(xs[0], ys[0], xs[1], ys[1])


def village(first: int) -> shapely.Polygon:
    """Three cells in a row as one polygon, with the corners of every cell on its border."""
    corners = [cell(number, 0).bounds for number in range(first, first + 3)]
    south = [(west, low) for west, low, _, _ in corners] + [(corners[-1][2], corners[-1][1])]
    north = [(east, high) for _, _, east, high in reversed(corners)] + [(corners[0][0], corners[0][3])]
    return shapely.Polygon(south + north)


def write_villages(folder: Path) -> Path:
    """Two villages side by side, each three steps wide and one high, as a GeoPackage."""
    table = gpd.GeoDataFrame(
        {"code": list(VILLAGES), "name": list(VILLAGES.values())}, geometry=[village(0), village(3)], crs=4490
    )
    table.to_file(folder / "villages.gpkg")
    return folder / "villages.gpkg"


def broken_shapes() -> list[shapely.Polygon]:
    """Grid 2 reaches into 3, which leaves its village; 5 has a gap beside it, 6 a border that crosses itself."""
    first, second, third, fourth, fifth, sixth = (cell(number, 0) for number in range(6))
    west, south, east, north = second.bounds
    second = shapely.box(west, south, east + OVERLAP_DEGREES, north)
    west, south, east, north = third.bounds
    third, fourth = (
        shapely.box(west, south, east + OVERHANG_DEGREES, north),
        shapely.box(east + OVERHANG_DEGREES, south, fourth.bounds[2], north),
    )
    west, south, east, north = fifth.bounds
    inner = shapely.box(west, south + STEP / 4, west + GAP_DEGREES, north - STEP / 4)
    fifth = shapely.difference(shapely.box(west, south, east, north), inner)
    west, south, east, north = sixth.bounds
    notch = 0.00002
    knot = [(west, south), (east, south), (east, north - notch), (east - notch, north), (east, north)]
    knot += [(east - notch, north - notch), (west, north)]
    return [first, second, third, fourth, fifth, shapely.Polygon(knot)]


def write_broken(folder: Path, shapes: list[shapely.Polygon] | None = None) -> list[Path]:
    """Write the grids as the loose parts of a shapefile, Chinese in GBK and nothing that says so; return the parts."""
    table = gpd.GeoDataFrame(
        {
            "网格编码": list(GRIDS),
            "网格名称": list(GRIDS.values()),
            "村社": [code[:12] for code in GRIDS],
            "户数": [320, 410, 380, 450, 330, 390],
        },
        geometry=shapes or broken_shapes(),
        crs=4490,
    )
    pyogrio.write_dataframe(table, folder / "网格.shp", encoding="GBK")
    (folder / "网格.cpg").unlink(missing_ok=True)
    return sorted(folder.glob("网格.*"))
