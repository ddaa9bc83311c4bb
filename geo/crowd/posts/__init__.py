"""Where posts stand: least posts, most cover, backup, capacities, roles, distances, and what else would do."""
