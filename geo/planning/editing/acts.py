"""The acts of a planner, each a `(Draft, ...) -> Draft`. None can lose a unit, leave a gap or make an overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geo.errors import PlanError, name_few, say
from geo.planning.editing.cut import LEAST_SHARE, cut_units
from geo.planning.editing.draft import Draft, count_zones, rezone
from geo.planning.editing.ground import Ground
from geo.planning.editing.sides import Shape, is_inside, pieces_of, reach_border, sides_of
from geo.planning.graph import Ints, contract

NEW = -1
"""In place of a zone's number: a new zone."""


def rows_of(ground: Ground, ids: Sequence[str]) -> Ints:
    """
    Return the rows of units by their ids.

    Raises
    ------
    PlanError
        If an id is not among the units: another draft, or a unit cut meanwhile.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> rows_of(draw_ground("ab"), ["u1"]).tolist()
    [1]
    """
    place = {str(one): row for row, one in enumerate(ground.units.ids)}
    unknown = [one for one in ids if one not in place]
    if unknown:
        raise PlanError(say("units of this plan"), say("{ids}", ids=name_few(unknown)), say("choose them again"))
    return np.array([place[one] for one in ids], dtype=np.int64)


def move_units(draft: Draft, rows: Ints, zone: int) -> Draft:
    """
    Give units to a zone, or to a new one (`NEW`). A zone that loses its last unit is gone.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> from geo.planning.editing.draft import open_draft
    >>> draft = open_draft(draw_ground("aab", today="xxy"))
    >>> moved = move_units(draft, np.array([1]), 1)
    >>> moved.zone.tolist(), moved.numbers[1].size, move_units(draft, np.array([2]), NEW).zones
    ([0, 1, 1], 2, [0, 2])
    """
    if not len(rows):
        raise PlanError(say("units to move"), say("none"), say("click or circle some first"))
    target = _number(draft, zone)
    zones = draft.zone.copy()
    zones[rows] = target
    return rezone(draft, zones, next_zone=max(draft.next_zone, target + 1))


def merge_zones(draft: Draft, zones: Sequence[int]) -> Draft:
    """
    Join zones that border on each other; the largest keeps its number.

    Raises
    ------
    PlanError
        If fewer than two are named, or they do not hang together.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> from geo.planning.editing.draft import open_draft
    >>> draft = open_draft(draw_ground("abbc", today="xyyz"))
    >>> merge_zones(draft, [0, 1]).zone.tolist()
    [1, 1, 1, 2]
    """
    chosen = sorted({int(one) for one in zones})
    unknown = [one for one in chosen if one not in draft.numbers]
    if len(chosen) < 2 or unknown:
        raise PlanError(say("two zones or more to merge"), say("{count}", count=len(chosen) - len(unknown)),
                        say("choose zones beside each other"))  # fmt: skip
    keeper = max(chosen, key=lambda one: (draft.numbers[one].size, -one))
    merged = np.where(np.isin(draft.zone, chosen), keeper, draft.zone)
    after = rezone(draft, merged)
    if after.numbers[keeper].parts > max(draft.numbers[one].parts for one in chosen):
        raise PlanError(say("zones that border on each other"), say("zones apart, or with a barrier between them"),
                        say("choose zones beside each other"))  # fmt: skip
    return after


def split_zone(draft: Draft, zone: int, line: Shape, *, cuts_units: bool = False) -> Draft:
    """
    Split a zone along a drawn line; the side with more households keeps the number, the other is a new zone.

    A unit the line crosses goes where more of its households live; with `cuts_units` it is cut along the line.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> from geo.planning.editing.draft import open_draft
    >>> draft = open_draft(draw_ground("aaa", today="xxx", side_m=10.0))
    >>> line = shapely.LineString([(14, -1), (14, 11)])
    >>> split_zone(draft, 0, line).zone.tolist(), split_zone(draft, 0, line, cuts_units=True).zone.tolist()
    ([1, 0, 0], [1, 0, 0, 1])
    """
    if zone not in draft.numbers:
        raise PlanError(say("a zone of this plan"), say("none chosen"), say("choose the zone to split"))
    shape = zone_shape(draft, zone)
    sides = sides_of(shape, line)
    if cuts_units:
        draft = _cut_along(draft, draft.members(zone), reach_border(line, shape))
    rows = draft.members(zone)
    left = is_inside(draft.ground, rows, sides.left)
    if left.all() or not left.any():
        raise PlanError(
            say("a line with units on both sides"),
            say("all units of the zone on one side"),
            say("draw it further inside, or let it cut the units"),
        )
    sizes = draft.ground.units.size[rows]
    smaller = left if sizes[left].sum() <= sizes[~left].sum() else ~left
    return move_units(draft, rows[smaller], NEW)


def move_border(
    draft: Draft, line: Shape, *, zones: tuple[int, int] | None = None, cuts_units: bool = False
) -> tuple[Draft, tuple[int, int]]:
    """
    Move the common border of two zones to a drawn line, for both at once; return also which two they were.

    Ground of either zone that the line parts from the rest of it and that lies at the old border changes sides. Units
    the line crosses go with most of their households, or are cut. Without `zones` the two are those whose common
    border the line's ends are nearest to.

    Raises
    ------
    PlanError
        If there are no two such zones, or no unit changes sides.

    Examples
    --------
    Two zones of 3 by 1; the border moves one unit to the east:

    >>> from geo.planning.drawn import draw_ground
    >>> from geo.planning.editing.draft import open_draft
    >>> draft = open_draft(draw_ground("aaabbb", today="xxxyyy", side_m=10.0))
    >>> after, pair = move_border(draft, shapely.LineString([(41, -1), (39, 11)]))
    >>> after.zone.tolist(), pair
    ([0, 0, 0, 0, 1, 1], (0, 1))
    """
    pair = find_border(draft, line) if zones is None else zones
    shapes = {zone: zone_shape(draft, zone) for zone in pair}
    border = shapely.intersection(shapely.boundary(shapes[pair[0]]), shapely.boundary(shapes[pair[1]]))
    drawn = {zone: reach_border(line, shapes[zone], is_straight=False) for zone in pair}
    leaving = {zone: _leaving(shapes[zone], drawn[zone], border) for zone in pair}
    if cuts_units:
        for zone in pair:
            draft = _cut_along(draft, draft.members(zone), drawn[zone])
    zone_after = draft.zone.copy()
    for zone, other in (pair, pair[::-1]):
        rows = draft.members(zone)
        if not shapely.is_empty(leaving[zone]):
            zone_after[rows[is_inside(draft.ground, rows, leaving[zone])]] = other
    if all(_gives_most(draft, zone_after, zone) for zone in pair):
        one, other = ((zone_after == zone) & np.isin(draft.zone, pair) for zone in pair)
        zone_after[one], zone_after[other] = pair[1], pair[0]
    if (zone_after == draft.zone).all():
        raise PlanError(
            say("a line that brings units to the other side"),
            say("none between {one} and {other}", one=_name(draft, pair[0]), other=_name(draft, pair[1])),
            say("begin and end at their border, or let it cut the units"),
        )
    return rezone(draft, zone_after), pair


def _gives_most(draft: Draft, zone_after: Ints, zone: int) -> bool:
    """Whether a zone gives most of its households away; where both do, each was taken for the other."""
    rows = draft.members(zone)
    size = draft.ground.units.size[rows] + 1e-6
    return bool(size[zone_after[rows] != zone].sum() > size.sum() / 2)


def _leaving(shape: Shape, line: Shape, border: Shape) -> Shape:
    """The ground of a zone that a new border gives away: its pieces at the old border, but the largest if all are."""
    pieces = pieces_of(shape, line)
    if len(pieces) < 2:
        return shapely.Polygon()
    width = min(0.5, float(np.sqrt(shapely.area(shape))) / 200)
    near = shapely.area(shapely.intersection(pieces, shapely.buffer(border, width)))
    at_border = near > width * width * 4
    if at_border.all():
        at_border[int(np.argmax(shapely.area(pieces)))] = False
    elif at_border.sum() > 1:
        largest = int(np.argmax(np.where(at_border, shapely.area(pieces), -1.0)))
        rest = float(shapely.area(pieces[~at_border]).sum())
        if shapely.area(pieces[largest]) > rest:
            at_border[largest] = False
    return shapely.union_all(pieces[at_border]) if at_border.any() else shapely.Polygon()


def find_border(draft: Draft, line: Shape) -> tuple[int, int]:
    """
    Return the two zones of one parent and class whose common border the ends of a line are nearest to.

    Only borders between zones the line comes to count; equally near ones are told apart by how much of the line runs
    through the two.
    """
    rows = np.flatnonzero(shapely.intersects(draft.ground.shapes, line))
    near = np.unique(draft.zone[rows])
    shapes = {int(zone): zone_shape(draft, int(zone)) for zone in _with_neighbours(draft, near)}
    ends = shapely.points(shapely.get_coordinates(line)[[0, -1]])
    found = []
    for one, other in _bordering(draft, list(shapes)):
        if one not in near and other not in near:
            continue
        border = shapely.intersection(shapely.boundary(shapes[one]), shapely.boundary(shapes[other]))
        through = sum(float(shapely.length(shapely.intersection(line, shapes[z]))) for z in (one, other))
        away = float(shapely.distance(border, ends).sum())
        found.append((away - through, one, other))
    if not found:
        raise PlanError(
            say("a line along the border of two zones"),
            say("no border of one parent and class near it"),
            say("draw it where the new border shall be"),
        )
    _, one, other = min(found)
    return one, other


def zone_shape(draft: Draft, zone: int) -> Shape:
    """Return the ground of a zone as one shape."""
    return shapely.union_all(draft.ground.shapes[draft.members(zone)])


def zone_neighbours(draft: Draft, zones: Sequence[int]) -> list[int]:
    """
    Return the zones of the same parent and class that border on any of these, without these.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> from geo.planning.editing.draft import open_draft
    >>> zone_neighbours(open_draft(draw_ground("abc", today="xyz")), [0])
    [1]
    """
    wanted = set(zones)
    pairs = _pairs(draft)
    found = {b for a, b in pairs if a in wanted} | {a for a, b in pairs if b in wanted}
    return sorted(found - wanted)


def _with_neighbours(draft: Draft, zones: Ints) -> list[int]:
    known = [int(one) for one in zones]
    return sorted({*known, *zone_neighbours(draft, known)})


def _bordering(draft: Draft, zones: list[int]) -> list[tuple[int, int]]:
    wanted = set(zones)
    return [pair for pair in _pairs(draft) if wanted.issuperset(pair)]


def _pairs(draft: Draft) -> list[tuple[int, int]]:
    """Neighbouring zones of one parent and class, lower number first."""
    zones = np.array(draft.zones)
    graph = contract(draft.ground.units.graph, np.searchsorted(zones, draft.zone), len(zones))
    one, other = graph.edges()
    group = np.array([(draft.numbers[int(z)].parent, draft.numbers[int(z)].kind) for z in zones])
    same = (group[one] == group[other]).all(axis=1)
    return [(int(zones[a]), int(zones[b])) for a, b in zip(one[same], other[same], strict=True)]


def _cut_along(draft: Draft, rows: Ints, line: Shape) -> Draft:
    """Cut the units a line crosses, each into pieces of at least 1 %; the pieces stay in the zone of their unit."""
    shapes = draft.ground.shapes[rows]
    crossed = rows[shapely.crosses(shapes, line)]
    parted = [row for row in crossed if _is_parted(draft.ground.shapes[row], line)]
    if not parted:
        return draft
    cut = cut_units(draft.ground, np.array(parted, dtype=np.int64), line)
    zone = draft.zone[cut.parent]
    reshaped = [now is not draft.ground.shapes[row] for now, row in zip(cut.ground.shapes, cut.parent, strict=True)]
    touched = np.unique(zone[reshaped])
    numbers = dict(draft.numbers) | count_zones(cut.ground, zone, touched)
    return Draft(cut.ground, zone, numbers, draft.next_zone)


def _is_parted(shape: Shape, line: Shape) -> bool:
    """Whether a line itself, not drawn on, parts a unit into pieces worth having."""
    crossing = shapely.intersection(line, shape)
    rest = shapely.difference(shape, shapely.buffer(crossing, 1e-3))
    parts = shapely.area(shapely.get_parts(rest))
    return len(parts) > 1 and np.sort(parts)[-2] >= LEAST_SHARE * shapely.area(shape)


def _number(draft: Draft, zone: int) -> int:
    if zone == NEW:
        return draft.next_zone
    if zone not in draft.numbers:
        raise PlanError(say("a zone of this plan"), say("{zone}", zone=zone), say("choose a zone on the map"))
    return zone


def _name(draft: Draft, zone: int) -> str:
    names = draft.ground.units.zones
    return names[zone] if zone < len(names) else f"+{zone - len(names) + 1}"
