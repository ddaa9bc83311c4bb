"""Posts from files: reading demand points, sites and distances, one run, and its report."""
