"""`wangge roster`: named people to posts and hours, no hard rule broken, what is missing named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.console import note, open_desk, print_json, progress_bar, refusals
from commands.given import Actor, Json, Workspace
from commands.plan import _require_writable, _stopping, _write_json
from geo.errors import SchemaError, say

if TYPE_CHECKING:
    from data.rosters.run import RosterRun
    from geo.crowd.event import Event

FOUND, STOPPED = 1, 130


def roster(
    people: Annotated[Path, typer.Option(metavar="FILE", help="Who there is: id, role, group, skills, times.")],
    out: Annotated[Path, typer.Option(metavar="FILE.xlsx", help="Sheets by post and by person.")],
    report: Annotated[Path, typer.Option(metavar="FILE.json", help="Status, bound, shortfalls, people on the roll.")],
    demand: Annotated[
        Path | None, typer.Argument(metavar="[EVENT_OR_DEMAND.json]", help="Posts and hours, or an event plan.")
    ] = None,
    event: Annotated[str | None, typer.Option(metavar="ID", help="A plan of the workspace instead of a file.")] = None,
    days: Annotated[int, typer.Option(metavar="N", help="So many days like the one of the plan.", min=1, max=14)] = 1,
    save: Annotated[bool, typer.Option("--save", help="Keep it in the workspace; with --event.")] = False,
    page: Annotated[Path | None, typer.Option(metavar="FILE.html", help="The same for phone and print.")] = None,
    language: Annotated[str, typer.Option(metavar="LANG", help="Language of sheets and page: zh_CN or en.")] = "zh_CN",
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed, same roster.", min=0)] = 1,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Roster people to posts: no hard rule broken, what is missing named by post and hour."""
    with refusals(as_json):
        _require_writable(out, report)
        if out.suffix.lower() != ".xlsx":
            raise SchemaError(
                say("a file that ends in {endings}", endings=".xlsx"), say("{name}", name=out.name), say("rename it")
            )
        asked = Asked(demand, event, days, workspace, actor)
        run, kept = _made(asked, people, seed=seed, save=save)
        _write(run, kept, out=out, report=report, page=page, language=language, as_json=as_json)


@dataclass(frozen=True)
class Asked:
    """What a roster is asked for: a file, or a plan of a workspace."""

    demand: Path | None
    event: str | None
    days: int
    workspace: str
    actor: str | None


def _made(asked: Asked, people: Path, *, seed: int, save: bool) -> tuple[RosterRun, dict[str, Any] | None]:
    """Read, roster, and keep it where that is asked; Ctrl+C keeps and writes nothing."""
    from data.rosters.demand_file import read_task, task_of_event
    from data.rosters.people_file import read_staff
    from data.rosters.run import roster_task
    from data.settings import DEFAULTS

    if (asked.demand is None) == (asked.event is None):
        raise SchemaError(
            say("an event or demand file, or --event ID"),
            say("neither") if asked.event is None else say("both"),
            say("give one of the two"),
        )
    if save and asked.event is None:
        raise SchemaError(say("--event ID with --save"), say("a file"), say("name the plan the roster is kept for"))
    ratio, plan = str(DEFAULTS["roster_ratio"]), None
    if asked.event is not None:
        from data.events.keeping import open_event

        plan = open_event(open_desk(asked.workspace, asked.actor), asked.event)
        task = task_of_event(plan, ratio=ratio, days=asked.days)
    else:
        task = read_task(Path(asked.demand or ""), ratio=ratio, days=asked.days)
    staff = read_staff(people, horizon=task.demand.horizon, time_zone=task.time_zone, pairs=task.pairs)
    with progress_bar("roster") as progress, _stopping() as is_stopped:
        run = roster_task(task, staff, settings=DEFAULTS, seed=seed, progress=progress, is_stopped=is_stopped)
        if is_stopped():
            note("stopped; nothing was written")
            raise typer.Exit(STOPPED)
    return run, _kept(asked, run, plan) if save and plan is not None else None


def _kept(asked: Asked, run: RosterRun, plan: Event) -> dict[str, Any]:
    from data.rosters.keeping import save_roster
    from data.store.verbs.events import areas_of

    desk = open_desk(asked.workspace, asked.actor)
    return save_roster(
        asked.workspace,
        plan.event_id,
        run,
        actor=desk.account.account_id,
        area_ids=areas_of(plan),
        note="wangge roster",
    )


def _write(
    run: RosterRun, kept: dict[str, Any] | None, *, out: Path, report: Path, page: Path | None, language: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Write workbook, report and page; exit code 1 where hours are missing."""
    from data.rosters.page import write_page
    from data.rosters.report import roster_report
    from data.rosters.sheets import write_workbook

    write_workbook(run, out, language=language)
    if page is not None:
        write_page(run, page, language=language)
    content = roster_report(run) | {"saved_version": None if kept is None else kept["version"]}
    _write_json(content, report)
    if as_json:
        print_json({key: value for key, value in content.items() if key not in ("shortfalls", "teams")})
    made = run.roster
    note(
        f"{content['people_on_duty']:,} of {content['people']:,} people, {content['assignments']:,} shifts, "
        f"{made.needed_hours:,.0f} h needed, {made.objective:,.0f} h missing "
        f"(no roster under {made.bound:,.0f}); "
        f"{len(run.broken)} hard rules broken; {made.status}; {made.seconds:.1f} s"
    )
    for one in content["shortfalls"][:5]:
        note(f"missing: {one['people']} {one['role']} at {one['post_id']}, {one['start_at']} to {one['end_at']}")
    if made.objective > 0 or run.broken:
        raise typer.Exit(FOUND)
