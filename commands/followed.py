"""Commands about what imports leave behind: choices saved for a source, defects followed until fixed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from commands import console
from commands.given import Actor, Json, Out, Workspace


class MappingAct(StrEnum):
    """What is done with saved mappings."""

    list = "list"
    drop = "drop"


class DefectAct(StrEnum):
    """What is done with defects on record."""

    list = "list"
    accept = "accept"


def mappings(
    action: Annotated[MappingAct, typer.Argument(help="list or drop.")] = MappingAct.list,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The saved mapping.")] = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """List the choices saved for sources of files, or let some go."""
    from commands.mappings import tell_mappings

    with console.refusals(as_json):
        tell_mappings(action.value, name, workspace=workspace, actor=actor, as_json=as_json)


def defects(
    action: Annotated[DefectAct, typer.Argument(help="list or accept.")] = DefectAct.list,
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="The defect, as list gives it.")] = None,
    level: Annotated[str | None, typer.Option(metavar="LEVEL", help="Only this level.")] = None,
    state: Annotated[str | None, typer.Option(metavar="STATE", help="Only open, accepted or fixed ones.")] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="With accept: why it may stay.")] = None,
    out: Out = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """List the defects of the areas in the store with their state; say that one may stay, and why."""
    from commands.defects import accept_one, list_all

    with console.refusals(as_json):
        if action == DefectAct.accept:
            accept_one(workspace, key, level=level, reason=reason, actor=actor, as_json=as_json)
        else:
            list_all(workspace, level=level, state=state, out=out, actor=actor, as_json=as_json)
