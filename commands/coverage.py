"""`wangge coverage`: metrics per area, the unassigned beside them, the total below."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from commands.console import note, open_desk, parse_time, print_json, progress_bar
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
    if desk.store.is_synthetic:
        table["marking"] = "SYNTHETIC"
    if out is not None:
        _write_table(table, out)
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
        }
        print_json({**asked, "metrics": about, **_as_json(table)})
    elif out is None:
        print(table.to_csv(index=False), end="")


def _as_json(table: pd.DataFrame) -> dict[str, Any]:
    """Return the areas as a list, the unassigned and the total as one object each."""
    rows = table.drop(columns="marking", errors="ignore").astype(object).where(table.notna(), None).to_dict("records")
    by_kind: dict[str, list[Any]] = {"area": [], "unassigned": [], "total": []}
    for row in rows:
        by_kind[row.pop("row")].append(row)
    return {"areas": by_kind["area"], "unassigned": by_kind["unassigned"][0], "total": by_kind["total"][0]}


def _write_table(table: pd.DataFrame, out: Path) -> None:
    """Write .csv, .json, .parquet or .xlsx; another ending is refused. A spreadsheet runs no name as a formula."""
    from data.formats import safe_cell

    safe = table.assign(name=[safe_cell(one) for one in table["name"]])
    writers = {
        ".csv": lambda path: safe.to_csv(path, index=False, encoding="utf-8-sig"),
        ".json": lambda path: table.to_json(path, orient="records", force_ascii=False),
        ".parquet": lambda path: table.to_parquet(path, index=False),
        ".xlsx": lambda path: safe.to_excel(path, index=False),
    }
    if out.suffix.lower() not in writers:
        raise SchemaError(
            say("a file that ends in {endings}", endings=", ".join(writers)),
            say("{name}", name=out.name),
            say("rename it"),
        )
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        writers[out.suffix.lower()](part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
