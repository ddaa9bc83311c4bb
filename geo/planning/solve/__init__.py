"""Making plans: seeds, search, repair, exact solutions."""
