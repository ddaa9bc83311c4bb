"""Taking in fixes, incidents and their events as they happen: checked, placed, on the disk, then acknowledged."""
