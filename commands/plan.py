"""`wangge plan`: zones for units, with the reasons where there are none."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.console import note, print_json, progress_bar, refusals
from commands.given import Crs, Json
from geo.errors import SchemaError, say

FOUND, STOPPED = 1, 130
SHAPELESS = (".csv", ".xlsx")


def plan(
    units: Annotated[Path, typer.Option(metavar="FILE", help="Polygons, points, or an adjacency list (.json).")],
    id_column: Annotated[str, typer.Option("--id", metavar="COL", help="Column with the units' id.")],
    size: Annotated[str, typer.Option(metavar="COL", help="Column that is counted, such as households.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Id and zone of every unit.")],
    report: Annotated[Path, typer.Option(metavar="FILE.json", help="Sizes, parts, compactness, reasons, change.")],
    within: Annotated[str | None, typer.Option(metavar="COL", help="Area a zone stays inside.")] = None,
    band: Annotated[tuple[int, int] | None, typer.Option(metavar="MIN MAX", help="Size of a zone.")] = None,
    bands: Annotated[Path | None, typer.Option(metavar="FILE", help="Band by class: class, column, min, max.")] = None,
    zones: Annotated[int | None, typer.Option(metavar="N", help="Number of zones in all.", min=1)] = None,
    deviation: Annotated[
        float | None, typer.Option(metavar="SHARE", help="With --zones: from the mean.", min=0, max=1)
    ] = None,
    kind: Annotated[str | None, typer.Option("--class", metavar="COL", help="Class of each unit.")] = None,
    barriers: Annotated[Path | None, typer.Option(metavar="FILE", help="Lines: hard, soft, bridge.")] = None,
    current: Annotated[
        str | None, typer.Option(metavar="COL", help="Zone of today: change as little as can be.")
    ] = None,
    workload: Annotated[str | None, typer.Option(metavar="COL", help="Work to share out evenly.")] = None,
    locked: Annotated[str | None, typer.Option(metavar="COL", help="Units that keep their zone.")] = None,
    max_change: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Zones that may change.", min=0, max=1)
    ] = None,
    count_edges: Annotated[bool, typer.Option("--count-edges", help="Compact by cut edges, not metres.")] = False,
    alternatives: Annotated[int, typer.Option(metavar="N", help="Further plans that differ.", min=0, max=3)] = 0,
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed, same plan.", min=0)] = 1,
    make: Annotated[
        str | None, typer.Option(metavar="cells|blocks", help="Units are buildings: make cells or blocks of them.")
    ] = None,
    streets: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Lines between blocks, and bridges; repeatable."),
    ] = None,
    limits: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --make: areas no unit crosses, --within their id.")
    ] = None,
    zones_out: Annotated[Path | None, typer.Option(metavar="FILE", help="The zones as areas to import.")] = None,
    crs: Crs = None,
    as_json: Json = False,
) -> None:
    """Plan zones: contiguous, inside their parent, in the band, or the reason why not."""
    given = {
        "units": units, "id_column": id_column, "size": size, "within": within, "band": band, "bands": bands,
        "zones": zones, "deviation": deviation, "kind": kind, "barriers": barriers, "current": current,
        "workload": workload, "locked": locked, "counts_edges": count_edges, "seed": seed, "crs": crs,
        "make": make, "streets": tuple(streets or ()), "limits": limits,
    }  # fmt: skip
    with refusals(as_json):
        make_plan(
            given, out=out, report=report, zones_out=zones_out, max_change=max_change, alternatives=alternatives,
            as_json=as_json,
        )  # fmt: skip


def make_plan(
    given: dict[str, Any],
    *,
    out: Path,
    report: Path,
    zones_out: Path | None,
    max_change: float | None,
    alternatives: int,
    as_json: bool,
) -> None:
    """
    Plan, write zones and report; exit code 1 where a parent has no plan in the band or the change is over its budget.

    `zones_out` gets the zones as areas.

    Ctrl+C ends the search at the next step: what is solved is written as a draft beside `out`, and nothing else.
    """
    from data.planning.report import plan_report, plan_table, zone_areas, zone_names
    from data.planning.run import PlanRequest, run_plan
    from data.settings import DEFAULTS

    _require_writable(out, report, *([zones_out] if zones_out else []))
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
    areas = zone_areas(run, names) if zones_out is not None and not is_stopped() else None
    target = out.with_name(f"{out.stem}.draft{out.suffix}") if is_stopped() else out
    shapes = target.suffix.lower() not in SHAPELESS
    _write(plan_table(run, names, with_shapes=shapes, alternatives=alternatives), target)
    if is_stopped():
        note(f"stopped; the parents solved so far are in {target.name}, the others have no zone")
        raise typer.Exit(STOPPED)
    if areas is not None and zones_out is not None:
        _write(areas, zones_out)
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
    made = content["made"]
    if made is not None:
        lines.append(
            f"{made['buildings']:,} buildings on {made['grounds']:,} {made['of']}, {made['towers']:,} towers split; "
            f"{made['buildings_outside']:,} buildings outside the limits"
        )
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


def _require_writable(*paths: Path) -> None:
    for path in paths:
        if not path.parent.is_dir():
            raise SchemaError(
                say("a folder that exists"),
                say("no folder {name}", name=str(path.parent)),
                say("make the folder first"),
            )
    targets = [path.resolve() for path in paths]
    twice = next((path for path in paths if targets.count(path.resolve()) > 1), None)
    if twice is not None:
        raise SchemaError(
            say("a file for each result"), say("{name} twice", name=twice.name), say("give them names of their own")
        )


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
