"""Crowds: the event plan, what a place holds, how people leave it, and what moves along it; posts, rosters, the day."""
