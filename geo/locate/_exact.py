"""On which side of a line a point lies where rounding could hide it: the exact sum of Shewchuk 1997."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.locate._compiled import compiled

SPLITTER = 2.0**27 + 1.0
TINY = 2.0**-400
"""No coordinate is nearer to 0, but 0 itself: so no product in an exact sum is too small to be held."""
HALF_ULP = 2.0**-53
FILTER = (3.0 + 16.0 * HALF_ULP) * HALF_ULP
"""Error bound of the plain formula of `turn` (Shewchuk 1997, ccwerrboundA)."""


@compiled
def _two_sum(a: float, b: float) -> Any:
    total = a + b
    shadow = total - a
    return total, (a - (total - shadow)) + (b - shadow)


@compiled
def _two_product(a: float, b: float) -> Any:
    product = a * b
    t = SPLITTER * a
    a_high = t - (t - a)
    a_low = a - a_high
    t = SPLITTER * b
    b_high = t - (t - b)
    b_low = b - b_high
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


@compiled
def exact_turn(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> float:
    """Return a number with the sign of `turn`, from an exact sum of sixteen terms (Shewchuk 1997)."""
    p, p_low = _two_sum(ax, -cx)
    q, q_low = _two_sum(by, -cy)
    r, r_low = _two_sum(cy, -ay)
    s, s_low = _two_sum(bx, -cx)
    kept = np.zeros(16)
    size = 0
    for u, v in ((p, q), (p, q_low), (p_low, q), (p_low, q_low), (r, s), (r, s_low), (r_low, s), (r_low, s_low)):
        high, low = _two_product(u, v)
        for term in (low, high):
            carry = term
            for place in range(size):
                carry, kept[place] = _two_sum(carry, kept[place])
            kept[size] = carry
            size += 1
    for place in range(size - 1, -1, -1):
        if kept[place] != 0.0:
            return float(kept[place])
    return 0.0


@compiled
def lifted(x: float, y: float) -> Any:
    """Return a point next to an axis as far from it as coordinates may be, on the same side."""
    nearest = 0.0
    for value in (x, y):
        nearest = max(nearest, abs(value)) if abs(value) < TINY else nearest
    while nearest < TINY:
        x, y, nearest = 2.0 * x if abs(x) < TINY else x, 2.0 * y if abs(y) < TINY else y, 2.0 * nearest
    return x, y


@compiled
def turn(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> float:
    """Return a number above 0 where c lies left of a -> b, below 0 right of it, 0 on its line: exactly."""
    left = (ax - cx) * (by - cy)
    right = (ay - cy) * (bx - cx)
    found = left - right
    if abs(found) >= FILTER * (abs(left) + abs(right)):
        return found
    return exact_turn(ax, ay, bx, by, cx, cy)


@compiled
def is_between(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> bool:
    """Whether a point of the line of a and b lies on the edge between them."""
    return min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)
