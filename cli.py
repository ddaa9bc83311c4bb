"""The command line: everything a page does, for cron, pipelines and other programs. Bodies are in commands/."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands import console
from commands.cover_options import cover
from commands.followed import defects, mappings
from commands.given import Actor, Crs, Json, Lat, Lon, Out, Workspace
from commands.plan import plan
from commands.roster import roster
from commands.safety_plan import safety_plan

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Wangge: grids, incidents, patrols.",
)


class BoundaryAct(StrEnum):
    """What is done with boundaries."""

    list = "list"
    publish = "publish"
    drop = "drop"


class PlanAct(StrEnum):
    """What is done with plans."""

    list = "list"
    new = "new"
    show = "show"
    branch = "branch"
    comment = "comment"
    submit = "submit"
    withdraw = "withdraw"
    back = "return"
    approve = "approve"
    effect = "effect"
    rollback = "rollback"
    compare = "compare"
    export = "export"
    book = "book"
    drop = "drop"


class Size(StrEnum):
    """How much a benchmark measures."""

    small = "small"
    full = "full"


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8501,
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificate, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Private key, PEM.")] = None,
) -> None:
    """Run the service: pages, maps, live feed, HTTP API."""
    from commands.serve import run_service

    with console.refusals():
        run_service(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key)


@app.command()
def demo(
    county: Annotated[str, typer.Option(help="Which county to make.")] = "haining",
    scale: Annotated[float, typer.Option(help="Share of the county's areas, households and incidents.")] = 1.0,
    days: Annotated[int, typer.Option(help="Days of history up to today.", min=1, max=3650)] = 365,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Fill the store with the synthetic demonstration county."""
    from commands.demo import fill_demo

    with console.refusals(as_json):
        fill_demo(workspace, county=county, scale=scale, days=days, actor=actor, as_json=as_json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to take in.")],
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="areas, incidents, fixes, ... (docs/commands.md).")],
    level: Annotated[str | None, typer.Option(metavar="LEVEL", help="Level of the areas in the file.")] = None,
    level_title: Annotated[str | None, typer.Option(metavar="TEXT", help="What people call that level.")] = None,
    parent_level: Annotated[str | None, typer.Option(metavar="LEVEL", help="The level just above it.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", metavar="COL", help="Column with the id.")] = None,
    name: Annotated[str | None, typer.Option(metavar="COL", help="Column with the name.")] = None,
    parent: Annotated[str | None, typer.Option(metavar="COL", help="Column with the parent's id.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="field=COL", help="Take a field from a column; repeatable.")
    ] = None,
    lon: Lon = None,
    lat: Lat = None,
    area: Annotated[str | None, typer.Option(metavar="COL", help="Column with the area a row states.")] = None,
    address: Annotated[str | None, typer.Option(metavar="COL", help="Column with the address.")] = None,
    crs: Crs = None,
    correct: Annotated[
        list[str] | None,
        typer.Option(metavar="HOW", help="axes, gcj02, bd09 or scale=NUMBER: put the coordinates right; repeatable."),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="DETECTOR", help="The coordinates are right as they are, whatever it found; repeatable."),
    ] = None,
    layer: Annotated[str | None, typer.Option(metavar="NAME", help="Layer of a file that holds several.")] = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME", help="Text encoding, where guessing fails.")] = None,
    time_zone: Annotated[str | None, typer.Option(metavar="ZONE", help="Zone of times that name none.")] = None,
    valid_from: Annotated[str | None, typer.Option(metavar="DATE", help="First day these areas hold.")] = None,
    plan: Annotated[str | None, typer.Option(metavar="NAME", help="Keep the areas as a named set.")] = None,
    licence: Annotated[str | None, typer.Option(metavar="TEXT", help="Licence of the file.")] = None,
    attribution: Annotated[str | None, typer.Option(metavar="TEXT", help="Who made the file.")] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Title of the workspace.")] = None,
    mapping: Annotated[str | None, typer.Option(metavar="NAME", help="Choices saved for this source.")] = None,
    save_mapping: Annotated[
        str | None, typer.Option("--save-mapping", metavar="NAME", help="Save the choices of this import.")
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Repair areas before they are taken.")] = False,
    max_change: Annotated[
        float | None, typer.Option(metavar="SHARE", min=0, max=1, help="Most of an area a repair may change.")
    ] = None,
    consent: Annotated[str | None, typer.Option(metavar="IDS", help="Areas that may change by more: A,B,C.")] = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Take a file in, all or nothing for areas, unusable rows to a reject file for the other kinds."""
    from commands.imports import repair_options, take_file

    given = {
        "level": level, "level_title": level_title, "parent_level": parent_level, "id": id_column, "name": name,
        "parent": parent, "lon": lon, "lat": lat, "area": area, "address": address, "crs": crs, "layer": layer,
        "encoding": encoding, "time_zone": time_zone, "valid_from": valid_from, "plan": plan, "licence": licence,
        "attribution": attribution, "title": title, "correct": tuple(correct or ()), "accept": tuple(accept or ()),
    }  # fmt: skip
    with console.refusals(as_json):
        take_file(
            file, kind, given | {"repair": repair_options(repair, max_change, consent)}, columns or [],
            workspace=workspace, actor=actor, as_json=as_json, mapping=mapping, save_mapping=save_mapping,
        )  # fmt: skip


app.command()(mappings)
app.command()(defects)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Areas of one level.")],
    id_column: Annotated[str | None, typer.Option("--id", metavar="COL", help="Column with the id.")] = None,
    parent: Annotated[Path | None, typer.Option(metavar="FILE", help="The level above.")] = None,
    parent_id: Annotated[str | None, typer.Option(metavar="COL", help="Its column with the id.")] = None,
    parent_column: Annotated[
        str | None, typer.Option(metavar="COL", help="Column of FILE that names the parent; default found.")
    ] = None,
    households: Annotated[str | None, typer.Option(metavar="COL", help="Column with the households.")] = None,
    area_class: Annotated[
        str | None, typer.Option("--class", metavar="COL", help="Column with the class; dedicated areas are exempt.")
    ] = None,
    band: Annotated[
        tuple[float, float] | None, typer.Option(metavar="MIN MAX", help="Fewest and most households of an area.")
    ] = None,
    code_scheme: Annotated[str | None, typer.Option(metavar="NAME", help="Scheme the ids must keep.")] = None,
    crs: Crs = None,
    layer: Annotated[str | None, typer.Option(metavar="NAME", help="Layer of a file that holds several.")] = None,
    parent_layer: Annotated[str | None, typer.Option(metavar="NAME", help="Layer of the parent file.")] = None,
    tolerance: Annotated[
        float | None, typer.Option(metavar="M2", min=0, help="Overlaps and gaps up to this many m² are none.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The defects as shapes.")] = None,
    repair: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a repaired copy here.")] = None,
    max_change: Annotated[
        float | None, typer.Option(metavar="SHARE", min=0, max=1, help="Most of an area a repair may change.")
    ] = None,
    max_change_m2: Annotated[
        float | None, typer.Option(metavar="M2", min=0, help="Most m² of an area a repair may change.")
    ] = None,
    snap: Annotated[
        float | None, typer.Option(metavar="M", min=0, help="How far a repair may move a corner to meet a border.")
    ] = None,
    consent: Annotated[str | None, typer.Option(metavar="IDS", help="Areas that may change by more: A,B,C.")] = None,
    parents_follow: Annotated[
        bool, typer.Option("--parents-follow", help="Rebuild the level above instead of cutting to it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find the defects of an area file; exit code 1 if there are any, a proof if there are none."""
    from commands.check import check_areas

    given = {
        "id": id_column, "parent_file": parent, "parent_id": parent_id, "parent_column": parent_column,
        "households": households, "area_class": area_class, "code_scheme": code_scheme, "crs": crs, "layer": layer,
        "parent_layer": parent_layer, "tolerance_m2": tolerance,
    }  # fmt: skip
    named = [one.strip() for one in (consent or "").split(",") if one.strip()]
    wanted = {
        "max_change_share": max_change, "max_change_m2": max_change_m2, "snap_m": snap, "consent": named,
        "parents_follow": parents_follow,
    }  # fmt: skip
    with console.refusals(as_json):
        check_areas(file, given, band=band, out=out, repair=repair, wanted=wanted, as_json=as_json)


@app.command()
def locate(
    areas: Annotated[Path, typer.Option(metavar="FILE", help="Polygons.")],
    id_column: Annotated[str, typer.Option("--id", metavar="COL", help="Column with the polygons' id.")],
    points: Annotated[Path, typer.Option(metavar="FILE", help="Points.")],
    out: Annotated[Path, typer.Option(metavar="FILE.parquet", help="area_id and reason, in input order.")],
    lon: Lon = None,
    lat: Lat = None,
    crs: Crs = None,
    as_json: Json = False,
) -> None:
    """Say for each point which area holds it, or why none."""
    from commands.locate import locate_points

    with console.refusals(as_json):
        locate_points(areas, id_column, points, out=out, lon=lon, lat=lat, crs=crs, as_json=as_json)


@app.command()
def coverage(
    level: Annotated[str, typer.Option(metavar="LEVEL", help="Level to count by.")],
    start: Annotated[str, typer.Option("--from", metavar="T", help="First day or moment.")],
    end: Annotated[str, typer.Option("--to", metavar="T", help="Last day, or the moment it ends.")],
    metric: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A metric; repeatable; default all.")] = None,
    boundaries: Annotated[
        str, typer.Option(metavar="as_was|today|NAME", help="Borders of the time, of today, or of a named set.")
    ] = "as_was",
    category: Annotated[str | None, typer.Option(help="Only incidents of this category.")] = None,
    out: Out = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Print coverage metrics per area, with the unassigned and the total."""
    from commands.coverage import print_coverage

    with console.refusals(as_json):
        print_coverage(
            workspace, level=level, start=start, end=end, names=metric or [], boundaries=boundaries,
            category=category, out=out, actor=actor, as_json=as_json,
        )  # fmt: skip


@app.command()
def boundaries(
    action: Annotated[BoundaryAct, typer.Argument(help="list, publish or drop.")] = BoundaryAct.list,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The named set.")] = None,
    valid_from: Annotated[str | None, typer.Option(metavar="DATE", help="First day the set holds.")] = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """List boundaries by time; put a named set in force from a day on, or let it go."""
    from commands.boundaries import tell_boundaries

    with console.refusals(as_json):
        tell_boundaries(
            action.value, name, valid_from=valid_from, workspace=workspace, actor=actor, as_json=as_json
        )  # fmt: skip


@app.command()
def crosswalk(
    level: Annotated[str, typer.Option(metavar="LEVEL", help="Level of the areas.")],
    start: Annotated[str, typer.Option("--from", metavar="DATE|NAME", help="Boundaries to come from.")],
    end: Annotated[str, typer.Option("--to", metavar="DATE|NAME", help="Boundaries to go to.")] = "today",
    out: Out = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Print which share of each old area, and of its households, lies in which new one."""
    from commands.boundaries import print_crosswalk

    with console.refusals(as_json):
        print_crosswalk(start, end, level, out=out, workspace=workspace, actor=actor, as_json=as_json)


app.command()(plan)


@app.command()
def plans(
    action: Annotated[PlanAct, typer.Argument(help="What to do (docs/commands.md).")] = PlanAct.list,
    plan: Annotated[str | None, typer.Argument(metavar="PLAN", help="Its id, as `wangge plans list` shows.")] = None,
    other: Annotated[str | None, typer.Argument(metavar="OTHER", help="Of compare: the plan beside it.")] = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="Of new and branch: what it is called.")] = None,
    comment: Annotated[str | None, typer.Option(metavar="TEXT", help="What is said with it.")] = None,
    version: Annotated[int | None, typer.Option(metavar="N", help="This version, not the newest.", min=1)] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="Of effect and rollback: the first day.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Of effect: every plan whose day has come.")] = False,
    level: Annotated[str, typer.Option(metavar="LEVEL", help="Of new: the level of the zones.")] = "grid",
    within: Annotated[str | None, typer.Option(metavar="AREA", help="Of new: only inside this area.")] = None,
    units: Annotated[Path | None, typer.Option(metavar="FILE", help="Of new: units and their zone.")] = None,
    id_column: Annotated[str, typer.Option("--id", metavar="COL", help="Of --units: the units' id.")] = "area_id",
    solve: Annotated[
        str | None, typer.Option(metavar="scratch|minimal", help="Of new: plan it, from nothing or changing little.")
    ] = None,
    zones: Annotated[int | None, typer.Option(metavar="N", help="Of --solve: number of zones in all.", min=1)] = None,
    of: Annotated[str, typer.Option(metavar="zones|units", help="Of export: what is written.")] = "zones",
    lang: Annotated[str, typer.Option(help="Of a book: zh_CN or en.")] = "zh_CN",
    crs: Crs = None,
    out: Out = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """List plans of boundaries; make, branch, submit, approve, put in force, roll back, compare, print them."""
    from commands.plans import tell_plans

    given = {
        "name": name, "comment": comment, "version": version, "on": on, "due": due, "level": level, "within": within,
        "units": units, "id_column": id_column, "solve": solve, "zones": zones, "of": of, "lang": lang, "crs": crs,
        "out": out, "workspace": workspace, "actor": actor, "as_json": as_json,
    }  # fmt: skip
    with console.refusals(as_json):
        tell_plans(action.value, plan, other, given)


@app.command()
def egress(
    event: Annotated[Path, typer.Argument(metavar="EVENT.json", help="The event plan (docs/event-file.md).")],
    report: Annotated[Path, typer.Option(metavar="FILE.json", help="Capacity, egress band, clock, open checks.")],
    runs: Annotated[int, typer.Option(metavar="N", help="Runs of the network.", min=50, max=2000)] = 60,
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed, same report.", min=0)] = 1,
    as_json: Json = False,
) -> None:
    """Say what an event's ground holds and how long it takes to clear, with rule set, range and binding factor."""
    from commands.egress import report_egress

    with console.refusals(as_json):
        report_egress(event, report=report, runs=runs, seed=seed, as_json=as_json)


@app.command()
def export(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="areas, incidents, tracks, map, ... (docs/commands.md).")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The ending says the format.")],
    level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="Areas of this level; of a map, the level drawn.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="T", help="First day or moment.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="T", help="Last day, or the moment it ends.")] = None,
    metric: Annotated[str | None, typer.Option(metavar="NAME", help="Of a map: the metric drawn.")] = None,
    lang: Annotated[str, typer.Option(help="Of a map: zh_CN or en.")] = "zh_CN",
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Write rows, or a map as one self-contained HTML file, inside the actor's area."""
    from commands.export import export_rows_or_map

    with console.refusals(as_json):
        export_rows_or_map(
            item, out, workspace=workspace, level=level, start=start, end=end, metric=metric, language=lang,
            actor=actor, as_json=as_json,
        )  # fmt: skip


@app.command()
def bench(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The benchmark: a file of bench/ (docs/benchmarks.md).")],
    size: Annotated[Size, typer.Option(help="small takes seconds; full is what the figures come from.")] = Size.full,
    write: Annotated[bool, typer.Option("--write", help="Keep this run in docs/benchmarks.md.")] = False,
    as_json: Json = False,
) -> None:
    """Measure, with the peers in the same run and every answer compared."""
    from commands.bench import run_bench

    with console.refusals(as_json):
        run_bench(name, size=size.value, write=write, as_json=as_json)


@app.command()
def feed(
    units: Annotated[int, typer.Option(metavar="N", help="Units that move.", min=0, max=20_000)] = 200,
    every: Annotated[float, typer.Option(metavar="S", help="Seconds between two fixes of a unit.", min=1)] = 10.0,
    incidents_per_hour: Annotated[float, typer.Option(metavar="K", help="New incidents an hour.", min=0)] = 60.0,
    seconds: Annotated[float, typer.Option("--for", metavar="S", help="How long; 0 until Ctrl+C.", min=0)] = 0.0,
    speed_up: Annotated[float, typer.Option(metavar="X", help="Incidents are handled X times as fast.", min=0.1)] = 1.0,
    url: Annotated[str, typer.Option(help="The service, on this machine.")] = "http://127.0.0.1:8501",
    seed: Annotated[int, typer.Option(help="The same seed walks the same ways.")] = 1,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Send a running service made-up units that move and incidents that are handled."""
    from commands.feed import run_feed

    with console.refusals(as_json):
        run_feed(
            workspace, url=url, units=units, every_s=every, incidents_per_hour=incidents_per_hour, for_s=seconds,
            speed_up=speed_up, seed=seed, actor=actor, as_json=as_json,
        )  # fmt: skip


@app.command()
def workspaces(as_json: Json = False) -> None:
    """List the datasets there are."""
    from commands.workspaces import list_workspaces

    with console.refusals(as_json):
        list_workspaces(as_json=as_json)


@app.command()
def tiles(
    again: Annotated[bool, typer.Option("--again", help="Build them even if they are there.")] = False,
    workspace: Workspace = "main",
    as_json: Json = False,
) -> None:
    """Build the vector tiles of the areas now; a publish does it by itself where a level is large."""
    from commands.tiles import build_now

    with console.refusals(as_json):
        build_now(workspace, is_forced=again, as_json=as_json)


@app.command()
def undo(
    import_id: Annotated[str | None, typer.Argument(metavar="[IMPORT]", help="The import; default the last.")] = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Take one import out again, the last one if none is named."""
    from commands.workspaces import undo_import

    with console.refusals(as_json):
        undo_import(workspace, import_id, actor=actor, as_json=as_json)


app.command()(roster)
app.command()(cover)
app.command("safety-plan")(safety_plan)


def main() -> None:
    """Run the command line; `--map a=B c=D` and `--metric x y` may carry several values."""
    sys.argv[1:] = console.spread(sys.argv[1:], "--metric" if sys.argv[1:2] == ["coverage"] else "--map")
    app(prog_name="wangge")


if __name__ == "__main__":
    main()
