"""The options of `wangge cover`, apart from the other commands because there are many; the body is in cover.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands import console
from commands.given import Actor, Json, Workspace


def cover(
    demand: Annotated[Path, typer.Option(metavar="FILE", help="Demand points, or areas.")],
    report: Annotated[Path, typer.Option(metavar="FILE.json", help="Posts, cover, proof, alternatives.")],
    weight: Annotated[str | None, typer.Option(metavar="COL", help="People of each point; default 1 each.")] = None,
    sites: Annotated[Path | None, typer.Option(metavar="FILE", help="Where posts may stand.")] = None,
    radius: Annotated[float | None, typer.Option(metavar="M", help="A post reaches this far, included.", min=0)] = None,
    matrix: Annotated[Path | None, typer.Option(metavar="FILE", help="Distances, long or wide.")] = None,
    posts: Annotated[int | None, typer.Option(metavar="N", help="Posts; left out: as few as cover all.", min=1)] = None,
    fixed: Annotated[str | None, typer.Option(metavar="COL", help="Sites that hold a post.")] = None,
    forbidden: Annotated[str | None, typer.Option(metavar="COL", help="Sites that hold none.")] = None,
    capacity: Annotated[str | None, typer.Option(metavar="COL", help="Weight a post at the site serves.")] = None,
    backup: Annotated[bool, typer.Option("--backup", help="Count a second post too.")] = False,
    backup_weight: Annotated[
        float | None, typer.Option(metavar="SHARE", help="What the second is worth.", min=0, max=1)
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="most, least, median, center or expected.")] = None,
    within: Annotated[float | None, typer.Option(metavar="S", help="Seconds allowed, instead of --radius.")] = None,
    call: Annotated[float | None, typer.Option(metavar="S", help="Seconds until someone goes.", min=0)] = None,
    density: Annotated[str | None, typer.Option(metavar="N|COL", help="People a m² that are walked through.")] = None,
    calls: Annotated[float | None, typer.Option(metavar="N", help="Calls an hour in all.", min=0)] = None,
    busy_minutes: Annotated[float | None, typer.Option(metavar="MIN", help="Minutes a call takes.", min=0)] = None,
    alternatives: Annotated[int, typer.Option(metavar="N", help="Further placements nearly as good.", min=0)] = 0,
    differ_by: Annotated[int, typer.Option(metavar="N", help="Posts by which they differ.", min=1)] = 1,
    gap: Annotated[float, typer.Option(metavar="SHARE", help="Stop when proven this close.", min=0, max=1)] = 0.0,
    seconds: Annotated[float | None, typer.Option(metavar="S", help="Longest time to solve.", min=0.1)] = None,
    id_column: Annotated[str | None, typer.Option("--id", metavar="COL", help="Id of the demand points.")] = None,
    site_id: Annotated[str | None, typer.Option(metavar="COL", help="Id of the sites.")] = None,
    lon: Annotated[str | None, typer.Option("--lon", metavar="COL", help="Column with the longitude or x.")] = None,
    lat: Annotated[str | None, typer.Option("--lat", metavar="COL", help="Column with the latitude or y.")] = None,
    crs: Annotated[str | None, typer.Option("--crs", metavar="CRS", help="Where a file declares none.")] = None,
    into: Annotated[str | None, typer.Option(metavar="EVENT.json|ID", help="Put the posts into this plan.")] = None,
    workspace: Workspace = "main",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Place posts: most cover, or the fewest for full cover, proven, with what else would do."""
    from commands.cover import Into, place_posts

    given = {
        "demand": demand, "weight": weight, "sites": sites, "radius": radius, "matrix": matrix, "posts": posts,
        "fixed": fixed, "forbidden": forbidden, "capacity": capacity, "backup": backup, "backup_weight": backup_weight,
        "model": model, "within": within, "call": call, "density": density, "calls": calls,
        "busy_minutes": busy_minutes, "alternatives": alternatives, "differ_by": differ_by, "gap": gap,
        "seconds": seconds, "id_column": id_column, "site_id": site_id, "lon": lon, "lat": lat, "crs": crs,
    }  # fmt: skip
    with console.refusals(as_json):
        target = None if into is None else Into(into, workspace, actor)
        place_posts(given, report=report, as_json=as_json, into=target)
