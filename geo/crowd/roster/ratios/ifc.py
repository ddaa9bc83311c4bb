"""Crowd managers after the International Fire Code: at least two, and one to 250."""

from geo.crowd.roster.ratios._spec import RatioSpec

SPEC = RatioSpec(
    title="crowd managers, IFC",
    visitors=250,
    least=2,
    is_beside_fixed=False,
    source="IFC: at least 2, and 1 per 250",
)
