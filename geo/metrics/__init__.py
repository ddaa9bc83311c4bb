"""One coverage metric per file, each ending in a SPEC. See CONTRIBUTING.md, 'Add a metric'."""
