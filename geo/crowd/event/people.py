"""Who is there: crowds by area and phase, teams on duty, and grids that switch from everyday to event duty and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from geo.crowd.event._field import told

TeamKind = Literal["working_group", "volunteers", "grid_team", "police", "medical", "other"]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """The most people at once in an area during a phase."""

    area_id: str = told("the viewing area")
    phase_id: str = told("the phase")
    people: int = told("most people there at one moment of the phase", unit="people")
    source: str = told("counted, estimated, tickets sold, ...", default="")


@dataclass(frozen=True, kw_only=True)
class Team:
    """People on duty under one name."""

    team_id: str = told("short code, once in the event")
    name: str = told("what people call it")
    kind: TeamKind = told("what sort of team", default="working_group")
    people: int = told("how many belong to it", unit="people")
    area_ids: tuple[str, ...] = told("viewing areas it answers for; none = all", default=())


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A grid on event duty for a time; before and after it works as on any other day."""

    grid_id: str = told("area code of the grid in the store")
    name: str = told("what people call it", default="")
    village: str = told("its village", default="")
    team_id: str = told("the team its workers join", default="")
    area_ids: tuple[str, ...] = told("viewing areas it covers", default=())
    starts_at: datetime = told("switch to event duty, ISO 8601 with offset")
    ends_at: datetime = told("back to everyday duty, ISO 8601 with offset")


def grids_on_duty(duties: tuple[Duty, ...], at: datetime) -> tuple[str, ...]:
    """
    Return the grids on event duty at a moment, sorted; the moment duty ends is everyday again.

    Examples
    --------
    >>> from datetime import UTC
    >>> day = lambda hour: datetime(2026, 9, 27, hour, tzinfo=UTC)
    >>> one = Duty(grid_id="G1", starts_at=day(1), ends_at=day(9))
    >>> grids_on_duty((one,), day(1)), grids_on_duty((one,), day(9))
    (('G1',), ())
    """
    return tuple(sorted({one.grid_id for one in duties if one.starts_at <= at < one.ends_at}))
