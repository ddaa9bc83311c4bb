"""The content of a safety plan in the order a reader needs it: what is open first, then maps, figures, people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from data.events.safety_plan.chapter_figures import capacity_chapter, clock_chapter, egress_chapter, rules_chapter
from data.events.safety_plan.chapter_people import posts_chapter, roster_chapter, teams_chapter
from data.events.safety_plan.chapter_stages import hazards_chapter, stages_chapter
from data.events.safety_plan.facts import PlanFacts, open_checks
from data.events.safety_plan.map_sheets import map_chapter
from data.events.safety_plan.structure import Block, Document, Heading, Paragraph, clean, table
from data.export import MARK
from data.language import translator
from geo.crowd.event import Event
from geo.errors import name_few

Say = Callable[..., str]


def safety_plan(facts: PlanFacts, *, language: str = "zh_CN", is_final: bool = False) -> Document:
    """
    Return the safety plan as a neutral document in one language.

    It is a draft unless `is_final`; a draft carries DRAFT on every page, demonstration data carry SYNTHETIC.

    Raises
    ------
    GridError
        If it shall be final and a check is open or refused.
    """
    from data.events.safety_plan.saving import require_final

    if is_final:
        require_final(facts, language)
    t, event = translator(language), facts.event
    drafted = () if is_final else (t("DRAFT"),)
    marks = (*drafted, *((MARK,) if event.is_synthetic else ()))
    running = clean(f"{event.name} · {_version(facts, t)}")
    blocks = tuple(_blocks(facts, t, language, is_final=is_final))
    return Document(title=clean(t("{event}: safety plan", event=event.name)), language=language, is_draft=not is_final,
                    marks=marks, running=running, blocks=blocks)  # fmt: skip


def _blocks(facts: PlanFacts, t: Say, language: str, *, is_final: bool) -> Iterator[Block]:
    event, figures = facts.event, facts.figures
    yield from _front_matter(facts, t, language, is_final=is_final)
    yield from map_chapter(event, t)
    if figures is None:
        yield Heading(t("Capacities"))
        yield Paragraph(t("No figures: a check is refused. Put it right first."), is_warning=True)
    else:
        yield from capacity_chapter(figures, t, language)
        yield from egress_chapter(figures, t)
        yield from clock_chapter(event, figures, t, language)
    yield from posts_chapter(event, t)
    yield from roster_chapter(facts.roster, t)
    yield from teams_chapter(event, facts.roster, t)
    yield from stages_chapter(event, t)
    yield from hazards_chapter(event, t)
    if figures is not None:
        yield from rules_chapter(figures, t, language)


def _front_matter(facts: PlanFacts, t: Say, language: str, *, is_final: bool) -> Iterator[Block]:
    """What is open stands before everything else; then what this document is about."""
    found = open_checks(facts, language)
    if found:
        yield Heading(t("Open checks"), 2)
        yield Paragraph(t("This plan cannot be final while one of these stands open."), is_warning=True)
        rows = [(str(at), name_few(one["ids"]), text, t("refused") if one["is_refused"] else t("open"))
                for at, (one, text) in enumerate(zip(_refused_first(facts), found, strict=True), 1)]  # fmt: skip
        yield table((t("No."), t("Code"), t("Open check"), t("State")), rows, numbers=[0])
    event = facts.event
    about = [
        (t("Name of the event"), f"{event.name} ({event.event_id})"),
        (t("Day"), event_days(event) or "–"),
        (t("Place"), event.venue or "–"),
        (t("Version"), _version(facts, t)),
        (t("State"), t("final") if is_final else t("draft")),
        (t("Visitors over the day"), "–" if event.day_visitors is None else f"{event.day_visitors:,}"),
        (t("Most people at once"), f"{event.peak_at_once():,}"),
    ]
    yield Heading(t("About this plan"), 2)
    yield table((t("What"), t("Value")), [*about, *([(t("Note"), event.note)] if event.note else [])])
    if not found:
        yield Paragraph(t("No open check: the plan holds together."))


def _refused_first(facts: PlanFacts) -> list[dict[str, Any]]:
    return sorted(facts.checks, key=lambda one: not one["is_refused"])


def event_days(event: Event) -> str:
    """
    Return the first and last local day of the time line; empty where there is none.

    Examples
    --------
    >>> from datetime import datetime
    >>> from geo.crowd.event import Phase
    >>> at = datetime.fromisoformat
    >>> day = Phase(phase_id="p", name="p", kind="peak", starts_at=at("2026-09-27T20:00Z"),
    ...             ends_at=at("2026-09-28T02:00Z"))
    >>> event_days(Event(event_id="e", name="e", phases=(day,))), event_days(Event(event_id="e", name="e"))
    ('2026-09-28', '')
    """
    if not event.phases:
        return ""
    zone = ZoneInfo(event.time_zone)
    first = min(one.starts_at for one in event.phases).astimezone(zone).date()
    last = max(one.ends_at for one in event.phases).astimezone(zone).date()
    return str(first) if first == last else f"{first} – {last}"


def _version(facts: PlanFacts, t: Say) -> str:
    if facts.version is not None:
        return t("version {number}", number=facts.version)
    return t("file {name}", name=facts.source) if facts.source else t("not saved")
