"""The forms in which features travel to the map, one file for each group of forms."""
