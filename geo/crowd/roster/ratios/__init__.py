"""How many people per visitor: one ratio a file, each with its source, and whether fixed posts count towards it."""
