"""A workspace with nothing finer than villages: the demonstration county's villages, roads, water and buildings."""

from __future__ import annotations

from data.store import open_store, stage
from data.writer import write

LEVELS = [("county", "县市区"), ("town", "镇街道"), ("village", "村社区")]


def build_bare(name="bare", of="main"):
    """Copy what a county without grids has from the workspace `of`."""
    source = open_store(of)
    accounts = [
        {"account_id": account, "name": account, "role": account, "area_id": None}
        for account in ("administrator", "planner")
    ]
    create = {"title": "海宁市", "levels": LEVELS, "accounts": accounts}
    write(name, "create_workspace", create, actor="administrator")
    areas = source.all_areas().reset_index()
    areas = areas[areas["level"].isin([key for key, _ in LEVELS])]
    columns = ["area_id", "level", "name", "parent_id", "area_class", "households", "footprint_id", "valid_from"]
    payload = {"table": stage(name, areas[[*columns, "geometry"]]), "source": {"import_id": "areas"}}
    write(name, "publish_areas", payload, actor="administrator")
    villages = source.hierarchy()
    for kind in ("roads", "water", "buildings", "households"):
        rows = source.table(kind).reset_index(drop=True)
        if "area_id" in rows:
            rows["area_id"] = villages.at_level(rows["area_id"], "village")
        write(name, "publish_rows", {"kind": kind, "table": stage(name, rows)}, actor="administrator")
    return open_store(name)
