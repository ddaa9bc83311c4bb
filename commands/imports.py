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
    mapping: str | None = None,
    save_mapping: str | None = None,
) -> None:
    """Import `file` as `kind`, with what was given on the command line or saved, and report on it."""
    import data.kinds
    from data.imports import ImportOptions, import_file
    from data.imports.mappings import keep_mapping, recognise, require_mapping, saved_mappings, with_mapping
    from data.imports.publish import find_store

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
    store = find_store(workspace)
    if mapping is not None:
        options = with_mapping(options, require_mapping(store, mapping, kind))
    with progress_bar(f"import {file.name}") as progress:
        report = import_file(
            file, kind, options, workspace=workspace, actor=actor or _default_actor(workspace), progress=progress
        )
    if save_mapping is not None:
        who = actor or _default_actor(workspace)
        keep_mapping(workspace, save_mapping, kind, report.file_columns, options, actor=who)
    if as_json:
        print_json(report.to_dict())
    _describe(report)
    known = recognise(saved_mappings(store), kind, report.file_columns)
    if mapping is None and save_mapping is None and known is not None:
        note(f"  notice: the columns are those of the saved mapping {known.name}: --mapping uses it")


def repair_options(is_asked: bool, max_change: float | None, consent: str | None) -> Any:
    """Return how far to repair, None for not at all; limits and consent need --repair."""
    from data.defects import RepairOptions

    if not is_asked:
        if max_change is not None or consent is not None:
            raise SchemaError(
                say("--repair with --max-change and --consent"), say("one without it"), say("add --repair")
            )
        return None
    named = tuple(one.strip() for one in (consent or "").split(",") if one.strip())
    return RepairOptions(max_change_share=max_change, consent=named)


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
    if report.changes:
        note("  " + ", ".join(f"{rows:,} {what}" for what, rows in report.changes.items()))
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
