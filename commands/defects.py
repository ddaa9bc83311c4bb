"""`wangge defects`: the defects of the areas in the store, followed until fixed; one accepted with its reason."""

from __future__ import annotations

from pathlib import Path

import typer

from commands.console import note, open_desk, print_json
from geo.errors import SchemaError, say

SHOWN = 20


def list_all(
    workspace: str, *, level: str | None, state: str | None, out: Path | None, actor: str | None, as_json: bool
) -> None:
    """Print the defects on record, the most harmful open ones first, or write them as shapes."""
    from data.defects.following import STATES, list_defects
    from data.formats import write_file

    if state is not None and state not in STATES:
        raise SchemaError(
            say("a state: {states}", states=", ".join(STATES)), say("{state!r}", state=state), say("name one of these")
        )
    found = list_defects(open_desk(workspace, actor))
    chosen = found[
        (found["level"] == level if level else found["level"].notna())
        & (found["state"] == state if state else found["state"].notna())
    ]
    if out is not None:
        write_file(chosen, out, layer="defects", description="defects of areas")
    counts = {one: int((found["state"] == one).sum()) for one in STATES}
    if as_json:
        print_json({"counts": counts, "defects": chosen.drop(columns="geometry").to_dict("records")})
    elif out is None:
        for row in chosen.head(SHOWN).to_dict("records"):
            typer.echo(f"{row['state']:8} {row['level']:12} {row['area_m2']:14.3f} m²  {row['key']}  {row['message']}")
        if len(chosen) > SHOWN:
            typer.echo(f"and {len(chosen) - SHOWN} more: --json or --out has them all")
    note(f"{workspace}: " + ", ".join(f"{count:,} {one}" for one, count in counts.items()))


def accept_one(
    workspace: str, key: str | None, *, level: str | None, reason: str | None, actor: str | None, as_json: bool
) -> None:
    """Say that a defect stays and why."""
    from data.defects.following import accept_defect, list_defects

    desk = open_desk(workspace, actor)
    if not key or not reason:
        raise SchemaError(
            say("the defect and why it may stay: accept KEY --reason TEXT"),
            say("no key") if not key else say("no reason"),
            say("take the key from `wangge defects list`"),
        )
    found = list_defects(desk)
    levels = sorted(set(found["level"][(found["key"] == key) & (found["state"] != "fixed")]))
    if level is None and len(levels) > 1:
        raise SchemaError(
            say("the level of the defect"),
            say("{key} in {levels}", key=key, levels=", ".join(levels)),
            say("give --level"),
        )
    chosen = level or (levels[0] if levels else "")
    accept_defect(desk, key, chosen, reason)
    if as_json:
        print_json({"key": key, "level": chosen, "state": "accepted", "reason": reason, "by": desk.account.account_id})
    note(f"{key}: accepted")
