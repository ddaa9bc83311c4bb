"""Defects of area files: reading a file for the check, the check and the repair with the product's thresholds."""

from data.defects.checking import Checked, CheckOptions, check_file, check_limits
from data.defects.repairing import RepairOptions, repair_checked, write_repaired

__all__ = [
    "CheckOptions",
    "Checked",
    "RepairOptions",
    "check_file",
    "check_limits",
    "repair_checked",
    "write_repaired",
]
