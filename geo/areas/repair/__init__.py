"""Repair of areas, shown before it is done: faces between all borders, each given to one area by rule."""
