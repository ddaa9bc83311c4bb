"""Statistical code, 12 digits."""

from geo.areas.codes._spec import CodeSpec

SPEC = CodeSpec(
    title="Statistical code, 12 digits",
    help="County 6, town 3, village 3.",
    groups=(6, 3, 3),
    serial_digits=0,
    source="codes for statistical divisions, National Bureau of Statistics",
)
