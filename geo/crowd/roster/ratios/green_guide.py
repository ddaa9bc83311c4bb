"""Stewards after the Green Guide: fixed posts first, then one to 250."""

from geo.crowd.roster.ratios._spec import RatioSpec

SPEC = RatioSpec(
    title="stewards, Green Guide",
    visitors=250,
    least=1,
    is_beside_fixed=True,
    source="Green Guide: static posts first, then 1:250 (secondary sources)",
)
