"""Redrawing by hand: how long an act takes in a town of 1,000 micro-grids, by itself and on the screen; is it true?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import shapely

from bench._edited import Editing, degrees, has_browser, planner_page
from bench._spec import BenchSpec, Check, Progress, Report, Table
from geo.errors import PlanError
from geo.planning.borders import border_graph
from geo.planning.editing import acts
from geo.planning.editing.draft import Draft, count_zones, open_draft
from geo.planning.editing.ground import Ground, Homes, build_ground
from geo.planning.editing.proof import draft_faults
from geo.planning.editing.rebalance import rebalance
from geo.planning.editing.sides import units_inside
from geo.planning.solve.problem import Effort
from geo.planning.units import Band, build_units

UNITS = {"small": 200, "full": 1000}
TURNS = {"small": 5, "full": 40}
SCREEN_TURNS = 12
SIDE_M, VILLAGE_UNITS = 6000.0, 50
LIMIT_MS = 300.0
EFFORT = Effort(restarts=4, seeds=4, steps_per_unit=1500, exact_units=24, exact_work=0.5, load_weight=0.0)


def run(size: str, progress: Progress) -> Report:
    """Do each act many times from one draft; the numbers of the slowest draft are compared with a recount."""
    rng = np.random.default_rng(11)
    ground = town(rng, UNITS[size])
    draft = open_draft(ground)
    count_zones(ground, draft.zone, draft.zones)
    rows, checks, wrong, figures = [], [], [], {}
    turns: list[tuple[str, Callable[[Draft, np.random.Generator], Draft], int]] = [
        ("give one micro-grid", _give, TURNS[size]),
        ("circle and give", _circle, TURNS[size]),
        ("merge two grids", _merge, TURNS[size]),
        ("split along a line", _split, TURNS[size]),
        ("split, cutting micro-grids", _split_cutting, TURNS[size]),
        ("move a border", _border, TURNS[size]),
        ("move a border, cutting", _border_cutting, TURNS[size]),
        ("propose a rebalance", _rebalance, max(TURNS[size] // 4, 2)),
    ]
    for at, (name, act, count) in enumerate(turns):
        progress(at / len(turns), name)
        spent, after = _time(draft, act, count, rng)
        if not spent:
            wrong.append(f"{name}: never possible")
            continue
        wrong += [f"{name}: {fault}" for fault in draft_faults(after, ground)]
        rows.append((name, str(len(spent)), f"{np.median(spent):.1f}", f"{max(spent):.1f}"))
        figures[name] = {"median_ms": float(np.median(spent)), "slowest_ms": max(spent)}
        if act is not _rebalance:
            is_met = max(spent) <= LIMIT_MS if size == "full" else None
            checks.append(Check(f"{name}, slowest", f"at most {LIMIT_MS:.0f} ms", f"{max(spent):.1f} ms", is_met))
    title = f"{ground.count:,} micro-grids in {len(draft.zones)} grids"
    note = "Each act with all its numbers (size, band, parts, compactness, workload, change), before it is drawn."
    tables = [Table(title, ("act", "times", "median ms", "slowest ms"), rows, note)]
    if size == "full":
        progress(0.9, "in the browser")
        shown, met, figures["screen"], untrue = on_the_screen(ground)
        tables.append(shown)
        checks += met
        wrong += untrue
    return Report(tables, checks, wrong, figures)


def on_the_screen(ground: Ground) -> tuple[Table, list[Check], dict[str, Any], list[str]]:
    """
    Do acts by the mouse on the planner's page in Chromium; the times are from mouse-up to painted numbers.

    The numbers painted are compared with those of the page at rest, and at the end with a recount from the map.
    """
    title, columns = "The same town in Chromium, from mouse-up to painted numbers", ("act", "times", "median ms",
                                                                                 "slowest ms")  # fmt: skip
    if not has_browser():
        return Table(title, columns, [("not measured: no Chromium here", "-", "-", "-")]), [], {}, []
    rng, draft = np.random.default_rng(12), open_draft(ground)
    one, other = ground.units.graph.edges()
    beside = np.flatnonzero(
        (draft.zone[one] != draft.zone[other]) & (ground.units.group[one] == ground.units.group[other])
    )
    edges = rng.permutation(beside)
    found: dict[str, list[float | None]] = {
        name: [] for name in ("give one micro-grid", "circle and give", "move a border")
    }
    with planner_page(ground) as (page, frame):
        editing = Editing(page, frame)
        editing.give(*_pair(ground, one[edges[-1]], other[edges[-1]]))
        for edge in edges[:SCREEN_TURNS]:
            found["give one micro-grid"].append(editing.give(*_pair(ground, one[edge], other[edge])))
        for edge in edges[SCREEN_TURNS : 2 * SCREEN_TURNS]:
            unit, zone_unit = _pair(ground, one[edge], other[edge])
            found["circle and give"].append(editing.circle(zone_unit, unit, 30.0))
        for _ in range(SCREEN_TURNS):
            found["move a border"].append(editing.border(degrees(_line(draft, rng)[1])))
        untrue = editing.untrue + recounted(ground, editing)
    times = {name: [took for took in each if took is not None] for name, each in found.items()}
    rows = [
        (name, str(len(each)), f"{np.median(each):.0f}", f"{max(each):.0f}") for name, each in times.items() if each
    ]
    checks = [
        Check(f"{name}, on the screen, slowest", f"at most {LIMIT_MS:.0f} ms", f"{max(each):.0f} ms",
              max(each) <= LIMIT_MS)
        for name, each in times.items() if each
    ]  # fmt: skip
    note = "The whole way: the browser, the service, the act, every number and the map, back and painted."
    return Table(title, columns, rows, note), checks, times, untrue


def recounted(ground: Ground, editing: Editing) -> list[str]:
    """Count from scratch what the map shows, and say where the line of numbers says otherwise."""
    units, drawn = ground.units, editing.drawn()
    zones = np.array([drawn[str(one)] for one in units.ids])
    draft, moved = open_draft(ground, zones), units.current != zones
    figures = (len(draft.zones), len(draft.misfits()), int(units.size[moved].sum()), int(moved.sum()))
    missing = [one for one in figures if f"{one:,}" not in re.findall(r"[\d,]+", editing.numbers())]
    return [f"counted {figures}, on the screen {editing.numbers()!r}"] if missing else []


def _pair(ground: Ground, one: Any, other: Any) -> tuple[str, str]:
    return str(ground.units.ids[int(one)]), str(ground.units.ids[int(other)])


def town(rng: np.random.Generator, count: int) -> Ground:
    """Draw a town: Voronoi cells of 50 to 80 households in villages of about 50, four buildings on each."""
    frame = shapely.box(0, 0, SIDE_M, SIDE_M)
    points = shapely.multipoints(rng.random((count, 2)) * SIDE_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    shapes: Any = np.asarray(shapely.intersection(cells, frame), dtype=object)
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    across = max(int(np.sqrt(count / VILLAGE_UNITS)), 1)
    cell = np.minimum((middle * across / SIDE_M).astype(int), across - 1)
    strip = ((middle[:, 1] * across / SIDE_M) % 1 * (count / across**2 * 65 / 400)).astype(int)
    size = rng.integers(50, 81, len(shapes))
    table = pd.DataFrame(
        {
            "n": size,
            "village": [f"v{x}{y}" for x, y in cell],
            "grid": [f"v{x}{y}g{s}" for (x, y), s in zip(cell, strip, strict=True)],
            "load": rng.poisson(3, len(shapes)).astype(float),
        },
        index=[f"m{i:04d}" for i in range(len(shapes))],
    )
    touching = border_graph(shapes)
    units = build_units(
        table, touching, size="n", bands={"": Band(300, 500)}, parent="village", current="grid", workload="load"
    )
    homes = _homes(rng, shapes, size)
    return build_ground(units, shapes, touching=touching, homes=homes)


def _homes(rng: np.random.Generator, shapes: np.ndarray, size: np.ndarray) -> Homes:
    """Four buildings between the middle of a cell and four of its corners."""
    x, y, unit = [], [], []
    for row, shape in enumerate(shapes):
        corners = shapely.get_coordinates(shape)[:4]
        middle = shapely.get_coordinates(shapely.centroid(shape))[0]
        for corner in corners:
            at = middle + (corner - middle) * rng.uniform(0.2, 0.8)
            x.append(at[0])
            y.append(at[1])
            unit.append(row)
    held = np.array(unit)
    return Homes(np.array(x), np.array(y), np.maximum(size[held] // 4, 1), held)


def _time(draft: Draft, act: Any, count: int, rng: np.random.Generator) -> tuple[list[float], Draft]:
    spent: list[float] = []
    slowest = draft
    for _ in range(count * 6):
        if len(spent) == count:
            break
        began = time.perf_counter()
        try:
            after = act(draft, rng)
        except PlanError:
            continue
        took = (time.perf_counter() - began) * 1000
        if not spent or took > max(spent):
            slowest = after
        spent.append(took)
    return spent, slowest


def _line(draft: Draft, rng: np.random.Generator) -> Any:
    """A line of three points across the middle of a grid."""
    zone = int(rng.choice(draft.zones))
    west, south, east, north = shapely.bounds(acts.zone_shape(draft, zone))
    x = west + (east - west) * rng.uniform(0.3, 0.7)
    return zone, shapely.linestrings([(x, south - 10), (x + 25, (south + north) / 2), (x - 10, north + 10)])


def _give(draft: Draft, rng: np.random.Generator) -> Draft:
    one, other = draft.ground.units.graph.edges()
    group = draft.ground.units.group
    beside = np.flatnonzero((draft.zone[one] != draft.zone[other]) & (group[one] == group[other]))
    edge = int(rng.choice(beside))
    return acts.move_units(draft, one[[edge]], int(draft.zone[other[edge]]))


def _circle(draft: Draft, rng: np.random.Generator) -> Draft:
    zone = int(rng.choice(draft.zones))
    near = shapely.centroid(acts.zone_shape(draft, int(rng.choice(acts.zone_neighbours(draft, [zone]) or [zone]))))
    rows = units_inside(draft.ground, shapely.buffer(near, 250))
    return acts.move_units(draft, rows[draft.ground.units.group[rows] == draft.numbers[zone].parent], zone)


def _merge(draft: Draft, rng: np.random.Generator) -> Draft:
    zone = int(rng.choice(draft.zones))
    return acts.merge_zones(draft, [zone, *acts.zone_neighbours(draft, [zone])[:1]])


def _split(draft: Draft, rng: np.random.Generator) -> Draft:
    zone, line = _line(draft, rng)
    return acts.split_zone(draft, zone, line)


def _split_cutting(draft: Draft, rng: np.random.Generator) -> Draft:
    zone, line = _line(draft, rng)
    return acts.split_zone(draft, zone, line, cuts_units=True)


def _border(draft: Draft, rng: np.random.Generator) -> Draft:
    return acts.move_border(draft, _line(draft, rng)[1])[0]


def _border_cutting(draft: Draft, rng: np.random.Generator) -> Draft:
    return acts.move_border(draft, _line(draft, rng)[1], cuts_units=True)[0]


def _rebalance(draft: Draft, rng: np.random.Generator) -> Draft:
    zone = int(rng.choice(draft.misfits()))
    found = rebalance(draft, [zone], effort=EFFORT, rng=rng)
    return found[0].draft if found else draft


SPEC = BenchSpec(title="Redrawing a town by hand", run=run)
