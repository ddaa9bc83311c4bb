"""Code schemes of areas: one file each, ending in a SPEC."""
