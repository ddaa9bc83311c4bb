"""`wangge check`: the defects of an area file, without a store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from commands.console import note, print_json, progress_bar
from geo.errors import SchemaError, say

if TYPE_CHECKING:
    from data.defects import Checked

FOUND = 1
SHOWN = 20


def check_areas(
    file: Path, given: dict[str, Any], *, band: tuple[float, float] | None, out: Path | None, as_json: bool
) -> None:
    """Report the defects of `file`; exit code 1 where there are any."""
    from data.defects import CheckOptions, check_file
    from data.formats import write_file

    _require(given, band)
    options = replace(CheckOptions(), band=band, **{k: v for k, v in given.items() if v is not None})
    with progress_bar(f"check {file.name}") as progress:
        checked = check_file(file, options, progress=progress)
        if out is not None:
            write_file(checked.report.to_table(), out, layer="defects", description=f"defects of {file.name}")
    if as_json:
        print_json({**checked.report.to_dict(), "notices": [str(one) for one in checked.notices]})
    else:
        _print(checked)
    for notice in checked.notices:
        note(f"notice: {notice}")
    _sum_up(file, checked)
    if not checked.report.is_clean:
        raise typer.Exit(FOUND)


def _require(given: dict[str, Any], band: tuple[float, float] | None) -> None:
    if given.get("parent_id") and not given.get("parent_file"):
        raise SchemaError(say("--parent FILE with --parent-id"), say("--parent-id alone"), say("give both"))
    if band is not None and band[0] > band[1]:
        raise SchemaError(
            say("--band MIN MAX with MIN at most MAX"),
            say("from {low} to {high}", low=band[0], high=band[1]),
            say("swap them"),
        )


def _print(checked: Checked) -> None:
    """Print the most harmful defects as a table, or the proof."""
    report = checked.report
    for one in report.defects[:SHOWN]:
        place = "" if one.lon is None else f"{one.lon:.6f},{one.lat:.6f}"
        typer.echo(f"{one.kind:16} {one.area_m2:14.3f} m²  {one.households:6} hh  {place:24} {one.message}")
    if len(report.defects) > SHOWN:
        typer.echo(f"and {len(report.defects) - SHOWN} more: --json or --out has them all")
    for name, value in (report.proof or {}).items():
        typer.echo(f"{name}: {value}")


def _sum_up(file: Path, checked: Checked) -> None:
    report = checked.report
    counts = ", ".join(f"{count} {kind}" for kind, count in report.counts().items())
    note(f"{file.name}: {report.areas:,} areas, {len(report.defects):,} defects{': ' + counts if counts else ''}")
