"""All input and output: kinds of table, formats, store, import, settings, the demonstration county."""
