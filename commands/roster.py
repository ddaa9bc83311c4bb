"""`wangge roster`: named people to posts and hours, no hard rule broken, what is missing named."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.console import note, print_json, progress_bar, refusals
from commands.plan import _require_writable, _stopping, _write_json
from geo.errors import SchemaError, say

FOUND, STOPPED = 1, 130


def roster(
    demand: Annotated[Path, typer.Argument(metavar="EVENT_OR_DEMAND.json", help="Posts and hours, or an event plan.")],
    people: Annotated[Path, typer.Option(metavar="FILE", help="Who there is: id, role, group, skills, times.")],
    out: Annotated[Path, typer.Option(metavar="FILE.xlsx", help="Sheets by post and by person.")],
    report: Annotated[Path, typer.Option(metavar="FILE.json", help="Status, bound, shortfalls, people on the roll.")],
    page: Annotated[Path | None, typer.Option(metavar="FILE.html", help="The same for phone and print.")] = None,
    language: Annotated[str, typer.Option(metavar="LANG", help="Language of sheets and page: zh_CN or en.")] = "zh_CN",
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed, same roster.", min=0)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Roster people to posts: no hard rule broken, what is missing named by post and hour."""
    with refusals(as_json):
        make_roster_files(
            demand, people=people, out=out, report=report, page=page, language=language, seed=seed, as_json=as_json
        )


def make_roster_files(
    demand: Path, *, people: Path, out: Path, report: Path, page: Path | None, language: str, seed: int, as_json: bool
) -> None:
    """Make a roster and write workbook, report and page; exit code 1 where hours are missing. Ctrl+C writes nothing."""
    from data.rosters.page import write_page
    from data.rosters.report import roster_report
    from data.rosters.run import run_roster
    from data.rosters.sheets import write_workbook
    from data.settings import DEFAULTS

    _require_writable(out, report)
    if out.suffix.lower() != ".xlsx":
        raise SchemaError(
            say("a file that ends in {endings}", endings=".xlsx"), say("{name}", name=out.name), say("rename it")
        )
    with progress_bar("roster") as progress, _stopping() as is_stopped:
        run = run_roster(demand, people, settings=DEFAULTS, seed=seed, progress=progress, is_stopped=is_stopped)
        if is_stopped():
            note("stopped; nothing was written")
            raise typer.Exit(STOPPED)
    write_workbook(run, out, language=language)
    if page is not None:
        write_page(run, page, language=language)
    content = roster_report(run)
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
