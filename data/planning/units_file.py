"""Reading units: polygons, points or an adjacency list, with the barriers between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from data.formats import read_file
from data.imports.coordinates import choose_crs, shapes_to_lon_lat
from data.planning.made import as_lines
from geo.contracts import text_ids
from geo.crs.metric import choose_metric_crs, project_table
from geo.errors import FormatError, SchemaError, name_few, say
from geo.planning import barriers as lines
from geo.planning.borders import border_graph
from geo.planning.graph import Graph, build_graph, edge_values
from geo.planning.nearby import nearby_graph

SOFT = {"soft", "软", "软屏障"}
BRIDGE = {"bridge", "crossing", "桥", "桥梁"}
HARD = {"", "hard", "硬", "硬屏障"}
ADJACENCY_BYTES = 200_000_000


@dataclass
class UnitsFile:
    """
    A file of units as read: `table` has every column as text, indexed by id; shapes are None without geometry.

    `shapes` are in degrees, `metres` the same in the metric CRS of the place.
    """

    table: pd.DataFrame
    shapes: np.ndarray | None
    metres: np.ndarray | None
    pairs: np.ndarray | None
    crs: Any = None


def read_units(path: Path, id_column: str, *, crs: str | None, option: str = "--id") -> UnitsFile:
    """
    Read units from any known format, or from a networkx adjacency file (.json with nodes and adjacency).

    `option` is the option that names the id column, for the refusal.

    Raises
    ------
    GridError
        If the file cannot be read, has no such id column, or its shapes are missing, mixed or without CRS.
    """
    adjacency = read_adjacency(path, id_column) if path.suffix.lower() == ".json" else None
    if adjacency is not None:
        return adjacency
    raw = read_file(path)
    _require_column(raw.frame, id_column, option)
    table = raw.frame.set_index(pd.Index(text_ids(raw.frame[id_column]), name=id_column), drop=False)
    if raw.geometry is None:
        raise SchemaError(
            say("polygons, points or an adjacency list in {file}", file=path.name),
            say("a table without geometry"),
            say("give a file with shapes, or a .json with nodes and adjacency"),
        )
    declared, _ = choose_crs(raw.crs, None if raw.crs else crs, raw.file)
    shapes = shapes_to_lon_lat(raw.geometry, declared)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if missing.any():
        raise SchemaError(
            say("a shape for every unit"),
            say("none for {ids}", ids=name_few(table.index[missing])),
            say("draw these units, or leave them out"),
        )
    place = choose_metric_crs([float(edge) for edge in shapely.total_bounds(shapes)])
    return UnitsFile(table, shapes, _in_metres(shapes, place.crs), None, place.crs)


def read_adjacency(path: Path, id_column: str) -> UnitsFile | None:
    """Read a networkx adjacency file; None where the JSON is something else, such as GeoJSON."""
    import orjson

    if path.stat().st_size > ADJACENCY_BYTES:
        raise FormatError(
            say("an adjacency file under {most} MB", most=ADJACENCY_BYTES // 1_000_000),
            say("{size} MB", size=path.stat().st_size // 1_000_000),
            say("leave out attributes that are not needed"),
        )
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise FormatError(
            say("JSON in {file}", file=path.name), say("{why}", why=str(error)), say("write the file again")
        ) from None
    if not isinstance(content, dict) or "adjacency" not in content or "nodes" not in content:
        return None
    table = pd.DataFrame.from_records(content["nodes"])
    _require_column(table, id_column)
    place = {node.get("id", number): number for number, node in enumerate(content["nodes"])}
    pairs = [(at, place.get(one.get("id"), -1)) for at, near in enumerate(content["adjacency"]) for one in near]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    if len(content["adjacency"]) != len(table) or (ends < 0).any():
        raise FormatError(
            say("an adjacency list with one entry a node, naming nodes of the file"),
            say("{lists} lists for {nodes} nodes, {lost} unknown neighbours", lists=len(content["adjacency"]),
                nodes=len(table), lost=int((ends < 0).any(axis=1).sum())),
            say("write the file again"),
        )  # fmt: skip
    ends = np.unique(np.sort(ends, axis=1), axis=0)
    table.index = pd.Index(text_ids(table[id_column]), name=id_column)
    return UnitsFile(table, None, None, ends)


def build_unit_graph(
    units: UnitsFile,
    *,
    parent: str | None,
    barriers: Path | None,
    streets: tuple[Path, ...] = (),
    counts_edges: bool,
    crs: str | None,
    settings: dict[str, Any],
) -> tuple[Graph, str]:
    """
    Build who lies beside whom: by borders, or by nearness where units are points or stand apart.

    Returns the graph and how neighbours were found: "adjacency", "borders" or "nearby". `counts_edges` makes every
    border count 1 instead of its metres. Wherever one of `streets` crosses a hard barrier there is a bridge.
    """
    if units.pairs is not None:
        if barriers is not None:
            raise SchemaError(
                say("shapes in --units, to lay barriers over"), say("an adjacency list"), say("leave --barriers out")
            )
        return build_graph(len(units.table), units.pairs), "adjacency"
    assert units.metres is not None
    is_point = shapely.get_dimensions(units.metres) < 2
    graph = border_graph(units.metres) if not is_point.any() else None
    if graph is None or (np.diff(graph.start) == 0).mean() > 0.5:
        how, graph = "nearby", _nearby(units, parent)
    else:
        how = "borders"
    if barriers is not None:
        found = read_barriers(barriers, units, crs=crs)
        if streets:
            ways = np.concatenate([_in_metres(read_lines(path, crs=crs)[1], units.crs) for path in streets])
            over = lines.crossings(as_lines(ways), as_lines(found["hard"]))
            found["bridge"] = np.concatenate([found["bridge"], over])
        graph = _lay_barriers(graph, units, found, how, settings)
    if counts_edges:
        border, cost = edge_values(graph)
        graph = build_graph(graph.count, np.column_stack(graph.edges()), border, np.minimum(cost / border, 1.0))
    return graph, how


def read_barriers(path: Path, units: UnitsFile, *, crs: str | None) -> dict[str, np.ndarray]:
    """Read barriers in the units' metric CRS: {"hard", "soft", "bridge"}; see `read_barrier_lines`."""
    return {name: _in_metres(shapes, units.crs) for name, shapes in read_barrier_lines(path, crs=crs).items()}


def read_barrier_lines(path: Path, *, crs: str | None) -> dict[str, np.ndarray]:
    """
    Read lines (or points, of bridges) in degrees: {"hard", "soft", "bridge"}.

    The column `barrier` (or `kind`) says which; a file without it holds hard barriers.
    """
    frame, shapes = read_lines(path, crs=crs)
    column = next((name for name in ("barrier", "kind") if name in frame), None)
    sorts = frame[column].fillna("").str.strip().str.lower() if column else pd.Series("", index=frame.index)
    unknown = ~sorts.isin(HARD | SOFT | BRIDGE)
    if unknown.any():
        raise SchemaError(
            say("hard, soft or bridge in the column {column}", column=str(column)),
            say("{names}", names=name_few(sorts[unknown].unique())),
            say("write one of the three"),
        )
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return {
        name: shapely.get_parts(shapes[known & sorts.isin(words).to_numpy()])
        for name, words in (("hard", HARD), ("soft", SOFT), ("bridge", BRIDGE))
    }


def read_lines(path: Path, *, crs: str | None) -> tuple[pd.DataFrame, np.ndarray]:
    """Read the rows of a file of lines and their shapes in degrees."""
    raw = read_file(path)
    if raw.geometry is None:
        raise SchemaError(
            say("lines in {file}", file=path.name), say("a table without geometry"), say("give a file with shapes")
        )
    declared, _ = choose_crs(raw.crs, None if raw.crs else crs, raw.file)
    return raw.frame, shapes_to_lon_lat(raw.geometry, declared)


def _lay_barriers(
    graph: Graph, units: UnitsFile, found: dict[str, np.ndarray], how: str, settings: dict[str, Any]
) -> Graph:
    assert units.metres is not None
    tolerance = settings["plan_barrier_tolerance_m"]
    ids = np.asarray(units.table.index, dtype=object)
    if how == "borders":
        lines.require_whole_units(
            ids, units.metres, found["hard"], tolerance_m=tolerance, bridges=found["bridge"],
            reach_m=settings["plan_bridge_reach_m"],
        )  # fmt: skip
        share = {
            name: lines.border_share(graph, units.metres, found[name], tolerance_m=tolerance)
            for name in ("hard", "soft")
        }
        bridged = np.zeros(len(share["hard"]), dtype=bool)
    else:
        x, y = _points(units)
        share = {name: lines.path_crosses(graph, x, y, found[name]).astype(float) for name in ("hard", "soft")}
        points = found["bridge"][shapely.get_type_id(found["bridge"]) == 0]
        bridged = lines.path_crosses(graph, x, y, shapely.buffer(points, settings["plan_bridge_reach_m"]))
    marked, joined = lines.bridged_edges(graph, units.metres, found["bridge"], reach_m=settings["plan_bridge_reach_m"])
    cut = lines.apply_barriers(
        graph, share["hard"], share["soft"], soft_discount=settings["plan_soft_discount"], is_bridged=bridged | marked
    )
    return lines.join_pairs(cut, joined)


def _nearby(units: UnitsFile, parent: str | None) -> Graph:
    x, y = _points(units)
    inside = units.table[parent] if parent and parent in units.table else pd.Series("", index=units.table.index)
    return nearby_graph(x, y, pd.factorize(inside)[0].astype(np.int64))


def _points(units: UnitsFile) -> tuple[np.ndarray, np.ndarray]:
    middle = shapely.point_on_surface(units.metres)
    return np.asarray(shapely.get_x(middle)), np.asarray(shapely.get_y(middle))


def _in_metres(shapes: np.ndarray, crs: Any) -> np.ndarray:
    import geopandas as gpd

    table = gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(shapes)), crs="EPSG:4326")
    return np.asarray(project_table(table, crs).geometry, dtype=object)


def _require_column(frame: pd.DataFrame, column: str, option: str = "--id") -> None:
    if column not in frame:
        raise SchemaError(
            say("a column {column!r} with the id of each unit", column=column),
            say("columns {names}", names=name_few(frame.columns)),
            say("give one of them with {option}", option=option),
        )
