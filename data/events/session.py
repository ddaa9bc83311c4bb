"""The session of one person drawing one event: acts in, plan and map out; undo, redo; nothing lost by a reload."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import orjson

from data.acts import ActSession
from data.events.checks import plan_checks
from data.events.figures import FiguresJob
from data.events.writing import event_document
from geo.crowd.event import Event
from geo.crowd.event.drawing import change, coordinates, draw, drop, find, move
from geo.crowd.event.findings import Finding, Spot
from geo.errors import GridError, SchemaError, say

if TYPE_CHECKING:
    from data.events.microscopic import MicroJob
    from data.rosters.background import RosterJob

MOST_STEPS = 200


class EventSession(ActSession):
    """
    One person's work on one plan: what stands, what was before, what was taken back, and the last refusal.

    `pairs` are the rows typed of who stands with whom in its roster, by where the people come from.

    `version` is the saved version it began with (None for a new plan).
    """

    def __init__(self, event: Event, version: int | None = None) -> None:
        super().__init__()
        self.event, self.saved, self.version = event, event, version
        self.past: list[Event] = []
        self.future: list[Event] = []
        self.picked: tuple[str, str] | None = None
        self.looked: tuple[int, tuple[Spot, ...]] = (0, ())
        self.figures: FiguresJob | None = None
        self.microscopic: dict[str, MicroJob] = {}
        self.roster: RosterJob | None = None
        self.pairs: dict[str, list[dict[str, Any]]] = {}
        self._checked: tuple[Event, tuple[Finding, ...]] | None = None

    @property
    def is_changed(self) -> bool:
        """Whether there is anything that was not saved."""
        return self.event != self.saved

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every fault of the plan as it stands."""
        if self._checked is None or self._checked[0] is not self.event:
            self._checked = (self.event, plan_checks(self.event))
        return self._checked[1]

    def take(self, event: Event) -> None:
        """Make a plan the one that stands; the one before can be brought back."""
        with self.lock:
            if event == self.event:
                return
            self.past = [*self.past[-MOST_STEPS:], self.event]
            self.event, self.future = event, []

    def undo(self) -> None:
        """Bring back the plan before the last act."""
        with self.lock:
            if self.past:
                self.future.append(self.event)
                self.event = self.past.pop()
                self._forget_lost()

    def redo(self) -> None:
        """Do again what was taken back."""
        with self.lock:
            if self.future:
                self.past.append(self.event)
                self.event = self.future.pop()
                self._forget_lost()

    def mark_saved(self, version: int) -> None:
        """Remember that what stands was saved as a version."""
        with self.lock:
            self.saved, self.version = self.event, version

    def do(self, act: dict[str, Any]) -> None:
        """Do one act: draw, move, drop, pick, undo, redo."""
        verb = VERBS.get(str(act.get("verb")))
        if verb is None:
            raise SchemaError(say("an act on an event plan"), say("{verb}", verb=str(act.get("verb"))[:40]),
                              say("reload the page"))  # fmt: skip
        verb(self, act)

    def pick(self, what: str, thing_id: str) -> None:
        """Choose the thing whose fields are shown; none for an empty id."""
        with self.lock:
            if thing_id:
                find(self.event, what, thing_id)
            self.picked = (what, thing_id) if thing_id else None
            self.looked = (self.looked[0], ())

    def look(self, spots: Iterable[Spot], what: str = "", thing_id: str = "") -> None:
        """Take the map to some places and mark them; the thing there, where one is named, is chosen."""
        with self.lock:
            self.pick(what, thing_id)
            self.looked = (self.looked[0] + 1, tuple(spots))

    def set(self, what: str, thing_id: str, **values: Any) -> None:
        """Change fields of one thing; the choice follows a new id."""
        with self.lock:
            before = {one for name, one, _ in self.event.things() if name == what}
            self.take(change(self.event, what, thing_id, **values))
            fresh = {one for name, one, _ in self.event.things() if name == what} - before
            if self.picked == (what, thing_id) and fresh:
                self.picked = (what, fresh.pop())

    def _forget_lost(self) -> None:
        if self.picked is not None:
            try:
                find(self.event, *self.picked)
            except GridError:
                self.picked = None

    def map_state(self) -> dict[str, Any]:
        """
        Return the plan as the map document draws it: things with their place, what is at fault, what is chosen,
        where to look.

        `seal` changes with the event and anything that is drawn; `seen` is the last act done.
        """
        at_fault = {thing for one in self.findings for thing in one.ids}
        things = [
            {"list": what, "id": one_id, "name": getattr(one, "name", "") or one_id, "kind": kind_of(what, one),
             "at": coordinates(one), "open": one_id in at_fault}
            for what, one_id, one in self.event.things() if what not in ("phases", "teams")
        ]  # fmt: skip
        if self.event.front is not None and self.event.front.line is not None:
            front = self.event.front
            things.append({"list": "front", "id": "front", "name": front.name, "kind": front.kind,
                           "at": coordinates(front), "open": False})  # fmt: skip
        marks: dict[Spot, bool] = {}
        for one in self.findings:
            marks |= {spot: marks.get(spot, False) or one.is_refused for spot in one.spots}
        faults = [{"at": list(spot), "refused": is_refused} for spot, is_refused in marks.items()]
        number, spots = self.looked
        look = {"number": number, "at": [list(spot) for spot in spots]} if spots else None
        body = {"things": things, "faults": faults, "picked": list(self.picked) if self.picked else None, "look": look,
                "can_undo": bool(self.past), "can_redo": bool(self.future), "seen": self.seen}  # fmt: skip
        told = orjson.dumps([self.event.event_id, body])
        return {**body, "seal": hashlib.blake2b(told, digest_size=9).hexdigest()}

    def document(self) -> bytes:
        """Return the plan as the bytes of an EVENT.json."""
        return orjson.dumps(event_document(self.event), option=orjson.OPT_INDENT_2)


def kind_of(what: str, one: Any) -> str:
    """Return what sort of thing it is, as the map words it."""
    return str(getattr(one, "kind", getattr(one, "check", what)))


def _points(act: dict[str, Any]) -> list[tuple[float, float]]:
    line = act.get("line")
    if not isinstance(line, list) or not all(isinstance(one, list) and len(one) == 2 for one in line):
        raise SchemaError(say("a drawing of points"), say("something else"), say("draw it again"))
    return [(float(lon), float(lat)) for lon, lat in line]


def _draw(session: EventSession, act: dict[str, Any]) -> None:
    what, kind = str(act.get("list")), str(act.get("kind") or "")
    event, thing_id = draw(session.event, what, _points(act), kind=kind)
    session.take(event)
    session.picked = (what, thing_id)


def _move(session: EventSession, act: dict[str, Any]) -> None:
    session.take(move(session.event, str(act.get("list")), str(act.get("id")), _points(act)))


def _drop(session: EventSession, act: dict[str, Any]) -> None:
    what, thing_id = str(act.get("list")), str(act.get("id"))
    session.take(drop(session.event, what, thing_id))
    if session.picked == (what, thing_id):
        session.picked = None


def _pick(session: EventSession, act: dict[str, Any]) -> None:
    session.pick(str(act.get("list")), str(act.get("id") or ""))


VERBS: dict[str, Callable[[EventSession, dict[str, Any]], None]] = {
    "draw": _draw,
    "move": _move,
    "drop": _drop,
    "pick": _pick,
    "undo": lambda session, _: session.undo(),
    "redo": lambda session, _: session.redo(),
}
