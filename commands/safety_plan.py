"""`wangge safety-plan`: an event's safety plan as one document, a draft while any check is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.console import note, open_desk, print_json, progress_bar, refusals
from commands.given import Actor, Json, Workspace
from geo.errors import SchemaError, say

if TYPE_CHECKING:
    from data.events.safety_plan import PlanFacts

FOUND = 1


def safety_plan(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .html or .docx.")],
    event_file: Annotated[
        Path | None, typer.Argument(metavar="[EVENT.json]", help="The event plan (docs/event-file.md).")
    ] = None,
    event: Annotated[str | None, typer.Option(metavar="ID", help="A plan of the workspace instead of a file.")] = None,
    final: Annotated[bool, typer.Option("--final", help="Not a draft; refused while a check is open.")] = False,
    lang: Annotated[str, typer.Option(help="zh_CN or en.")] = "zh_CN",
    runs: Annotated[int, typer.Option(metavar="N", help="Runs of the network.", min=50, max=2000)] = 60,
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed, same figures.", min=0)] = 1,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Write an event's safety plan as a document: maps, capacities, egress, clock, posts, roster, stages."""
    with refusals(as_json):
        facts = _facts(event_file, event, out=out, lang=lang, runs=runs, seed=seed, workspace=workspace, actor=actor)
        _write(facts, out, lang=lang, final=final, as_json=as_json)


def _facts(
    event_file: Path | None, event: str | None, *, out: Path, lang: str, runs: int, seed: int, workspace: str,
    actor: str | None,
) -> PlanFacts:  # fmt: skip
    from data.events.safety_plan import facts_of, facts_of_file
    from data.events.safety_plan.saving import require_ending
    from data.language import LANGUAGES

    require_ending(out)
    if lang not in LANGUAGES:
        raise SchemaError(say("a language: {names}", names=", ".join(LANGUAGES)), say("{name}", name=lang),
                          say("choose one of these"))  # fmt: skip
    if (event_file is None) == (event is None):
        raise SchemaError(
            say("an event file, or --event ID"),
            say("neither") if event is None else say("both"),
            say("give one of the two"),
        )
    with progress_bar("safety plan") as progress:
        if event_file is not None:
            return facts_of_file(event_file, runs=runs, seed=seed, progress=progress)
        return facts_of(open_desk(workspace, actor), str(event), runs=runs, seed=seed, progress=progress)


def _write(facts: PlanFacts, out: Path, *, lang: str, final: bool, as_json: bool) -> None:
    from data.events.safety_plan import open_checks, require_final, write_safety_plan
    from data.events.safety_plan import safety_plan as document_of

    if final:
        require_final(facts)
    document = document_of(facts, language=lang, is_final=final)
    write_safety_plan(document, out)
    found = open_checks(facts, "en")
    if as_json:
        print_json({"file": str(out), "event_id": facts.event.event_id, "version": facts.version,
                    "state": "draft" if document.is_draft else "final", "open_checks": list(found),
                    "tables": len(document.tables)})  # fmt: skip
    note(f"{facts.event.name}: {'draft' if document.is_draft else 'final'}, {len(document.tables)} tables; {out}")
    for one in found[:5]:
        note(f"open check: {one}")
    if len(found) > 5:
        note(f"and {len(found) - 5} more, first in the document")
    if found:
        raise typer.Exit(FOUND)
