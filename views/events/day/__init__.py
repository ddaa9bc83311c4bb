"""The day of an event: its board, its drill clock, who stands in, and the review."""
