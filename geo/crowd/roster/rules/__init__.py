"""Hard rules of a roster: one rule a file, each with a drawn roster that keeps it and one that breaks it."""
