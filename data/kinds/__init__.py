"""One kind of table per file, each ending in a SPEC: its fields, units, allowed values and what people call them."""
