"""Rosters: who stands where and when, by rules that are never broken, with what is missing named by post and hour."""
