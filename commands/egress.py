"""`wangge egress`: what an event's ground holds and how long it takes to clear, with every open check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from commands.console import note, print_json, progress_bar
from geo.errors import SchemaError, say

FOUND = 1


def report_egress(event_file: Path, *, report: Path, runs: int, seed: int, as_json: bool) -> None:
    """Write the report; exit code 1 where a check is open, nothing written where the plan is refused."""
    from data.events.reading import read_event
    from data.events.report import egress_report

    if not report.parent.is_dir():
        raise SchemaError(
            say("a folder that exists"), say("no folder {name}", name=str(report.parent)), say("make the folder first")
        )
    event = read_event(event_file)
    with progress_bar("egress") as progress:
        content = egress_report(event, seed=seed, runs=runs, progress=progress)
    _write(content, report)
    if as_json:
        print_json(content)
    note(_summary(content))
    if content["checks"]:
        raise typer.Exit(FOUND)


def _summary(content: dict[str, Any]) -> str:
    capacity, egress = content["capacity"], content["egress"]
    lines = [
        f"{content['event']['name']}: {capacity['peak_at_once']:,} at once, capacity {capacity['people']:,} "
        f"({capacity['governing_rules']}, where silent {capacity['companion_rules']})"
    ]
    for one, way in zip(capacity["areas"], egress["areas"], strict=True):
        binding = one["binding"]
        lines.append(
            f"{one['name']}: {one['crowd']:,} of {one['capacity']:,} by {binding['factor']} ({binding['rules']}); "
            f"clear in {_minutes(way['low_s'])} to {_minutes(way['high_s'])} min"
        )
    lines += [f"open check: {one['text']}" for one in content["checks"][:5]]
    if len(content["checks"]) > 5:
        lines.append(f"and {len(content['checks']) - 5} more, in the report")
    return "\n".join([*lines, f"{content['seconds']:.1f} s"])


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}" if seconds < float("inf") else "never"


def _write(content: dict[str, Any], report: Path) -> None:
    import orjson

    option = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    part = report.with_name(f".{report.name}.part")
    try:
        part.write_bytes(orjson.dumps(content, option=option))
        part.replace(report)
    finally:
        part.unlink(missing_ok=True)
