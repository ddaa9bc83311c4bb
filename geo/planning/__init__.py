"""Redrawing grids: units with who lies beside whom, plans, what is possible, and how good a plan is."""
