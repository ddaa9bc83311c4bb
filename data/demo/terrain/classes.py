"""What each grid is, how many micro-grids it has and how many households live in each: numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.settings import DEFAULTS

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

TOWN, VILLAGE_GROUP, RENTAL, DEDICATED = range(4)
CLASSES = ("town", "village_group", "rental", "dedicated")
DEDICATED_KINDS = ("firm", "school", "market", "station", "park")
# share of all grids: the county's 816 hold about 200 town, 140 rental and 60 dedicated grids
CLASS_SHARES = {TOWN: 0.245, RENTAL: 0.172, DEDICATED: 0.0735}
DEDICATED_SHARES = (0.42, 0.2, 0.16, 0.05, 0.17)
# micro-grids a grid of each class may have, so that the household bands of both can be kept at once
MICRO_RANGE = {TOWN: (5, 8), VILLAGE_GROUP: (11, 27), RENTAL: (19, 38), DEDICATED: (3, 8)}
STAIRWELLS = (2, 6)
# share of town grids with one tower and with two
TOWER_SHARE = 0.62


def class_bands() -> dict[int, tuple[int, int]]:
    """Return the household band of a micro-grid of each class, from the settings."""
    return {
        TOWN: DEFAULTS["micro_grid_band_households"],
        VILLAGE_GROUP: DEFAULTS["village_group_band_households"],
        RENTAL: DEFAULTS["rental_band_households"],
        DEDICATED: (0, 6),
    }


@dataclass(frozen=True)
class GridPlan:
    """What each grid is to become. `stairwells` counts the micro-grids stacked on its one tower, 0 without."""

    kind: Ints
    dedicated: Ints
    micro_grids: Ints
    stairwells: Ints

    @property
    def footprints(self) -> Ints:
        """Pieces of ground each grid is cut into."""
        return self.micro_grids - np.maximum(self.stairwells - 1, 0)


def plan_grids(
    *,
    town: Array,
    renting: Array,
    area_m2: Array,
    cells: Ints,
    village: Ints,
    micro_grids: int,
    rng: np.random.Generator,
) -> GridPlan:
    """
    Decide class, number of micro-grids and towers of each grid.

    Parameters
    ----------
    town, renting, area_m2, cells, village
        Mean fields, ground, number of cells and village of each grid. Shape (grids,).
    micro_grids
        How many the whole county has.
    rng
        Source of chance.
    """
    kind, dedicated = _classes(town, renting, area_m2, village, rng)
    stairwells = np.zeros(len(kind), dtype=np.int64)
    tall = (kind == TOWN) & (rng.random(len(kind)) < TOWER_SHARE)
    stairwells[tall] = rng.integers(STAIRWELLS[0], STAIRWELLS[1] + 1, int(tall.sum()))
    low = np.array([MICRO_RANGE[k][0] for k in kind.tolist()])
    high = np.array([MICRO_RANGE[k][1] for k in kind.tolist()])
    stairwells = np.minimum(stairwells, low - 1)
    high = np.maximum(np.minimum(high, cells + np.maximum(stairwells - 1, 0)), low)
    wished = np.select(
        [kind == TOWN, kind == RENTAL, kind == DEDICATED],
        [rng.uniform(5.2, 7.3, len(kind)), np.clip(cells / 2.1, 24, 33), rng.uniform(3, 7, len(kind))],
        np.clip(cells / 2.4, 15, 22),
    )
    counts = np.clip(wished, low, high)
    return GridPlan(kind, dedicated, meet_total(counts, low, high, micro_grids), stairwells)


def _classes(town: Array, renting: Array, area_m2: Array, village: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    count = len(town)
    kind = np.full(count, VILLAGE_GROUP)
    dedicated = np.full(count, -1)
    wanted = {one: max(round(share * count), 1) for one, share in CLASS_SHARES.items()}
    chance = (town + renting) * rng.uniform(0.5, 1.5, count) / (0.3 + area_m2 / area_m2.mean())
    chance[np.bincount(village)[village] < 2] = -1
    taken: set[int] = set()
    for grid in np.argsort(-chance, kind="stable").tolist():
        if len(taken) < wanted[DEDICATED] and village[grid] not in taken and chance[grid] > 0:
            kind[grid] = DEDICATED
            taken.add(int(village[grid]))
    purpose = rng.choice(len(DEDICATED_KINDS), size=len(taken), p=np.array(DEDICATED_SHARES))
    dedicated[kind == DEDICATED] = purpose
    for one, field in ((TOWN, town - 0.15 * renting), (RENTAL, renting)):
        free = np.flatnonzero(kind == VILLAGE_GROUP)
        kind[free[np.argsort(-field[free], kind="stable")[: wanted[one]]]] = one
    return kind, dedicated


def meet_total(counts: Array | Ints, low: Ints, high: Ints, total: int) -> Ints:
    """
    Shift counts together, each by the same share of its range, until they sum to `total` inside their ranges.

    Raises
    ------
    ValueError
        If no counts inside the ranges sum to `total`.

    Examples
    --------
    >>> low, high = np.array([0, 0, 0]), np.array([10, 10, 4])
    >>> meet_total(np.array([2, 6, 4]), low, high, 15).tolist()
    [4, 7, 4]
    """
    if not low.sum() <= total <= high.sum():
        raise ValueError(f"{total} cannot be reached within {low.sum()} to {high.sum()}")
    down, up = -1.0, 1.0
    for _ in range(50):
        shift = (down + up) / 2
        shifted = np.clip(counts + shift * (high - low), low, high)
        down, up = (shift, up) if shifted.sum() < total else (down, shift)
    whole = np.floor(shifted + 1e-6).astype(np.int64)
    order = np.argsort(whole - shifted, kind="stable")
    order = np.concatenate([order[(shifted - whole)[order] > 1e-6], order[(shifted - whole)[order] <= 1e-6]])
    while (missing := total - int(whole.sum())) != 0:
        step = 1 if missing > 0 else -1
        free = order[whole[order] < high[order]] if step > 0 else order[::-1][whole[order[::-1]] > low[order[::-1]]]
        whole[free[: abs(missing)]] += step
    return whole


def give_households(*, kind: Ints, grid: Ints, grid_kind: Ints, total: int, rng: np.random.Generator) -> Ints:
    """
    Give every micro-grid its households: inside its class's band, each ordinary grid inside the grid's band.

    Parameters
    ----------
    kind, grid
        Class and grid of each micro-grid. Shape (micro_grids,).
    grid_kind
        Class of each grid. Shape (grids,).
    total
        What all of them sum to.
    rng
        Source of chance.
    """
    bands = class_bands()
    low = np.array([bands[k][0] for k in kind.tolist()])
    high = np.array([bands[k][1] for k in kind.tolist()])
    drawn = np.round(low + (high - low) * rng.beta(1.6, 2.0, len(kind))).astype(np.int64)
    count = len(grid_kind)
    least, most = np.bincount(grid, low, count), np.bincount(grid, high, count)
    ordinary = grid_kind != DEDICATED
    small, large = DEFAULTS["grid_band_households"]
    least[ordinary], most[ordinary] = np.maximum(least[ordinary], small), np.minimum(most[ordinary], large)
    held = np.clip(np.bincount(grid, drawn, count), least, most).astype(np.int64)
    frozen = ~ordinary
    held = meet_total(
        held, np.where(frozen, held, least).astype(np.int64), np.where(frozen, held, most).astype(np.int64), total
    )
    for number in range(count):
        mine = np.flatnonzero(grid == number)
        drawn[mine] = meet_total(drawn[mine], low[mine], high[mine], int(held[number]))
    return drawn
