"""What the models of posts share: the exact solver, reductions, bounds and first answers."""
