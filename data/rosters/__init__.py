"""Rosters: read what is needed and who there is, make and check a roster, write its sheets, keep its versions."""

from data.rosters.keeping import open_roster, roster_history, rosters, save_roster
from data.rosters.run import RosterRun, limits_of, roster_task

__all__ = ["RosterRun", "limits_of", "open_roster", "roster_history", "roster_task", "rosters", "save_roster"]
