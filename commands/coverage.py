"""`wangge coverage`: metrics per area, the unassigned beside them, the total below."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from commands.console import note, open_desk, parse_time, print_json, progress_bar, write_table
from geo.errors import SchemaError, say


def print_coverage(
    workspace: str,
    *,
    level: str,
    start: str,
    end: str,
    names: list[str],
    boundaries: str,
    category: str | None,
    out: Path | None,
    actor: str | None,
    as_json: bool,
) -> None:
    """Print one row per area of `level` and one column per metric, or write it to `out` by its ending."""
    from data.coverage import coverage_table, metrics

    desk = open_desk(workspace, actor)
    since = parse_time(start, desk.store.time_zone)
    until = parse_time(end, desk.store.time_zone, is_end=True)
    if since >= until:
        raise SchemaError(
            say("a period whose end comes after its start"),
            say("{start} to {end}", start=start, end=end),
            say("swap --from and --to, or give a later --to"),
        )
    with progress_bar("coverage") as progress:
        table = coverage_table(
            desk,
            level=level,
            start=since,
            end=until,
            metrics=names or None,
            boundaries=boundaries,
            category=category,
            now=datetime.now(UTC),
            progress=progress,
        )
    table["boundaries"] = boundaries
    changes = _tell_changes(desk, boundaries, since, until)
    if desk.store.is_synthetic:
        table["marking"] = "SYNTHETIC"
    if out is not None:
        write_table(table, out)
        note(f"{out}: {len(table):,} rows")
    if as_json:
        known = metrics()
        about = {name: {"unit": known[name].unit, "source": known[name].source} for name in known if name in table}
        asked = {
            "synthetic": desk.store.is_synthetic,
            "workspace": workspace,
            "level": level,
            "from": since,
            "to": until,
            "boundaries": boundaries,
            "boundaries_changed": changes,
        }
        print_json({**asked, "metrics": about, **_as_json(table)})
    elif out is None:
        print(table.to_csv(index=False), end="")


def _tell_changes(desk: Any, boundaries: str, since: datetime, until: datetime) -> list[date]:
    """Return the days on which boundaries changed in a period told as it was, and say so."""
    from data.store.boundaries import AS_WAS, changes_between

    changes = changes_between(desk.store, since, until) if boundaries == AS_WAS else []
    if changes:
        note("boundaries changed on " + ", ".join(map(str, changes)) + ": areas of before and after stand side by side")
    return changes


def _as_json(table: pd.DataFrame) -> dict[str, Any]:
    """Return the areas as a list, the unassigned and the total as one object each."""
    rows = (
        table.drop(columns=["marking", "boundaries"], errors="ignore")
        .astype(object)
        .where(table.notna(), None)
        .to_dict("records")
    )
    by_kind: dict[str, list[Any]] = {"area": [], "unassigned": [], "total": []}
    for row in rows:
        by_kind[row.pop("row")].append(row)
    return {"areas": by_kind["area"], "unassigned": by_kind["unassigned"][0], "total": by_kind["total"][0]}
