"""Crowd managers after NFPA 101: one to 250 present."""

from geo.crowd.roster.ratios._spec import RatioSpec

SPEC = RatioSpec(
    title="crowd managers, NFPA 101",
    visitors=250,
    least=1,
    is_beside_fixed=False,
    source="NFPA 101: 1 crowd manager per 250",
)
