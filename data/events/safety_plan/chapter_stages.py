"""Chapters of the day: phases with their people, stages of alarm, dangers and barriers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from data.events.safety_plan.structure import Block, Heading, Paragraph, table
from geo.crowd.egress.levels import MOVING_ALARM, STANDING_ALARM
from geo.crowd.event import Event

Say = Callable[..., str]


def stages_chapter(event: Event, t: Say) -> Iterator[Block]:
    """Give the time line with the people of each phase, and from which density on is acted."""
    zone = ZoneInfo(event.time_zone)
    yield Heading(t("Stages"))
    if event.phases:
        held = {one.phase_id: sum(c.people for c in event.crowds if c.phase_id == one.phase_id) for one in event.phases}
        rows = [
            (one.name, t(one.kind), f"{one.starts_at.astimezone(zone):%m-%d %H:%M}",
             f"{one.ends_at.astimezone(zone):%m-%d %H:%M}", f"{held[one.phase_id]:,}")
            for one in event.phases
        ]  # fmt: skip
        yield table((t("Phase of the event"), t("Kind of thing"), t("From"), t("To"), t("People at once")), rows,
                    numbers=[4])  # fmt: skip
    else:
        yield Paragraph(t("The plan has no time line yet."), is_warning=True)
    yield Heading(t("Stages of alarm"), 2)
    acts = (t("1 watch"), t("2 hold back"), t("3 clear"))
    limits = [
        (act, f"{still:g}", f"{moving:g}")
        for act, still, moving in zip(acts, STANDING_ALARM, MOVING_ALARM, strict=True)
    ]
    yield table(
        (t("Stage of alarm"), t("Standing, from people/m²"), t("Moving, from people/m²")), limits, numbers=[1, 2]
    )


def hazards_chapter(event: Event, t: Say) -> Iterator[Block]:
    """Give the dangers with what is done about them, and the barriers."""
    yield Heading(t("Dangers and barriers"))
    if event.hazards:
        rows = [(one.hazard_id, one.name, one.note or "–") for one in event.hazards]
        yield table((t("Code"), t("Danger"), t("What is done about it")), rows)
    else:
        yield Paragraph(t("No dangers are named in this plan."))
    if event.barriers:
        lines = [
            (one.barrier_id, one.name, "–" if one.height_m is None else f"{one.height_m:g} m") for one in event.barriers
        ]
        yield table((t("Code"), t("Barrier"), t("Height")), lines, numbers=[2])
