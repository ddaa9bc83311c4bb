"""`wangge import`: one file into the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from commands.console import note, print_json, progress_bar
from geo.errors import SchemaError, name_few, say


def take_file(
    file: Path,
    kind: str,
    given: dict[str, Any],
    columns: list[str],
    *,
    workspace: str,
    actor: str | None,
    as_json: bool,
) -> None:
    """Import `file` as `kind`, with what was given on the command line, and report on it."""
    import data.kinds
    from data.imports import ImportOptions, import_file

    kinds = sorted(path.stem for path in Path(data.kinds.__file__).parent.glob("[!_]*.py"))
    if kind not in kinds:
        raise SchemaError(
            say("a kind: {kinds}", kinds=", ".join(kinds)),
            say("{kind!r}", kind=kind),
            say("give one of them with --as"),
        )
    file.open("rb").close()
    options = ImportOptions(
        map=_field_columns(columns), **{name: value for name, value in given.items() if value is not None}
    )
    with progress_bar(f"import {file.name}") as progress:
        report = import_file(
            file, kind, options, workspace=workspace, actor=actor or _default_actor(workspace), progress=progress
        )
    if as_json:
        print_json(report.to_dict())
    _describe(report)


def _default_actor(workspace: str) -> str:
    from commands.console import administrator
    from data.store import open_store, workspaces

    return administrator(open_store(workspace)) if workspace in workspaces() else "administrator"


def _field_columns(columns: list[str]) -> dict[str, str]:
    """Read `field=COL` pairs; all bad ones are named at once."""
    wrong = [pair for pair in columns if not all(pair.partition("="))]
    if wrong:
        raise SchemaError(
            say("field=COLUMN pairs after --map"),
            say("{pairs}", pairs=name_few(wrong)),
            say("write them as --map category=TYPE occurred_at=DATE"),
        )
    return {field: column for field, _, column in (pair.partition("=") for pair in columns)}


def _describe(report: Any) -> None:
    """Say on stderr what was read, taken, rejected and how rows were placed."""
    note(f"{report.workspace}: {report.rows_read:,} rows read, {report.rows_taken:,} taken (import {report.import_id})")
    for reason, rows in report.rejected:
        note(f"  rejected: {rows:,} {reason}")
    if report.reject_file:
        note(f"  rejected rows: {report.reject_file}")
    placed = {reason: rows for reason, rows in report.reasons.items() if rows}
    if placed:
        note("  placed: " + ", ".join(f"{rows:,} {reason}" for reason, rows in placed.items()))
    if report.disagreements:
        note(f"  notice: {report.disagreements:,} rows state another area than their point lies in; both are kept")
    if report.defects:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in report.defects.items())
        note(f"  defects: {counts} (wangge export defects, docs/topology.md)")
    for notice in report.notices:
        note(f"  notice: {notice}")
