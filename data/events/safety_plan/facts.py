"""What a safety plan is written from: the plan, its version, its figures, its roster; and what is still open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.events.figures import SEED
from data.events.keeping import event_history, open_event
from data.events.reading import read_event
from data.events.report import Progress, check_row, egress_report
from data.language import translate_say
from data.rosters.keeping import KeptRoster, newest_roster
from data.rosters.outdated import outdated
from data.store.desk import Desk
from geo.crowd.event import Event, check_event
from geo.errors import Say, name_few, say


@dataclass(frozen=True, kw_only=True)
class PlanFacts:
    """
    Everything a safety plan says, before it is put into words.

    Parameters
    ----------
    event
        The plan.
    version
        Its saved version; None for a plan out of a file or with changes nobody saved.
    figures
        The report of `egress_report`; None where the plan is refused and nothing can be worked out.
    roster
        The newest saved roster of the event, names and telephones as the reader may see them; None where there is none.
    source
        Where the plan comes from, for the title page.
    """

    event: Event
    version: int | None = None
    figures: dict[str, Any] | None
    roster: KeptRoster | None = None
    source: str = ""
    checks: tuple[dict[str, Any], ...] = field(default=())


def facts_of_file(path: Path, *, runs: int = 60, seed: int = SEED, progress: Progress | None = None) -> PlanFacts:
    """Return the facts of an EVENT.json; a file has no version and no roster."""
    event = read_event(path)
    return gathered(event, figures=_figures(event, runs, seed, progress), source=path.name)


def facts_of(
    desk: Desk, event_id: str, *, runs: int = 60, seed: int = SEED, progress: Progress | None = None
) -> PlanFacts:
    """
    Return the facts of the newest version of a plan kept in the workspace, with its newest roster.

    Raises
    ------
    StoreError
        If there is no such plan or the person may not see it.
    """
    event = open_event(desk, event_id)
    version = int(event_history(desk, event_id)["version"].max())
    figures = _figures(event, runs, seed, progress)
    return gathered(event, figures=figures, version=version, roster=newest_roster(desk, event_id))


def gathered(
    event: Event, *, figures: dict[str, Any] | None, version: int | None = None, roster: KeptRoster | None = None,
    source: str = "",
) -> PlanFacts:  # fmt: skip
    """
    Return the facts with what is open: the report's checks, or the plan's own where it is refused; a roster that was
    made for another state of the plan, or is short of people.
    """
    checks = [check_row(one) for one in check_event(event)] if figures is None else list(figures["checks"])
    return PlanFacts(event=event, version=version, figures=figures, roster=roster, source=source,
                     checks=(*checks, *_outdated(roster, event), *_short(roster)))  # fmt: skip


def open_checks(facts: PlanFacts, language: str) -> tuple[str, ...]:
    """Return every open or refused check as a sentence, refused ones first."""
    key = "text_zh" if language == "zh_CN" else "text"
    rows = sorted(facts.checks, key=lambda one: not one["is_refused"])
    return tuple(str(one[key]) for one in rows)


def _outdated(roster: KeptRoster | None, event: Event) -> list[dict[str, Any]]:
    """One open check where posts were moved, taken away or added since the roster was made."""
    changes = () if roster is None else outdated(roster.document, event)
    if roster is None or not changes:
        return []
    posts = [one.post_id for one in changes]
    text = say("roster {name} is out of date; changed since: {posts}", name=roster.roster_id, posts=name_few(posts))
    return [_row("roster_outdated", posts, text)]


def _short(roster: KeptRoster | None) -> list[dict[str, Any]]:
    """One open check where the roster has posts nobody stands at."""
    if roster is None or not roster.document["report"]["shortfalls"]:
        return []
    short = roster.document["report"]["shortfalls"]
    posts = sorted({one["post_id"] for one in short})
    text = say("roster {name}: people are missing at {posts}", name=roster.roster_id, posts=name_few(posts))
    return [_row("roster_short", posts, text)]


def _row(kind: str, ids: list[str], text: Say) -> dict[str, Any]:
    return {"kind": kind, "ids": ids, "is_refused": False, "text": str(text), "text_zh": translate_say(text, "zh_CN"),
            "lon": None, "lat": None}  # fmt: skip


def _figures(event: Event, runs: int, seed: int, progress: Progress | None) -> dict[str, Any] | None:
    if any(one.is_refused for one in check_event(event)):
        return None
    return egress_report(event, seed=seed, runs=runs, progress=progress)
