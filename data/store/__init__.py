"""The store: one file per workspace, read through desks, written by one process at a time."""

from data.store.accounts import Account, Rights, rights
from data.store.desk import Desk, Level
from data.store.engine import workspaces
from data.store.opening import Store, open_store
from data.store.search import Hit
from data.store.staging import stage, staging_folder

__all__ = [
    "Account",
    "Desk",
    "Hit",
    "Level",
    "Rights",
    "Store",
    "open_store",
    "rights",
    "stage",
    "staging_folder",
    "workspaces",
]
