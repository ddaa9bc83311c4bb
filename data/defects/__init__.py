"""Defects of area files: reading a file for the check, and the check with the product's thresholds."""

from data.defects.checking import Checked, CheckOptions, check_file, check_limits

__all__ = ["CheckOptions", "Checked", "check_file", "check_limits"]
