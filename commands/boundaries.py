"""`wangge boundaries` and `wangge crosswalk`: boundaries over time, named sets, and the way from one to another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from commands.console import note, open_desk, print_json, progress_bar, write_table
from geo.errors import SchemaError, say


def tell_boundaries(
    action: str, name: str | None, *, valid_from: str | None, workspace: str, actor: str | None, as_json: bool
) -> None:
    """List the boundaries of a workspace; publish or drop a named set."""
    if action == "list":
        _print_boundaries(workspace, actor, as_json)
        return
    if name is None or (action == "publish" and valid_from is None):
        raise SchemaError(
            say("`wangge boundaries publish NAME --valid-from DATE` or `wangge boundaries drop NAME`"),
            say("no name or no day"),
            say("name the set, and its first day to publish it"),
        )
    desk = open_desk(workspace, actor)
    account = desk.account.account_id
    if action == "drop":
        from data.writer import write

        result = write(workspace, "drop_boundaries", {"name": name}, actor=account)
    else:
        from data.imports.publish_areas import publish_set

        with progress_bar(f"boundaries {name}") as progress:
            result = publish_set(workspace, name, valid_from=str(valid_from), actor=account, progress=progress)
    note(f"{workspace}: {action} {name}, {result['rows']:,} areas")
    if as_json:
        print_json({"action": action, "name": name, **result})


def _print_boundaries(workspace: str, actor: str | None, as_json: bool) -> None:
    from data.store.boundaries import areas_in, era_key, timeline

    desk = open_desk(workspace, actor)
    line = timeline(desk.store)
    firsts: list[date | None] = [None, *line.days]
    eras: list[dict[str, Any]] = []
    for era, first in enumerate(firsts):
        counts = areas_in(desk.store, era_key(desk.store, era))["level"].value_counts()
        levels = {key: int(counts.get(key, 0)) for key, _, _ in desk.store.level_rows()}
        eras.append({"from": first, "areas": levels})
    found = {"workspace": workspace, "eras": eras, "sets": desk.boundary_sets()}
    if as_json:
        print_json(found)
        return
    for one in eras:
        counted = ", ".join(f"{count:,} {level}" for level, count in one["areas"].items())
        print(f"{one['from'] or 'from the beginning'}: {counted}")
    for name in found["sets"]:
        print(f"set {name}")


def print_crosswalk(
    start: str, end: str, level: str, *, out: Path | None, workspace: str, actor: str | None, as_json: bool
) -> None:
    """Print or write which share of each old area, and of its households, lies in which new one."""
    from data.crosswalks import crosswalk_table

    desk = open_desk(workspace, actor)
    table = crosswalk_table(desk, start, end, level)
    table["boundaries_from"], table["boundaries_to"] = start, end
    if desk.store.is_synthetic:
        table["marking"] = "SYNTHETIC"
    if out is not None:
        write_table(table, out)
        note(f"{out}: {len(table):,} rows")
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        print_json({"workspace": workspace, "level": level, "from": start, "to": end, "rows": rows})
    elif out is None:
        print(table.to_csv(index=False), end="")
