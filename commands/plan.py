"""`wangge plan`: zones for units, with the reasons where there are none."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from commands.console import note, print_json, progress_bar
from geo.errors import SchemaError, say

FOUND, STOPPED = 1, 130
SHAPELESS = (".csv", ".xlsx")


def make_plan(
    given: dict[str, Any], *, out: Path, report: Path, max_change: float | None, alternatives: int, as_json: bool
) -> None:
    """
    Plan, write zones and report; exit code 1 where a parent has no plan in the band or the change is over its budget.

    Ctrl+C ends the search at the next step: what is solved is written as a draft beside `out`, and nothing else.
    """
    from data.planning.report import plan_report, plan_table, zone_names
    from data.planning.run import PlanRequest, run_plan
    from data.settings import DEFAULTS

    _require_writable(out, report)
    if max_change is not None and given["current"] is None:
        raise SchemaError(
            say("--current with --max-change"), say("no --current"), say("name the column with the zones of today")
        )
    with progress_bar("plan") as progress, _stopping() as is_stopped:
        run = run_plan(PlanRequest(**given), settings=DEFAULTS, progress=progress, is_stopped=is_stopped)
    names = zone_names(run)
    content = plan_report(run, names)
    content["max_change"] = max_change
    content["within_budget"] = None if max_change is None else content["share_changed"] <= max_change
    target = out.with_name(f"{out.stem}.draft{out.suffix}") if is_stopped() else out
    shapes = target.suffix.lower() not in SHAPELESS
    _write(plan_table(run, names, with_shapes=shapes, alternatives=alternatives), target)
    if is_stopped():
        note(f"stopped; the parents solved so far are in {target.name}, the others have no zone")
        raise typer.Exit(STOPPED)
    _write_json(content, report)
    if as_json:
        print_json({key: value for key, value in content.items() if key not in ("zones", "parents")})
    note(_summary(content))
    if not run.result.is_feasible or content["within_budget"] is False:
        raise typer.Exit(FOUND)


def _summary(content: dict[str, Any]) -> str:
    bad = [parent for parent in content["parents"] if not parent["feasible"]]
    lines = [
        f"{len(content['zones']):,} zones of {content['units']:,} units, {content['in_band_share']:.1%} in band, "
        f"{content['cut_edges']:,} cut edges, largest deviation {content['deviation']:.2%}; "
        f"{content['status']}; {content['seconds']:.1f} s"
    ]
    if content["households_moved"] is not None:
        lines.append(
            f"{content['households_moved']:,} of {content['size']:,} move, {content['zones_changed']:,} zones changed "
            f"({content['share_changed']:.1%})"
        )
    if content["within_budget"] is False:
        lines.append(f"more than the budget of {content['max_change']:.1%}: widen it, or the band")
    lines += [f"{one['parent'] or 'all'}: {one['reason']}" for one in bad[:5]]
    if len(bad) > 5:
        lines.append(f"and {len(bad) - 5} more parents, in the report")
    return "\n".join(lines)


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl+C was pressed; a second one ends at once."""
    pressed: list[int] = []

    def press(number: int, _frame: object) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def _require_writable(out: Path, report: Path) -> None:
    for path in (out, report):
        if not path.parent.is_dir():
            raise SchemaError(
                say("a folder that exists"),
                say("no folder {name}", name=str(path.parent)),
                say("make the folder first"),
            )
    if out.resolve() == report.resolve():
        raise SchemaError(say("two files"), say("{name} twice", name=out.name), say("give --report another name"))


def _write(table: Any, target: Path) -> None:
    from data.formats import write_file

    write_file(table, target, layer="plan")


def _write_json(content: dict[str, Any], report: Path) -> None:
    import orjson

    option = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    part = report.with_name(f".{report.name}.part")
    try:
        part.write_bytes(orjson.dumps(content, option=option))
        part.replace(report)
    finally:
        part.unlink(missing_ok=True)
