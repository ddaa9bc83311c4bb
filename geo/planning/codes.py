"""The codes of zones in force: kept where a zone goes on, new ones from west to east and north to south."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from geo.areas.checks.order import reading_rank


def continuing_zones(
    old: np.ndarray, new: np.ndarray, size: np.ndarray, pairs: Sequence[tuple[int, int]], *, least_share: float
) -> dict[int, int]:
    """
    Return {new zone: old zone} of the matched pairs in which a zone goes on.

    It goes on when the two have more than `least_share` of the size of each in common; where both have no size, when
    they have any unit in common.

    Parameters
    ----------
    old, new
        Zone number of each unit before and after; -1 for none. Shape (n_units,).
    size
        Households of each unit.
    pairs
        (old, new) as matched by `geo.planning.measures.comparison.match_plans`.

    Examples
    --------
    Zone 0 had 10 households and keeps 8 of them in a zone of 9; zone 1 keeps 1 of its 3:

    >>> old, new = np.array([0, 0, 1, 1, 1]), np.array([0, 2, 0, 1, 2])
    >>> continuing_zones(old, new, np.array([8, 2, 1, 1, 1]), [(0, 0), (1, 1)], least_share=0.5)
    {0: 0}
    """
    found = {}
    for before, after in pairs:
        was, is_now = old == before, new == after
        common, whole = float(size[was & is_now].sum()), (float(size[was].sum()), float(size[is_now].sum()))
        if (common > least_share * max(whole)) if max(whole) > 0 else bool((was & is_now).any()):
            found[int(after)] = int(before)
    return found


def serial_width(codes: Iterable[tuple[str, str]]) -> int:
    """
    Return how many digits number an area inside its parent, from pairs of a code and its parent's.

    0 where codes are not their parent's with a serial number of one length behind.

    Examples
    --------
    >>> serial_width([("330481001007", "330481001"), ("330481001012", "330481001")])
    3
    >>> serial_width([("B", "330481001"), ("330481001012", "330481001")])
    0
    """
    widths = {
        len(code) - len(parent) if code.startswith(parent) and code[len(parent) :].isdecimal() else 0
        for code, parent in codes
    }
    return widths.pop() if len(widths) == 1 else 0


def new_codes(x: np.ndarray, y: np.ndarray, parents: Sequence[str], taken: Iterable[str], *, width: int) -> list[str]:
    """
    Return a code for each new area: its parent's code and the next serial numbers, in reading order.

    Rows run from north to south, each from west to east, among the new areas of one parent. A code that was ever in
    use is never given again: the numbers go on after the highest. With a `width` of 0 the serial follows a dash;
    numbers that no longer fit the width do so too.

    Parameters
    ----------
    x, y
        A point of each area. Shape (n,).
    parents
        Code of each area's parent.
    taken
        Every code in use, today or before.
    width
        Digits of the serial number (`serial_width`).

    Notes
    -----
    Source: DB11/T 2157-2023 for the order; `geo.areas.checks.order.reading_rank` for the rows.

    Examples
    --------
    >>> new_codes(np.array([5.0, 1.0]), np.array([1.0, 1.0]), ["V", "V"], ["V001", "V007", "W009"], width=3)
    ['V009', 'V008']
    >>> new_codes(np.array([5.0]), np.array([1.0]), ["V"], ["V-1"], width=0)
    ['V-2']
    """
    codes = [""] * len(parents)
    used = _serials(taken, set(parents), width)
    by_parent: dict[str, list[int]] = {}
    for at, parent in enumerate(parents):
        by_parent.setdefault(parent, []).append(at)
    for parent, members in by_parent.items():
        ranks = reading_rank(x[members], y[members])
        for at in np.argsort(ranks, kind="stable"):
            used[parent] = used.get(parent, 0) + 1
            serial = str(used[parent])
            is_wide = not width or len(serial) > width
            codes[members[int(at)]] = f"{parent}-{serial}" if is_wide else f"{parent}{serial.zfill(width)}"
    return codes


def _serials(taken: Iterable[str], parents: set[str], width: int) -> dict[str, int]:
    """Return the highest serial number in use under each parent."""
    used: dict[str, int] = {}
    lengths = {len(parent) for parent in parents}
    for code in taken:
        for length in lengths:
            parent, rest = code[:length], code[length:]
            is_serial = len(rest) == width and width > 0
            if parent in parents and rest.removeprefix("-").isdecimal() and (is_serial or rest.startswith("-")):
                used[parent] = max(used.get(parent, 0), int(rest.removeprefix("-")))
    return used


def heirs(shares: Iterable[tuple[str, str, float]], gone: Mapping[str, object] | set[str]) -> dict[str, str]:
    """
    Return, for each area that is gone, the one that has the largest share of it (the first by code among equals).

    Examples
    --------
    >>> heirs([("A", "A1", 0.25), ("A", "A2", 0.75), ("B", "B", 1.0)], {"A"})
    {'A': 'A2'}
    """
    best: dict[str, tuple[float, str]] = {}
    for start, end, share in shares:
        if start in gone and (start not in best or (-share, end) < best[start]):
            best[start] = (-share, end)
    return {start: end for start, (_, end) in sorted(best.items())}
