"""`wangge cover`: where posts stand, what that covers, and what is proven of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from commands.console import note, print_json, progress_bar
from commands.plan import _require_writable, _stopping, _write_json

FOUND, STOPPED = 1, 130


def place_posts(given: dict[str, Any], *, report: Path, as_json: bool) -> None:
    """
    Place posts and write the report; exit code 1 where there is no placement, or the checker finds a fault.

    Ctrl+C ends the search; what is found by then is written with its gap, and the command ends with 130.
    """
    from data.posts.report import cover_report
    from data.posts.run import CoverRequest, run_cover
    from data.settings import DEFAULTS

    _require_writable(report.with_name(f"{report.name}.none"), report)
    with progress_bar("cover") as progress, _stopping() as is_stopped:
        run = run_cover(CoverRequest(**given), settings=DEFAULTS, progress=progress, is_stopped=is_stopped)
        was_stopped = is_stopped()
    content = cover_report(run, DEFAULTS)
    content["stopped"] = was_stopped
    _write_json(content, report)
    if as_json:
        print_json(content)
    note(_summary(content))
    if was_stopped:
        raise typer.Exit(STOPPED)
    if not run.placement.is_feasible or not content["check"]["sound"]:
        raise typer.Exit(FOUND)


def _summary(content: dict[str, Any]) -> str:
    gap = "" if content["gap"] is None else f", gap {content['gap']:.2%}"
    lines = [f"{content['model']}: {content['status']}{gap}; {content['posts']} posts; {content['seconds']:.1f} s"]
    if content["covered_share"] is not None:
        lines.append(
            f"{content['covered']:,.0f} of {content['weight']:,.0f} covered ({content['covered_share']:.3%}), "
            f"{len(content['uncovered']):,} of {content['demand_points']:,} points are not "
            f"({content['points_covered_share']:.3%} of them are)"
        )
    elif content["objective"] is not None:
        lines.append(f"objective {content['objective']:,.1f}")
    full = content["full_cover"]
    if full and full["posts"] is not None:
        lines.append(f"full cover takes {'' if full['posts_proven'] else 'at most '}{full['posts']} posts")
    if full and full["radius_m"] is not None:
        lines.append(f"the smallest radius that covers all is {full['radius_m']:,.1f} m")
    if content["response"]:
        lines.append(f"someone is there in {content['response']['within_s']:g} s: {content['response']['in_time']:.1%}")
    lines += [*content["reasons"], *content["advice"]]
    lines += [f"check: {fault}" for fault in content["check"]["faults"]]
    return "\n".join(lines)
