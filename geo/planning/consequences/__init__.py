"""What a plan would mean: a year replayed on it, who changes hands, two plans beside each other."""
