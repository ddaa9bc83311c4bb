"""What a staffing ratio is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RatioSpec:
    """
    One person per `visitors` present, at least `least` wherever anybody is present.

    `is_beside_fixed`: the ratio comes on top of the fixed posts; else people at fixed posts count towards it.
    """

    title: str
    visitors: float
    least: int
    is_beside_fixed: bool
    source: str
