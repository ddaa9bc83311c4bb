"""Coordinates: the offset systems of Chinese maps, and metres for measuring."""
