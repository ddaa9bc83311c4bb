"""What a safety plan is written from: the plan, its version, its figures, its roster; and what is still open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.events.checks import check_row, outdated_row, plan_checks, roster_checks
from data.events.figures import SEED
from data.events.keeping import event_history, open_event
from data.events.reading import read_event
from data.events.report import Progress, egress_report
from data.rosters.keeping import KeptRoster, newest_roster
from data.rosters.outdated import outdated
from data.rosters.report import posts_of_document
from data.store.desk import Desk
from geo.crowd.event import Event


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
    checks = [check_row(one) for one in plan_checks(event)] if figures is None else list(figures["checks"])
    return PlanFacts(event=event, version=version, figures=figures, roster=roster, source=source,
                     checks=(*checks, *_of_roster(roster, event)))  # fmt: skip


def open_checks(facts: PlanFacts, language: str) -> tuple[str, ...]:
    """Return every open or refused check as a sentence, refused ones first."""
    key = "text_zh" if language == "zh_CN" else "text"
    return tuple(str(one[key]) for one in open_rows(facts))


def open_rows(facts: PlanFacts) -> list[dict[str, Any]]:
    """Return every open or refused check, refused ones first."""
    return sorted(facts.checks, key=lambda one: not one["is_refused"])


def _of_roster(roster: KeptRoster | None, event: Event) -> list[dict[str, Any]]:
    """What is open in the newest roster: made before posts changed, short of people."""
    if roster is None:
        return []
    document = roster.document
    changes = outdated(document, event)
    found = [outdated_row(event, roster.roster_id, [one.post_id for one in changes])] if changes else []
    short = [one["post_id"] for one in document["report"]["shortfalls"]]
    return found + roster_checks(event, roster.roster_id, posts_of_document(document).posts, short=short)


def _figures(event: Event, runs: int, seed: int, progress: Progress | None) -> dict[str, Any] | None:
    if any(one.is_refused for one in plan_checks(event)):
        return None
    return egress_report(event, seed=seed, runs=runs, progress=progress)
