"""Digital community, 20 digits."""

from geo.areas.codes._spec import CodeSpec

SPEC = CodeSpec(
    title="Digital community, 20 digits",
    help="Object 6, county 6, street 3, community 3, serial 2 (00: not divided).",
    groups=(6, 6, 3, 3, 2),
    serial_digits=2,
    source="CJ/T 349-2010, by its stated digit positions",
)
