"""What is possible before anything is solved: per connected part of a parent, the numbers of zones, or why none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.errors import Say, name_few, say
from geo.planning.graph import Ints
from geo.planning.units import Band, Units


@dataclass(frozen=True)
class Part:
    """
    One connected part of the units of one parent and class; a zone never leaves its part.

    `numbers` are the numbers of zones its total permits. With no `reasons` it is possible as far as totals tell;
    otherwise `advice` says what would make it possible, and `least_excess` by how much (size) any plan must miss
    the band at least.
    """

    parent: str
    kind: str
    rows: Ints
    total: int
    band: Band
    numbers: range
    reasons: tuple[Say, ...]
    advice: tuple[Say, ...]
    least_excess: int

    @property
    def is_possible(self) -> bool:
        """Whether nothing known before solving speaks against it."""
        return not self.reasons


def check_parts(units: Units) -> list[Part]:
    """
    Look at every connected part before solving: possible numbers of zones, or each reason why there is none.

    A part smaller than the band, a unit larger than the band, and a total between the bands of k and k + 1 zones
    (501 to 599 at 300-500) each have a reason and an advice. What passes here may still have no plan, because units
    cannot be cut; the solver says so.

    Returns
    -------
    parts
        In the order of their first unit.

    Examples
    --------
    Six units of 100 in a row allow one or two grids of 300-500; five and a half do not allow any:

    >>> from geo.planning.drawn import draw_plan
    >>> row = draw_plan("aaabbb", sizes=[100] * 6, band=Band(300, 500)).units
    >>> [list(part.numbers) for part in check_parts(row)]
    [[2]]
    >>> row = draw_plan("aaabbb", sizes=[100] * 5 + [50], band=Band(300, 500)).units
    >>> [str(reason) for part in check_parts(row) for reason in part.reasons]
    ['550 lies in a gap: 1 zones hold at most 500, 2 need at least 600']
    """
    labels = units.parts()
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []
    siblings = np.bincount(units.group[[rows[0] for rows in groups]]) if groups else np.empty(0, dtype=np.int64)
    return [_check(units, rows, int(siblings[units.group[rows[0]]])) for rows in groups]


def _check(units: Units, rows: Ints, parts: int) -> Part:
    band = units.bands[units.kind[rows[0]]]
    sizes = units.size[rows]
    total = int(sizes.sum())
    reasons: list[Say] = []
    advice: list[Say] = []
    least = 0
    if not band.is_exempt:
        large = rows[sizes > band.high]
        if len(large):
            reasons.append(say("larger than {high}: {ids}", high=band.high, ids=name_few(units.ids[large])))
            advice.append(say("split these units, or plan with finer ones"))
            least = int((units.size[large] - band.high).sum())
        numbers, gap = _numbers(band, total, len(rows))
        if gap is not None and not len(large):
            found = _explain_gap(band, total, len(rows), parts, gap)
            reasons.append(found[0])
            advice.append(found[1])
            least = gap
    else:
        numbers = range(1, 2)
    return Part(
        parent=units.parents[units.parent[rows[0]]],
        kind=units.kinds[units.kind[rows[0]]],
        rows=rows,
        total=total,
        band=band,
        numbers=numbers,
        reasons=tuple(reasons),
        advice=tuple(advice),
        least_excess=least,
    )


def _numbers(band: Band, total: int, units: int) -> tuple[range, int | None]:
    """Possible numbers of zones; where there is none, by how much the best number misses the band."""
    possible = band.numbers(total)
    possible = range(possible.start, min(possible.stop, units + 1))
    if len(possible):
        return possible, None
    return possible, min(_miss(band, total, k) for k in _candidates(band, total, units))


def _candidates(band: Band, total: int, units: int) -> list[int]:
    below = max(total // max(band.high, 1), 1)
    return [k for k in (below, below + 1) if k <= max(units, 1)] or [1]


def _miss(band: Band, total: int, zones: int) -> int:
    return max(zones * band.low - total, total - zones * band.high, 0)


def best_number(part: Part) -> int:
    """
    Return the number of zones that misses the band least where no number is possible.

    Examples
    --------
    550 in one zone misses 500 by 50, in two zones 600 by 50: the smaller number is kept.

    >>> part = Part("p", "", np.arange(9), 550, Band(300, 500), range(0), (), (), 50)
    >>> best_number(part)
    1
    """
    return min(_candidates(part.band, part.total, len(part.rows)), key=lambda k: _miss(part.band, part.total, k))


def _explain_gap(band: Band, total: int, units: int, parts: int, gap: int) -> tuple[Say, Say]:
    if total < band.low:
        if parts > 1:
            return (
                say("a part of {total}, cut off from the rest, lies under {low}", total=total, low=band.low),
                say("give a bridge to the rest, or exempt it"),
            )
        return (
            say("{total} in all lies under {low}", total=total, low=band.low),
            say("exempt it, or join it with a neighbour under one parent"),
        )
    below = max(total // band.high, 1)
    if below * band.low <= total <= below * band.high or units <= below:
        return (
            say("{units} units cannot make the {zones} zones that {total} needs", units=units,
                zones=-(-total // band.high), total=total),
            say("plan with finer units"),
        )  # fmt: skip
    return (
        say("{total} lies in a gap: {zones} zones hold at most {most}, {more} need at least {least}", total=total,
            zones=below, most=below * band.high, more=below + 1, least=(below + 1) * band.low),
        say("a max of {high} or a min of {low} would do; or move {gap} from or to another parent",
            high=-(-total // below), low=total // (below + 1), gap=gap),
    )  # fmt: skip


def share_numbers(parts: list[Part], zones: int | None) -> Ints:
    """
    Say how many zones each part gets: together `zones` where one is told and possible, else each near its middle.

    Parts without a possible number get the one that misses the band least. A number told is shared out so that every
    part is as far between its fewest and its most as every other: none is asked for sizes close to the edge of its
    band while others have room. What the parts do not permit stays out.

    Examples
    --------
    >>> part = Part("p", "", np.arange(30), 1200, Band(300, 500), range(3, 5), (), (), 0)
    >>> share_numbers([part, part], None).tolist(), share_numbers([part, part], 7).tolist()
    ([3, 3], [4, 3])
    """
    ranges = [(p.numbers.start, p.numbers.stop - 1) if len(p.numbers) else (best_number(p),) * 2 for p in parts]
    low, high = np.array(ranges, dtype=np.int64).reshape(-1, 2).T
    if zones is None:
        middle = [2 * p.total / max(p.band.low + p.band.high, 1) if not p.band.is_exempt else 1.0 for p in parts]
        return np.clip(np.floor(np.array(middle) + 0.5).astype(np.int64), low, high)
    wanted = int(np.clip(zones, low.sum(), high.sum()))
    exact = low + (high - low) * ((wanted - low.sum()) / max((high - low).sum(), 1))
    numbers = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-(exact - numbers), kind="stable")
    able = order[numbers[order] < high[order]]
    numbers[able[: wanted - int(numbers.sum())]] += 1
    return numbers
