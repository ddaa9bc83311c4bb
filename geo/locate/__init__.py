"""Which area holds this point, by rules that give every point exactly one answer."""

from geo.locate.finest import FinestLocated, locate_finest
from geo.locate.history import reassign
from geo.locate.index import LON_LAT, REASONS, Located, LocateIndex

__all__ = ["LON_LAT", "REASONS", "FinestLocated", "LocateIndex", "Located", "locate_finest", "reassign"]
