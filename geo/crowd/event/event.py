"""The event plan as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from geo.crowd.event._field import told
from geo.crowd.event.ground import Barrier, Entrance, Exit, Hazard, Place, Route, ViewingArea
from geo.crowd.event.people import Crowd, Duty, Team
from geo.crowd.event.times import Front, Phase

Risk = Literal["low", "medium", "high"]


@dataclass(frozen=True, kw_only=True)
class RuleValue:
    """One parameter of a rule set as the organizer states it, with where it comes from."""

    rules: str = told("name of the rule set")
    parameter: str = told("name of the parameter")
    value: float = told("its value, in the parameter's unit")
    source: str = told("where it comes from", default="")


@dataclass(frozen=True, kw_only=True)
class Event:
    """
    One event: the ground it stands on, the people, the time line, and the rules it is judged by.

    `governing_rules` decides; where it says nothing about a factor, `companion_rules` does, and the sheet says so.
    """

    event_id: str = told("short code, once in the workspace; next year's event gets its own")
    name: str = told("what people call it")
    venue: str = told("where", default="")
    area_id: str = told("code of the area in the store it lies in", default="")
    time_zone: str = told("IANA name of the zone people there live by", default="Asia/Shanghai")
    is_synthetic: bool = told("made up for demonstration", default=False)
    governing_rules: str = told("the rule set that decides", default="cn_reference")
    companion_rules: str = told("the rule set where the governing one is silent", default="green_guide")
    risk: Risk = told("risk of the event, as the organizer judges it", default="medium")
    has_alcohol: bool = told("alcohol is sold or brought", default=False)
    day_visitors: int | None = told("visitors over the whole day", unit="people", default=None)
    note: str = told("what else is to be known", default="")
    rule_values: tuple[RuleValue, ...] = told("parameters the organizer states", default=())
    areas: tuple[ViewingArea, ...] = told("viewing areas", default=())
    entrances: tuple[Entrance, ...] = told("ways in", default=())
    exits: tuple[Exit, ...] = told("ways out", default=())
    routes: tuple[Route, ...] = told("ways between", default=())
    places: tuple[Place, ...] = told("fixed places", default=())
    barriers: tuple[Barrier, ...] = told("lines nobody crosses", default=())
    hazards: tuple[Hazard, ...] = told("dangers", default=())
    phases: tuple[Phase, ...] = told("the time line", default=())
    crowds: tuple[Crowd, ...] = told("people by area and phase", default=())
    teams: tuple[Team, ...] = told("people on duty", default=())
    duties: tuple[Duty, ...] = told("grids that switch to event duty", default=())
    front: Front | None = told("what moves along the event", default=None)

    def area(self, area_id: str) -> ViewingArea:
        """Return one viewing area; KeyError if there is none of this id."""
        return {one.area_id: one for one in self.areas}[area_id]

    def exits_of(self, area_id: str, *, emergency: bool = True) -> tuple[Exit, ...]:
        """Return the exits of an area, without those for emergencies only if `emergency` is False."""
        return tuple(x for x in self.exits if x.area_id == area_id and (emergency or not x.is_emergency_only))

    def peak(self, area_id: str) -> int:
        """
        Return the most people an area holds at once in any phase; 0 where nobody is expected.

        Examples
        --------
        >>> crowd = (Crowd(area_id="A", phase_id="p", people=5), Crowd(area_id="A", phase_id="q", people=9))
        >>> Event(event_id="e", name="e", crowds=crowd).peak("A")
        9
        """
        return max((one.people for one in self.crowds if one.area_id == area_id), default=0)

    def peak_at_once(self) -> int:
        """Return the most people in all areas together in one phase."""
        totals: Counter[str] = Counter()
        for one in self.crowds:
            totals[one.phase_id] += one.people
        return max(totals.values(), default=0)

    def things(self) -> Iterator[tuple[str, str, Any]]:
        """Give every thing of the plan with its list and its id, in the order of the file."""
        for name, key in THINGS.items():
            for one in getattr(self, name):
                yield name, getattr(one, key), one


THINGS = {
    "areas": "area_id",
    "entrances": "entrance_id",
    "exits": "exit_id",
    "routes": "route_id",
    "places": "place_id",
    "barriers": "barrier_id",
    "hazards": "hazard_id",
    "phases": "phase_id",
    "teams": "team_id",
}
"""The lists whose things have an id of their own, and what it is called."""
