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
    from geo.areas.repair.preview import RepairPreview

FOUND = 1
SHOWN = 20


def check_areas(
    file: Path,
    given: dict[str, Any],
    *,
    band: tuple[float, float] | None,
    out: Path | None,
    repair: Path | None,
    wanted: dict[str, Any],
    as_json: bool,
) -> None:
    """Report the defects of `file`, and repair a copy if asked; exit code 1 where there are any (left)."""
    from data.defects import CheckOptions, RepairOptions, check_file, repair_checked, write_repaired
    from data.formats import write_file

    _require(given, band)
    options = replace(CheckOptions(), band=band, **{k: v for k, v in given.items() if v is not None})
    with progress_bar(f"check {file.name}") as progress:
        checked = check_file(file, options, progress=progress)
        if out is not None:
            write_file(checked.report.to_table(), out, layer="defects", description=f"defects of {file.name}")
        preview = None
        if repair is not None:
            preview = repair_checked(checked, RepairOptions(**wanted))
            write_repaired(checked, preview, repair)
    if as_json:
        repaired = {} if preview is None else {"repair": preview.to_dict()}
        print_json({**checked.report.to_dict(), "notices": [str(one) for one in checked.notices], **repaired})
    else:
        _print(checked)
    for notice in checked.notices:
        note(f"notice: {notice}")
    _sum_up(file, checked)
    if preview is not None and repair is not None:
        _sum_up_repair(repair, preview)
    if not (checked.report if preview is None else preview.after).is_clean:
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


def _sum_up_repair(repair: Path, preview: RepairPreview) -> None:
    """Say what the repair did, the largest change, and what was left for want of consent."""
    largest = preview.largest_change
    told = preview.to_dict()
    most = (
        f"the largest change {largest['change_share']:.4%} ({largest['change_m2']:,.1f} m²) of {largest['area_id']}"
        if largest
        else "no ground moved"
    )
    left = ", ".join(f"{count} {kind}" for kind, count in preview.after.counts().items())
    note(
        f"{repair.name}: {told['changed']:,} of {told['areas']:,} areas repaired, {most}; left: {left or 'no defects'}"
    )
    for one in preview.left[:SHOWN]:
        note(f"  not done without consent: {one['rule']}, {one['area_m2']:,.1f} m², {', '.join(one['ids'][:5])}")


def _sum_up(file: Path, checked: Checked) -> None:
    report = checked.report
    counts = ", ".join(f"{count} {kind}" for kind, count in report.counts().items())
    note(f"{file.name}: {report.areas:,} areas, {len(report.defects):,} defects{': ' + counts if counts else ''}")
