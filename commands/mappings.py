"""`wangge mappings`: choices saved for sources of files."""

from __future__ import annotations

import typer

from commands.console import note, open_desk, print_json
from geo.errors import SchemaError, name_few, say


def tell_mappings(action: str, name: str | None, *, workspace: str, actor: str | None, as_json: bool) -> None:
    """List the saved mappings of a workspace, or let one go."""
    from data.imports.mappings import drop_mapping, saved_mappings

    desk = open_desk(workspace, actor)
    known = saved_mappings(desk.store)
    if action == "drop":
        if name not in {one.name for one in known}:
            raise SchemaError(
                say("a saved mapping: {names}", names=name_few(one.name for one in known) or "—"),
                say("{name!r}", name=name),
                say("name one of these"),
            )
        drop_mapping(workspace, str(name), actor=desk.account.account_id)
        note(f"{name}: gone")
        known = [one for one in known if one.name != name]
    if as_json:
        print_json({"mappings": [one.to_dict() for one in known]})
        return
    if action == "drop":
        return
    for one in known:
        told = " ".join(f"{key}={value}" for key, value in one.options.items() if key != "map")
        fields = " ".join(f"{key}={value}" for key, value in one.options.get("map", {}).items())
        typer.echo(f"{one.name}\t{one.kind}\t{' '.join(part for part in (told, fields) if part)}")
    note(f"{workspace}: {len(known)} saved mappings")
