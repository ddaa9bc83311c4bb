"""Who lies beside whom, what barriers and bridges do, and which tables are refused."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.areas.topology import neighbours
from geo.errors import SchemaError
from geo.planning import barriers
from geo.planning.borders import border_graph
from geo.planning.feasibility import check_parts, share_numbers
from geo.planning.graph import build_graph, edge_values, label_parts, subgraph
from geo.planning.nearby import nearby_graph
from geo.planning.units import Band, build_units


def squares(width, height):
    return np.array([shapely.box(x, y, x + 1, y + 1) for y in range(height) for x in range(width)])


def test_borders_agree_with_the_relation_of_shapes():
    """Another rule for the same question: DE-9IM, over cells of random points."""
    rng = np.random.default_rng(5)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(rng.random((60, 2)) * 100)))
    ids = [f"{i:02d}" for i in range(len(cells))]
    found = neighbours(gpd.GeoSeries(list(cells), index=ids))
    graph = border_graph(np.asarray(cells))
    rows = {ids[i]: [ids[j] for j in graph.other[graph.start[i] : graph.start[i + 1]]] for i in range(len(ids))}
    assert rows == found


def test_borders_with_other_vertices_are_measured():
    shapes = np.array([shapely.box(0, 0, 1, 3), shapely.box(1, 0, 2, 1), shapely.box(1, 1, 2, 3)])
    graph = border_graph(shapes)
    assert graph.other.tolist() == [1, 2, 0, 2, 0, 1]
    assert graph.border_m.tolist() == [1, 2, 1, 1, 2, 1]


def test_stacked_units_are_neighbours_of_each_other_and_of_the_others():
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    assert border_graph(shapes).other.tolist() == [1, 2, 0, 2, 0, 1]


def test_an_island_has_no_neighbour():
    graph = border_graph(np.array([*squares(2, 1), shapely.box(9, 9, 10, 10), None], dtype=object))
    assert np.diff(graph.start).tolist() == [1, 1, 0, 0]


def test_nearby_points_of_a_parent_hang_together():
    rng = np.random.default_rng(3)
    parent = rng.integers(0, 5, 300)
    graph = nearby_graph(rng.random(300), rng.random(300), parent)
    assert len(np.unique(label_parts(graph, parent))) == 5
    one, other = graph.edges()
    assert (parent[one] == parent[other]).all()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 9])
def test_nearby_points_in_a_row_and_on_one_spot(count):
    zeros = np.zeros(count, dtype=np.int64)
    row = nearby_graph(np.arange(count, dtype=float), np.zeros(count), zeros)
    assert len(row.edges()[0]) == count - 1
    spot = nearby_graph(np.zeros(count), np.zeros(count), zeros)
    assert len(np.unique(label_parts(spot, zeros))) == 1


def river_plan(river, bridges=()):
    shapes = squares(4, 2)
    graph = border_graph(shapes)
    share = barriers.border_share(graph, shapes, np.array([river]), tolerance_m=0.01)
    bridged, _ = barriers.bridged_edges(graph, shapes, np.array(bridges, dtype=object), reach_m=0.3)
    cut = barriers.apply_barriers(graph, share, np.zeros(len(share)), soft_discount=0.0, is_bridged=bridged)
    return len(np.unique(label_parts(cut, np.zeros(8, dtype=np.int64))))


def test_a_river_cuts_and_a_bridge_joins():
    river = shapely.LineString([(2, -1), (2, 3)])
    assert river_plan(river) == 2
    assert river_plan(river, [shapely.Point(2, 0.5)]) == 1
    assert river_plan(river, [shapely.LineString([(1.9, 1.5), (2.1, 1.5)])]) == 1
    assert river_plan(river, [shapely.Point(9, 9)]) == 2
    assert river_plan(shapely.LineString([(2, -1), (2, 1)])) == 1, "it ends halfway: one walks round"


def test_a_border_half_along_a_river_keeps_its_other_half():
    shapes = squares(2, 1)
    graph = border_graph(shapes)
    half = np.array([shapely.LineString([(1, 0), (1, 0.5)])])
    share = barriers.border_share(graph, shapes, half, tolerance_m=0.001)
    cut = barriers.apply_barriers(graph, share, np.zeros(1), soft_discount=0.0)
    assert edge_values(cut)[0].round(2).tolist() == [0.5]


def test_a_barrier_through_a_unit_is_refused_one_that_ends_in_it_is_not():
    shapes, ids = squares(2, 1), np.array(["west", "east"], dtype=object)
    barriers.require_whole_units(ids, shapes, np.array([shapely.LineString([(0.5, -1), (0.5, 0.5)])]), tolerance_m=0.01)
    barriers.require_whole_units(ids, shapes, np.array([shapely.LineString([(1, -1), (1, 2)])]), tolerance_m=0.01)
    with pytest.raises(SchemaError, match="cuts west, east in two"):
        barriers.require_whole_units(
            ids, shapes, np.array([shapely.LineString([(-1, 0.5), (3, 0.5)])]), tolerance_m=0.01
        )


def test_a_subgraph_keeps_borders():
    graph = build_graph(4, [[0, 1], [1, 2], [2, 3], [3, 0]], [1.0, 2.0, 3.0, 4.0])
    part = subgraph(graph, np.array([3, 0, 1]))
    assert part.other.tolist() == [1, 0, 2, 1]
    assert part.border_m.tolist() == [4, 4, 1, 1]


def test_every_fault_of_a_table_is_told_at_once():
    table = pd.DataFrame(
        {"n": ["5", "-1", "2.5", "x", ""], "village": ["p", "p", None, "p", "p"]}, index=["a", "b", "c", "d", "d"]
    )
    with pytest.raises(SchemaError) as caught:
        build_units(table, build_graph(5, []), size="n", bands={"": Band(1, 2)}, parent="village")
    found = str(caught.value.found)
    for part in ("negative n in b", "no whole number in c", "no number as n in d, d", "repeat: d", "no village for c"):
        assert part in found
    with pytest.raises(SchemaError, match="no column households"):
        build_units(table, build_graph(5, []), size="households", bands={"": Band(1, 2)})


def chain(sizes, band, pairs=None):
    table = pd.DataFrame({"n": sizes}, index=[f"u{i}" for i in range(len(sizes))])
    near = pairs if pairs is not None else [[i, i + 1] for i in range(len(sizes) - 1)]
    return check_parts(build_units(table, build_graph(len(sizes), near), size="n", bands={"": band}))


@pytest.mark.parametrize(
    ("sizes", "numbers", "reason", "least"),
    [
        ([100] * 4, [1], None, 0),
        ([100] * 9, [2, 3], None, 0),
        ([100] * 5 + [1], [], "lies in a gap", 1),
        ([100] * 5 + [99], [], "lies in a gap", 1),
        ([100] * 2, [], "200 in all lies under 300", 100),
        ([600, 300], None, "larger than 500: u0", 100),
        ([450, 450, 450], [3, 4], None, 0),
    ],
)
def test_reasons_before_solving(sizes, numbers, reason, least):
    (part,) = chain(sizes, Band(300, 500))
    if numbers is not None:
        assert list(part.numbers) == [k for k in numbers if k <= len(sizes)]
    assert part.is_possible == (reason is None)
    assert reason is None or reason in str(part.reasons[0])
    assert part.least_excess == least
    assert len(part.advice) == len(part.reasons)


def test_a_small_part_that_is_cut_off_is_told_as_such():
    whole, island = chain([100, 100, 100, 100, 60], Band(300, 500), [[0, 1], [1, 2], [2, 3]])
    assert whole.is_possible
    assert "a part of 60, cut off from the rest" in str(island.reasons[0])


def test_a_told_number_of_zones_is_shared_out_exactly():
    parts = [chain([100] * n, Band(300, 500))[0] for n in (4, 9, 12, 23)]
    low, high = (sum(f(p.numbers) for p in parts) for f in (min, max))
    for wanted in range(low, high + 1):
        numbers = share_numbers(parts, wanted)
        assert numbers.sum() == wanted
        assert all(k in p.numbers for k, p in zip(numbers, parts, strict=True))
    assert share_numbers(parts, 10**6).sum() == high
