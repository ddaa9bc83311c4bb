"""A fingerprint of everything a workspace holds, the same for the same rows."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pandas as pd

import data.kinds
from data.store import open_store
from geo.catalogue import discover

EVER = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


def fingerprint(workspace: str) -> str:
    """Return the hash of every table, row by row in order."""
    store = open_store(workspace)
    whole = hashlib.sha256()
    for kind in discover(data.kinds):
        table = pd.DataFrame(store.fixes_table(*EVER) if kind == "fixes" else store.table(kind))
        if "geometry" in table:
            table["geometry"] = table["geometry"].map(lambda shape: shape.wkb_hex if shape is not None else "")
        whole.update(kind.encode())
        whole.update(table.to_csv(index=False).encode())
    return whole.hexdigest()
