"""Micro-grid, 17 digits."""

from geo.areas.codes._spec import CodeSpec

SPEC = CodeSpec(
    title="Micro-grid, 17 digits",
    help="Unit grid 15, serial 2.",
    groups=(6, 3, 3, 3, 2),
    serial_digits=2,
    source="this program's demonstration county",
)
