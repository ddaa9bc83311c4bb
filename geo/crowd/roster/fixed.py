"""The table of fixed posts: who stands at which kind of place of an event, in which phases, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from geo.crowd.event.times import PhaseKind

Per = Literal["place", "exit", "lane", "group"]
ALWAYS: frozenset[str] = frozenset(get_args(PhaseKind))
WITH_PEOPLE = frozenset({"arrival", "waiting", "peak", "after"})
COMING_IN = frozenset({"arrival", "waiting", "peak"})
IN_DANGER = frozenset({"waiting", "peak", "after"})


@dataclass(frozen=True, kw_only=True)
class FixedPost:
    """
    `people` of a role at every place of a kind, for each of its exits or lanes, or for each working group of the event
    (`per`), while a phase of one of `phases` runs. `is_replaced` lines count only where no posts were placed for help
    in time: those have lines of their own. `source` says where the number is from.
    """

    kind: str
    role: str
    people: int
    phases: frozenset[str]
    source: str
    per: Per = "place"
    is_replaced: bool = False


EDGE = "choice: two at each end of the ground, to clear the edge and keep it clear"
HELP = "choice: help within five minutes until posts are placed for it"
TABLE = (
    FixedPost(kind="area", role="supervisor", people=1, phases=WITH_PEOPLE,
              source="one supervisor to at most 12 (the trade's figure); an area has 4 and one an exit"),
    FixedPost(kind="area", role="guard", people=4, phases=WITH_PEOPLE, source=EDGE),
    FixedPost(kind="area", role="guard", people=1, per="exit", phases=WITH_PEOPLE,
              source="Green Guide: static posts first; every exit kept open by somebody"),
    FixedPost(kind="area", role="guide", people=2, phases=WITH_PEOPLE, source="choice: one way in, one way out"),
    FixedPost(kind="area", role="medic", people=2, phases=WITH_PEOPLE, source=HELP, is_replaced=True),
    FixedPost(kind="entrance", role="guard", people=1, phases=COMING_IN,
              source="choice: one who may refuse entry at every way in"),
    FixedPost(kind="entrance", role="volunteer", people=1, per="lane", phases=COMING_IN,
              source="rates of checks are counted for one person a lane"),
    FixedPost(kind="first_aid", role="doctor", people=1, phases=ALWAYS - {"build_up"}, source="choice"),
    FixedPost(kind="first_aid", role="medic", people=2, phases=ALWAYS - {"build_up"}, source="choice"),
    FixedPost(kind="command_post", role="commander", people=1, phases=ALWAYS, source="choice: day and night"),
    FixedPost(kind="command_post", role="coordinator", people=1, per="group", phases=ALWAYS,
              source="choice: a link to each working group, day and night"),
    FixedPost(kind="parking", role="traffic", people=3, phases=ALWAYS, source="choice: way in, way out, rows"),
    FixedPost(kind="station", role="traffic", people=3, phases=ALWAYS, source="choice: as a car park"),
    FixedPost(kind="muster_point", role="guide", people=2, phases=IN_DANGER, source="choice"),
    FixedPost(kind="shelter", role="guide", people=2, phases=IN_DANGER, source="choice"),
    FixedPost(kind="duty_post", role="guard", people=1, phases=WITH_PEOPLE, source="choice: help goes in pairs"),
    FixedPost(kind="duty_post", role="medic", people=1, phases=WITH_PEOPLE, source="choice: help goes in pairs"),
    FixedPost(kind="grid_team", role="team leader", people=1, phases=IN_DANGER,
              source="the leader of a grid team is with the area the team answers for"),
)  # fmt: skip
"""
Fixed posts before any ratio. National law asks for guards "equal to the task" and gives no number (State Council
decree 505, article 7), so lines marked as a choice are the organizer's to change: by duty posts with a role of their
own, or by a demand file.
"""
ROUND_THE_CLOCK = frozenset({"command_post"})
"""Kinds of place that are manned through the night too."""
ROLES = tuple(sorted({one.role for one in TABLE}))


def lines_of(kind: str, table: Collection[FixedPost] = TABLE, *, has_placed: bool = False) -> tuple[FixedPost, ...]:
    """
    Return the lines of a kind of place; with posts placed for help, without those they replace.

    Examples
    --------
    >>> [one.role for one in lines_of("area")]
    ['supervisor', 'guard', 'guard', 'guide', 'medic']
    >>> [one.role for one in lines_of("area", has_placed=True)]
    ['supervisor', 'guard', 'guard', 'guide']
    """
    return tuple(one for one in table if one.kind == kind and not (one.is_replaced and has_placed))
