"""`wangge cover`: where posts stand, what that covers, and what is proven of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from commands.console import note, open_desk, print_json, progress_bar
from commands.plan import _require_writable, _stopping, _write_json
from geo.errors import SchemaError, say

if TYPE_CHECKING:
    from data.posts.run import CoverRun
    from data.store import Desk
    from geo.crowd.event import Event

FOUND, STOPPED = 1, 130


@dataclass(frozen=True)
class Into:
    """An event plan the posts are put into: a file, or a plan of a workspace and who saves it."""

    name: str
    workspace: str
    actor: str | None

    @property
    def is_file(self) -> bool:
        """Whether it is a file; any other word is the id of a plan."""
        return self.name.lower().endswith(".json")

    def read(self) -> Event:
        """Return the plan as it stands."""
        from data.events.keeping import open_event
        from data.events.reading import read_event

        return read_event(Path(self.name)) if self.is_file else open_event(self._desk(), self.name)

    def put(self, run: CoverRun) -> str:
        """Put the posts into the plan as it stands, keep it, and say what was done."""
        from data.events.keeping import save_event
        from data.events.writing import write_event
        from data.posts.event_points import posts_into

        plan = posts_into(self.read(), run)
        count = sum(one.is_post for one in plan.places)
        if self.is_file:
            write_event(plan, Path(self.name))
            return f"{self.name}: {count} duty posts in the plan"
        who = self._desk().account.account_id
        version = save_event(self.workspace, plan, actor=who, note="wangge cover")["version"]
        return f"{self.name}: {count} duty posts in version {version} of the plan"

    def _desk(self) -> Desk:
        return open_desk(self.workspace, self.actor)


def place_posts(given: dict[str, Any], *, report: Path, as_json: bool, into: Into | None = None) -> None:
    """
    Place posts and write the report; exit code 1 where there is no placement, or the checker finds a fault.

    Ctrl+C ends the search; what is found by then is written with its gap, and the command ends with 130. A sound
    placement goes `into` an event plan where one is named; a search that was stopped does not.
    """
    from data.posts.report import cover_report
    from data.posts.run import CoverRequest, run_cover
    from data.settings import DEFAULTS

    _require_writable(report)
    if into is not None:
        _require_places(given)
        into.read()
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
    if into is not None:
        note(into.put(run))


def _require_places(given: dict[str, Any]) -> None:
    """Refuse to put posts into a plan where only distances are known, before anything is solved."""
    if given["matrix"] is not None:
        raise SchemaError(
            say("places of demand and sites with --into"), say("--matrix"), say("leave --matrix out, or --into")
        )


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
