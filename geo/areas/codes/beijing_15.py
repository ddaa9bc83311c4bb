"""Beijing unit grid, 15 digits."""

from geo.areas.codes._spec import CodeSpec

SPEC = CodeSpec(
    title="Beijing unit grid, 15 digits",
    help="County 6, street 3, village 3, serial 3.",
    groups=(6, 3, 3, 3),
    serial_digits=3,
    source="DB11/T 2157-2023",
)
