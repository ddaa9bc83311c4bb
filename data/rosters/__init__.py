"""Rosters: read what is needed and who there is, make and check a roster, write its sheets, keep its versions."""

from data.rosters.keeping import open_roster, roster_history, rosters, save_roster
from data.rosters.run import RosterRun, limits_of, run_roster

__all__ = ["RosterRun", "limits_of", "open_roster", "roster_history", "rosters", "run_roster", "save_roster"]
