"""What the board keeps count of: one part a file, with the kinds of fact it listens to."""
