"""A draft: the zone of every unit while a plan is edited, with the numbers of each zone beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from geo.errors import PlanError, Say, name_few, say
from geo.planning.editing.ground import Ground
from geo.planning.graph import Ints, label_parts, subgraph
from geo.planning.units import Band


@dataclass(frozen=True)
class ZoneNumbers:
    """
    What is known of one zone: `size` (households), `parts` (1 for a zone in one piece), what came and went.

    `came` and `gone` are households (sizes) against today: those of other zones of today now in this one, and those of
    this zone of today now in others; both 0 for units without a zone today. `excess` is by how much the size misses
    the band. Area and perimeter are those of the ground the zone covers.
    """

    units: int
    size: int
    excess: int
    parts: int
    area_m2: float
    perimeter_m: float
    workload: float
    came: int
    gone: int
    parent: int
    kind: int

    @property
    def compactness(self) -> float:
        """Polsby and Popper's 4·pi·area / perimeter²: 1 for a circle, NaN without a perimeter."""
        return 4 * np.pi * self.area_m2 / self.perimeter_m**2 if self.perimeter_m > 0 else float("nan")

    @property
    def is_fit(self) -> bool:
        """Whether the zone is in its band and in one piece."""
        return self.excess == 0 and self.parts == 1


@dataclass(frozen=True)
class Draft:
    """
    A plan being edited: not to be changed in place, every act gives another one.

    `zone` has a number for each unit of the ground: today's zones keep theirs (`units.zones`), new ones count on from
    there and are never used twice in a row of edits. `numbers` has every zone that holds a unit, and only those.
    """

    ground: Ground
    zone: Ints
    numbers: Mapping[int, ZoneNumbers]
    next_zone: int

    @property
    def zones(self) -> list[int]:
        """The zones in use."""
        return sorted(self.numbers)

    @property
    def size_moved(self) -> int:
        """Households (size) that leave their zone of today."""
        return sum(one.came for one in self.numbers.values())

    def band(self, zone: int) -> Band:
        """Return the band of a zone's class."""
        return self.ground.units.bands[self.numbers[zone].kind]

    def members(self, zone: int) -> Ints:
        """Return the rows of a zone's units."""
        return np.flatnonzero(self.zone == zone)

    def misfits(self) -> list[int]:
        """Return the zones out of band or in pieces, the furthest out first."""
        bad = [(-one.excess, -one.parts, zone) for zone, one in self.numbers.items() if not one.is_fit]
        return [zone for _, _, zone in sorted(bad)]


def open_draft(ground: Ground, zone: Ints | None = None) -> Draft:
    """
    Begin with today's zones, or with those of a plan; units without one make a new zone for each connected part.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> draft = open_draft(draw_ground("aab", today="xxy"))
    >>> draft.zones, draft.numbers[0].size, draft.numbers[0].compactness.__round__(3), draft.size_moved
    ([0, 1], 2, 0.698, 0)
    """
    known = ground.units.current if zone is None else zone
    held = known.copy()
    first = max(len(ground.units.zones), int(known.max(initial=-1)) + 1)
    homeless = np.flatnonzero(known < 0)
    if len(homeless):
        part = label_parts(subgraph(ground.units.graph, homeless), ground.units.group[homeless])
        held[homeless] = first + np.unique(part, return_inverse=True)[1]
    _require_one_group(ground, held, np.unique(held))
    return Draft(ground, held, count_zones(ground, held, np.unique(held)), max(first, int(held.max(initial=-1)) + 1))


def count_zones(ground: Ground, zone: Ints, wanted: Iterable[int]) -> dict[int, ZoneNumbers]:
    """Count the zones named from their units, from scratch; those without a unit are left out."""
    order = np.argsort(zone, kind="stable")
    sorted_zone = zone[order]
    home = np.argsort(ground.units.current, kind="stable")
    sorted_home = ground.units.current[home]
    found = {}
    for one in wanted:
        number = int(one)
        rows = order[slice(*np.searchsorted(sorted_zone, [number, number + 1]))]
        of_today = home[slice(*np.searchsorted(sorted_home, [number, number + 1]))]
        if len(rows):
            found[number] = _count_zone(ground, zone, number, rows, of_today)
    return found


def _count_zone(ground: Ground, zone: Ints, number: int, rows: Ints, of_today: Ints) -> ZoneNumbers:
    units = ground.units
    size = int(units.size[rows].sum())
    kind, current = int(units.kind[rows[0]]), units.current[rows]
    inner = subgraph(units.graph, rows)
    prints = rows[np.unique(ground.footprint[rows], return_index=True)[1]]
    shared = subgraph(ground.touching, prints).border_m.sum()
    return ZoneNumbers(
        units=len(rows),
        size=size,
        excess=units.bands[kind].excess(size),
        parts=int(label_parts(inner, np.zeros(len(rows), dtype=np.int64)).max()) + 1,
        area_m2=float(ground.area_m2[prints].sum()),
        perimeter_m=float(ground.perimeter_m[prints].sum() - shared),
        workload=float(units.workload[rows].sum()),
        came=int(units.size[rows][(current >= 0) & (current != number)].sum()),
        gone=int(units.size[of_today][zone[of_today] != number].sum()),
        parent=int(units.parent[rows[0]]),
        kind=kind,
    )


def rezone(draft: Draft, zone: Ints, *, next_zone: int | None = None) -> Draft:
    """
    Give units other zones and count again only the zones touched; every other number is kept.

    Raises
    ------
    PlanError
        If a locked unit would move, or a zone would lie in two parents or classes: nothing is changed then.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> draft = open_draft(draw_ground("aab", today="xxy"))
    >>> moved = rezone(draft, np.array([0, 1, 1]))
    >>> moved.numbers[0].gone, moved.numbers[1].came, moved.size_moved
    (1, 1, 1)
    """
    changed = np.flatnonzero(zone != draft.zone)
    if not len(changed):
        return draft
    _require_unlocked(draft.ground, changed)
    touched = np.unique(np.concatenate([draft.zone[changed], zone[changed]]))
    _require_one_group(draft.ground, zone, touched)
    kept = {number: one for number, one in draft.numbers.items() if number not in set(touched.tolist())}
    kept.update(count_zones(draft.ground, zone, touched))
    return Draft(draft.ground, zone, kept, max(draft.next_zone if next_zone is None else next_zone, draft.next_zone))


def zone_names(draft: Draft) -> dict[int, str]:
    """
    Name the zones in use: today's keep their name, new ones are called after their parent with a free number.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> draft = open_draft(draw_ground("aab", today="xxy", parents="ppp"))
    >>> zone_names(rezone(draft, np.array([0, 2, 1]), next_zone=3))
    {0: 'x', 1: 'y', 2: 'p+1'}
    """
    units = draft.ground.units
    names, taken = {}, dict.fromkeys(range(len(units.parents)), 0)
    for number in draft.zones:
        if number < len(units.zones):
            names[number] = units.zones[number]
            continue
        parent = draft.numbers[number].parent
        taken[parent] += 1
        names[number] = f"{units.parents[parent]}+{taken[parent]}"
    return names


def _require_unlocked(ground: Ground, rows: Ints) -> None:
    held = rows[ground.units.is_locked[rows]]
    if len(held):
        raise PlanError(
            say("units that may move"),
            say("locked: {ids}", ids=name_few(ground.units.ids[held])),
            say("unlock them, or leave them where they are"),
        )


def _require_one_group(ground: Ground, zone: Ints, wanted: Ints) -> None:
    units = ground.units
    rows = np.flatnonzero(np.isin(zone, wanted))
    pairs = np.unique(np.column_stack([zone[rows], units.group[rows]]), axis=0)
    double = np.flatnonzero(np.diff(pairs[:, 0]) == 0)
    if not len(double):
        return
    first, second = pairs[double[0], 1], pairs[double[0] + 1, 1]
    width = max(len(units.kinds), 1)
    raise PlanError(say("zones inside one parent and class"), _two_groups(units, first, second, width), _group_remedy())


def _two_groups(units: object, first: int, second: int, width: int) -> Say:
    parents, kinds = units.parents, units.kinds  # type: ignore[attr-defined]
    if first // width != second // width:
        return say("units of {one} and {other}", one=parents[first // width], other=parents[second // width])
    return say("units of {one} and {other}", one=kinds[first % width] or "-", other=kinds[second % width] or "-")


def _group_remedy() -> Say:
    return say("choose units of one parent and class")
