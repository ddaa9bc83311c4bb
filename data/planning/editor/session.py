"""The session of one planner at one place: acts in, numbers and map out; nothing is lost by a reload of the page."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from data.acts import ActSession
from data.planning.editor.bench import Bench
from data.planning.editor.unsaved import WorkPlace
from geo.crs.metric import project_table
from geo.errors import GridError, PlanError, Say, say
from geo.planning.editing import acts
from geo.planning.editing.draft import Draft, open_draft
from geo.planning.editing.history import History, begin
from geo.planning.editing.rebalance import Proposal, rebalance
from geo.planning.editing.sides import read_line, units_inside
from geo.planning.graph import contract, label_parts
from geo.planning.measures.comparison import relabel
from geo.planning.solve.county import plan_units
from geo.planning.solve.problem import Effort
from geo.planning.solve.result import PlanResult

COLOURS = 8
MOST_POINTS = 5000
EFFORT = Effort(restarts=4, seeds=4, steps_per_unit=1500, exact_units=24, exact_work=0.5, load_weight=0.0)
"""How long a rebalance looks: about a second."""


class EditSession(ActSession):
    """
    One person's edits of one place: `history`, the zone they work on, the last refusal, and proposals to choose from.

    `name` is its own in this service, and `place` where its unsaved work is kept (None: nowhere).
    `version` rises with everything that is to be shown anew. A session of a saved plan begins with its draft, and with
    the number of that version as `origin`. `stands_on` is the band and the edition of the areas; `found_from` when work
    found again was last touched, `stranded` the same of work that does not fit the areas of today, with why.
    """

    def __init__(
        self, bench: Bench, draft: Draft | None = None, *, origin: int = 0, reasons: dict[str, str] | None = None
    ) -> None:
        super().__init__()
        self.bench = bench
        self.name = uuid.uuid4().hex
        self.place: WorkPlace | None = None
        self.beginning = draft or open_draft(bench.ground)
        self.history: History = begin(self.beginning, origin=origin)
        self.zone: int | None = None
        self.version = 0
        self.proposals: list[Proposal] = []
        self.plans: list[Draft] = []
        self.looked_at: Draft | None = None
        self.pictures: dict[int, bytes] = {}
        self.result: PlanResult | None = None
        self.colours: dict[int, int] = {}
        self.job: Job | None = None
        self.work: Work | None = None
        self.reasons: dict[str, str] = dict(reasons or {})
        self.saved = (self.beginning, dict(self.reasons))
        self.kept = self.saved
        self.stands_on: tuple[Any, ...] = ()
        self.found_from: datetime | None = None
        self.stranded: tuple[datetime, GridError] | None = None

    @property
    def draft(self) -> Draft:
        """The draft that stands."""
        return self.history.draft

    @property
    def shown(self) -> Draft:
        """The draft on the map: one that is offered, while it is looked at, else the one that stands."""
        return self.looked_at or self.draft

    def look_at(self, draft: Draft | None) -> None:
        """Show a draft that is offered on the map, or, with None, the one that stands again; nothing is taken."""
        with self.lock:
            self.looked_at = draft
            self.version += 1

    def leave_offers(self) -> None:
        """Let go of everything that is offered."""
        with self.lock:
            self.proposals, self.plans, self.result, self.looked_at = [], [], None, None
            self.pictures = {}
            self.version += 1

    @property
    def plan_version(self) -> int:
        """The saved version that the standing draft was drawn from; 0 for none."""
        return self.history.origin

    @property
    def is_changed(self) -> bool:
        """Whether there is anything that was not saved."""
        return not self._stands_at(self.saved)

    @property
    def is_kept(self) -> bool:
        """Whether what stands is what `mark_kept` was last told of."""
        return self._stands_at(self.kept)

    def _stands_at(self, mark: tuple[Draft, dict[str, str]]) -> bool:
        return self.draft is mark[0] and self.reasons == mark[1]

    def mark_saved(self, version: int) -> None:
        """Say that what stands was saved as this version of its plan."""
        with self.lock:
            self.history = self.history.saved_as(version)
            self.saved = (self.draft, dict(self.reasons))

    def mark_kept(self) -> None:
        """Say that what stands is kept where an end of this session does not reach it."""
        self.kept = (self.draft, dict(self.reasons))

    def find_again(self, draft: Draft, *, origin: int, reasons: dict[str, str]) -> None:
        """Let work of an earlier session stand again; undo leads back to what this one began with."""
        with self.lock:
            self.history = self.history.take(draft, say("unsaved work found again"), origin=origin)
            self.reasons |= reasons
            self.mark_kept()
            self.version += 1

    def start_over(self, draft: Draft, *, origin: int, reasons: dict[str, str]) -> None:
        """Go back to a draft that is saved, or to today's zones, as one more act: undo brings the work back."""
        with self.lock:
            self.take(draft, say("started over"), origin=origin)
            self.reasons = self.reasons | reasons
            self.saved = (draft, dict(self.reasons))
            self.refusal = None

    def perform(self, act: dict[str, Any]) -> None:
        """Do one act, or keep why it is refused."""
        with self.lock:
            self.looked_at = None
            super().perform(act)
            self.version += 1

    def do(self, act: dict[str, Any]) -> None:
        """Do one act of the planner's tools."""
        verb = VERBS.get(str(act.get("verb")))
        if verb is None:
            raise PlanError(say("an act of the planner"), say("{verb}", verb=str(act.get("verb"))[:40]),
                            say("reload the page"))  # fmt: skip
        verb(self, act)

    def take(self, draft: Draft, act: Say, *, origin: int | None = None) -> None:
        """Make a draft the one that stands; `origin` where it is of another saved version than the one before."""
        with self.lock:
            self.history = self.history.take(draft, act, origin=origin)
            self.leave_offers()
            if self.zone not in self.draft.numbers:
                self.zone = None
            self.version += 1

    def propose(self, zones: list[int] | None) -> None:
        """Look for repairs of some zones (all misfits where None); the proposals stand until the next edit."""
        draft = self.draft
        found = rebalance(draft, zones, effort=EFFORT, rng=np.random.default_rng(1))
        with self.lock:
            self.refusal, self.looked_at = None, None
            if draft is self.draft:
                self.proposals = found
                if not found:
                    self.refusal = PlanError(
                        say("zones that can be put right by moving, splitting or merging"),
                        say("nothing better was found nearby"),
                        say("widen the band, cut units, or give reasons for these zones"),
                    )
            self.version += 1

    def start_plan(self, mode: str, effort: Effort, clock: Callable[[], float]) -> None:
        """Begin an automatic plan in the background: mode `draft` changes little, `nothing` draws all zones anew."""
        with self.lock:
            if self.job is not None and self.job.is_running:
                return
            self.refusal = None
            self.leave_offers()
            self.job = Job(self, mode, effort, clock)
            self.job.thread.start()
            self.version += 1

    def settle(self, result: PlanResult, ground: Draft) -> None:
        """Keep what an automatic plan found: its plan and the others that differ, each as a draft to be taken."""
        today, size = ground.ground.units.current, ground.ground.units.size
        zones = [relabel(today, plan.zone, size) for plan in (result.plan, *result.alternatives)]
        with self.lock:
            self.plans = [open_draft(ground.ground, zone) for zone in zones]
            self.result = result
            self.version += 1

    def metres(self, points: Any) -> Any:
        """Return drawn longitudes and latitudes as points in metres of the ground."""
        import geopandas as gpd

        flat = np.asarray(points, dtype=float).reshape(-1, 2)
        if not 1 < len(flat) <= MOST_POINTS or not np.isfinite(flat).all():
            raise PlanError(say("a line of two points or more"), say("{count}", count=len(flat)), say("draw it again"))
        table = gpd.GeoDataFrame(geometry=gpd.points_from_xy(flat[:, 0], flat[:, 1]), crs="EPSG:4326")
        return shapely.get_coordinates(project_table(table, self.bench.store_ground.crs).geometry.to_numpy())

    def colour(self, draft: Draft) -> dict[int, int]:
        """Return a colour number for each zone, never that of a neighbour where it can be helped; kept over edits."""
        zones = np.array(draft.zones)
        graph = contract(draft.ground.touching, np.searchsorted(zones, draft.zone), len(zones))
        chosen: dict[int, int] = {}
        for at, zone in enumerate(zones.tolist()):
            beside = {zones[other] for other in graph.other[graph.start[at] : graph.start[at + 1]]}
            used = [chosen.get(int(one), -1) for one in beside]
            wish = self.colours.get(zone, zone % COLOURS)
            free = [colour for colour in range(COLOURS) if colour not in used]
            chosen[zone] = wish if wish in free or not free else min(free, key=lambda one: (one - wish) % COLOURS)
        self.colours = chosen
        return chosen


class Job:
    """An automatic plan at work: how far it is, and a way to stop it; what it has by then is offered all the same."""

    def __init__(self, session: EditSession, mode: str, effort: Effort, clock: Callable[[], float]) -> None:
        self.session, self.mode, self.effort, self.clock = session, mode, effort, clock
        self.share, self.place = 0.0, ""
        self.stopped = threading.Event()
        self.error: GridError | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.is_done = False

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return not self.is_done

    def _run(self) -> None:
        draft = self.session.draft
        is_minimal = self.mode == "draft"
        units = replace(draft.ground.units, current=_in_one_piece(draft)) if is_minimal else draft.ground.units
        try:
            result = plan_units(
                units, effort=self.effort, seed=1, is_minimal_change=is_minimal, progress=self._tell,
                is_stopped=self.stopped.is_set, clock=self.clock,
            )  # fmt: skip
            self.session.settle(result, draft)
        except GridError as error:
            self.session.refusal = error
        finally:
            self.is_done = True

    def _tell(self, share: float, place: str) -> None:
        self.share, self.place = share, place


class Work:
    """Something long that must not end halfway when the page is drawn again: how far it is, and why it was refused."""

    def __init__(self, act: Callable[[Callable[[float, str], None]], Any]) -> None:
        self.act, self.share, self.text = act, 0.0, ""
        self.error: GridError | None = None
        self.is_done = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.act(self._tell)
        except GridError as error:
            self.error = error
        finally:
            self.is_done = True

    def _tell(self, share: float, text: str) -> None:
        self.share, self.text = share, text


def _in_one_piece(draft: Draft) -> Any:
    """The zones of a draft; units of a zone's smaller parts have none, so that the planner finds one for them."""
    units, zone = draft.ground.units, draft.zone.copy()
    part = label_parts(units.graph, zone)
    for number in [number for number, one in draft.numbers.items() if one.parts > 1]:
        rows = draft.members(number)
        held = np.bincount(part[rows], units.size[rows] + 1)
        zone[rows[part[rows] != int(np.argmax(held))]] = -1
    return zone


def _rows(session: EditSession, ids: Any) -> Any:
    return acts.rows_of(session.draft.ground, [str(one) for one in list(ids)[:MOST_POINTS]])


def _zone(session: EditSession, act: dict[str, Any]) -> int:
    told = act.get("zone")
    chosen = session.zone if told is None else int(told)
    if chosen is None:
        raise PlanError(say("a zone that gets the units"), say("none chosen"), say("choose a zone on the map"))
    return chosen


def _give(session: EditSession, act: dict[str, Any]) -> None:
    rows = _rows(session, act.get("units", ()))
    _move(session, rows, _zone(session, act))


def _lasso(session: EditSession, act: dict[str, Any]) -> None:
    ring = session.metres(act.get("line"))
    if len(ring) < 3:
        raise PlanError(say("a circle around units"), say("{count} points", count=len(ring)), say("draw it again"))
    _move(session, units_inside(session.draft.ground, shapely.polygons(ring)), _zone(session, act))


def _move(session: EditSession, rows: Any, zone: int) -> None:
    draft = session.draft
    after = acts.move_units(draft, rows, zone)
    if zone == acts.NEW:
        session.take(after, say("{count} units made a zone", count=len(rows)))
        session.zone = after.zones[-1]
    else:
        session.take(after, say("{count} units given to a zone", count=int((after.zone != draft.zone).sum())))


def _split(session: EditSession, act: dict[str, Any]) -> None:
    line = read_line(session.metres(act.get("line")))
    zone = session.zone if session.zone is not None else _zone_under(session.draft, line)
    after = acts.split_zone(session.draft, zone, line, cuts_units=bool(act.get("cuts")))
    session.take(after, say("a zone split"))


def _border(session: EditSession, act: dict[str, Any]) -> None:
    line = read_line(session.metres(act.get("line")))
    after, _ = acts.move_border(session.draft, line, cuts_units=bool(act.get("cuts")))
    session.take(after, say("a border moved"))


def _merge(session: EditSession, act: dict[str, Any]) -> None:
    chosen = [int(one) for one in act.get("zones", ())]
    session.take(acts.merge_zones(session.draft, chosen), say("zones merged"))


def _pick(session: EditSession, act: dict[str, Any]) -> None:
    zone = act.get("zone")
    session.zone = int(zone) if zone is not None and int(zone) in session.draft.numbers else None


def _undo(session: EditSession, act: dict[str, Any]) -> None:  # noqa: ARG001
    session.history, session.proposals = session.history.undo(), []


def _redo(session: EditSession, act: dict[str, Any]) -> None:  # noqa: ARG001
    session.history, session.proposals = session.history.redo(), []


def _zone_under(draft: Draft, line: Any) -> int:
    """The zone that most of a line runs through."""
    near = np.flatnonzero(shapely.intersects(draft.ground.shapes, line))
    if not len(near):
        raise PlanError(say("a zone of this plan"), say("none chosen"), say("choose the zone to split"))
    length = shapely.length(shapely.intersection(draft.ground.shapes[near], line))
    return int(np.argmax(np.bincount(draft.zone[near], length)))


VERBS: dict[str, Callable[[EditSession, dict[str, Any]], None]] = {
    "give": _give,
    "lasso": _lasso,
    "split": _split,
    "border": _border,
    "merge": _merge,
    "pick": _pick,
    "undo": _undo,
    "redo": _redo,
}
