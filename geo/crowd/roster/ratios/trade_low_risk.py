"""What the security trade uses for quiet crowds: one to 100."""

from geo.crowd.roster.ratios._spec import RatioSpec

SPEC = RatioSpec(
    title="trade figure, quiet crowd",
    visitors=100,
    least=1,
    is_beside_fixed=False,
    source="trade figure 1:100; the Purple Guide asks for a risk assessment and gives no ratio",
)
