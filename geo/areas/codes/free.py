"""Free text."""

from geo.areas.codes._spec import CodeSpec

SPEC = CodeSpec(
    title="Free text",
    help="Any text; only missing and repeated ids are defects.",
    groups=(),
    serial_digits=0,
    source="definition",
)
