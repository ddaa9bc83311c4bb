"""Ground to edit on: random cells of two villages, with households in buildings, and acts drawn by chance."""

import numpy as np
import pandas as pd
import shapely

from geo.errors import PlanError, say
from geo.planning.barriers import Barriers
from geo.planning.borders import border_graph
from geo.planning.editing import acts
from geo.planning.editing.ground import Homes, build_ground, planning_graph
from geo.planning.editing.rebalance import rebalance
from geo.planning.editing.sides import units_inside
from geo.planning.solve.search import QUICK
from geo.planning.units import Band, build_units

SIDE_M = 1000.0


def draw_cells(rng, count, *, river=False, villages=2):
    """Return ground of Voronoi cells; with `river` a hard barrier runs along cell borders through the middle."""
    points = shapely.multipoints(rng.random((count, 2)) * SIDE_M)
    frame = shapely.box(0, 0, SIDE_M, SIDE_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    shapes = np.asarray(shapely.coverage_clean(shapely.intersection(cells, frame)), dtype=object)
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    size = rng.integers(50, 81, len(shapes))
    village = (middle[:, 0] * villages / SIDE_M).astype(int)
    zone = [f"v{v}z{int(y / 330)}" for v, y in zip(village, middle[:, 1], strict=True)]
    table = pd.DataFrame(
        {"households": size, "village": [f"v{v}" for v in village], "zone": zone, "load": rng.random(len(shapes))},
        index=[f"u{i:03d}" for i in range(len(shapes))],
    )
    touching = border_graph(shapes)
    barriers = None
    if river:
        south = shapely.boundary(shapely.union_all(shapes[middle[:, 1] < SIDE_M / 2]))
        line = shapely.intersection(south, shapely.buffer(frame, -1.0))
        none = np.empty(0, dtype=object)
        barriers = Barriers(np.array([line]), none, none, 0.1, 1.0, 0.7)
    units = build_units(
        table, planning_graph(touching, shapes, barriers), size="households", bands={"": Band(300, 500)},
        parent="village", current="zone", workload="load",
    )  # fmt: skip
    return build_ground(units, shapes, touching=touching, homes=draw_homes(rng, shapes, size), barriers=barriers)


def draw_homes(rng, shapes, size):
    """Four buildings a unit, with all of its households."""
    x, y, households, unit = [], [], [], []
    for row, shape in enumerate(shapes):
        west, south, east, north = shape.bounds
        found = 0
        while found < 4:
            at = (rng.uniform(west, east), rng.uniform(south, north))
            if shapely.contains_xy(shape, *at):
                x.append(at[0])
                y.append(at[1])
                unit.append(row)
                households.append(size[row] // 4 + (size[row] % 4 if found == 0 else 0))
                found += 1
    return Homes(np.array(x), np.array(y), np.array(households), np.array(unit))


def draw_line(rng):
    """Two to four points from anywhere to anywhere, so that lines bend, end inside zones and cross them twice."""
    return shapely.linestrings(rng.random((int(rng.integers(2, 5)), 2)) * SIDE_M)


def act_by_chance(history, rng):
    """Return the history after one random act, and what was done; what the editor refuses changes nothing."""
    draft = history.draft
    choice = int(rng.integers(0, 10))
    zone = int(rng.choice(draft.zones))
    try:
        if choice == 0:
            return history.undo(), "undo"
        if choice == 1:
            return history.redo(), "redo"
        if choice in (2, 3):
            rows = rng.choice(draft.ground.count, int(rng.integers(1, 4)), replace=False)
            after = acts.move_units(draft, rows, zone if choice == 2 else acts.NEW)
        elif choice == 4:
            circle = shapely.buffer(shapely.points(rng.random(2) * SIDE_M), float(rng.uniform(50, 200)))
            after = acts.move_units(draft, units_inside(draft.ground, circle), zone)
        elif choice == 5:
            beside = acts.zone_neighbours(draft, [zone])
            after = acts.merge_zones(draft, [zone, *beside[:1]])
        elif choice in (6, 7):
            after = acts.split_zone(draft, zone, draw_line(rng), cuts_units=choice == 6 and draft.ground.count < 160)
        elif choice == 8:
            cuts = bool(rng.integers(0, 2)) and draft.ground.count < 160
            after, _ = acts.move_border(draft, draw_line(rng), cuts_units=cuts)
        else:
            found = rebalance(draft, [zone], effort=QUICK, rng=rng)
            after = found[0].draft if found else draft
            assert all(after.numbers[z].is_fit for one in found[:1] if one.is_repaired for z in one.zones
                       if z in after.numbers)  # fmt: skip
    except PlanError:
        return history, "refused"
    return history.take(after, say("an act")), f"act {choice}"
