"""One data source per file, each ending in a SPEC with its licence and attribution."""
