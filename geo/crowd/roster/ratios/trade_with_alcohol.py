"""What the security trade uses where alcohol is sold: one to 50."""

from geo.crowd.roster.ratios._spec import RatioSpec

SPEC = RatioSpec(
    title="trade figure, with alcohol",
    visitors=50,
    least=1,
    is_beside_fixed=False,
    source="trade figure 1:50 where alcohol is sold",
)
