"""`wangge export`: rows in the format the file's ending says, or a map as one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path

from commands.console import note, open_desk, parse_time, print_json, progress_bar
from geo.errors import SchemaError, say


def export_rows_or_map(
    item: str,
    out: Path,
    *,
    workspace: str,
    level: str | None,
    start: str | None,
    end: str | None,
    metric: str | None,
    language: str,
    actor: str | None,
    as_json: bool,
) -> None:
    """Write `item` to `out`; a file of that name is replaced only when the new one is whole."""
    from data.export import export_item

    desk = open_desk(workspace, actor)
    zone = desk.store.time_zone
    since = parse_time(start, zone) if start else None
    until = parse_time(end, zone, is_end=True) if end else None
    if not out.parent.is_dir():
        raise SchemaError(
            say("a folder that exists"), say("{folder}", folder=str(out.parent)), say("make it, or name another --out")
        )
    if item == "map":
        moments = {"start": since.isoformat() if since else None, "end": until.isoformat() if until else None}
        state = {"level": level, "metric": metric, "lang": language, **moments}
        _export_map(workspace, desk.account.account_id, out, {k: v for k, v in state.items() if v})
        rows = None
    else:
        with progress_bar(f"export {item}") as progress:
            rows = export_item(desk, item, out, level=level, start=since, end=until, progress=progress)
    if as_json:
        print_json({"item": item, "out": str(out), "rows": rows, "bytes": out.stat().st_size})
    counted = "" if rows is None else f"{rows:,} rows, "
    note(f"{out}: {counted}{out.stat().st_size:,} bytes")


def _export_map(workspace: str, account_id: str, out: Path, state: dict[str, str]) -> None:
    """Write the map, all or nothing."""
    from api.map_export import export_map_html

    if out.suffix.lower() not in (".html", ".htm"):
        raise SchemaError(
            say("a map goes to a file that ends in .html"), say("{name}", name=out.name), say("rename it")
        )
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_text(export_map_html(workspace, account_id, state), encoding="utf-8")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
