"""Units that are busy: the hypercube model, its approximation, expected cover, and a simulation beside them."""
