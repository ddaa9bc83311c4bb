"""Which area holds this point, by rules that give every point exactly one answer."""

from geo.locate.finest import FinestLocated, locate_finest
from geo.locate.index import REASONS, Located, LocateIndex

__all__ = ["REASONS", "FinestLocated", "LocateIndex", "Located", "locate_finest"]
