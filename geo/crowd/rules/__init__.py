"""Rule sets for the capacity of a place: one a file, each ending in a SPEC. See docs/crowd.md, 'Rule sets'."""
