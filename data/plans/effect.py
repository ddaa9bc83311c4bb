"""Putting plans in force on their day, and taking them back: through areas with dates, so that the past stays true."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd

from data.imports.dated import Dated, fit_into_time
from data.imports.levels import COLUMNS, Merged
from data.imports.publish_areas import publish_dated
from data.plans.acting import require_passed, require_state
from data.plans.coming import Coming, coming_areas, crosswalk_of
from data.plans.gate import check_draft
from data.plans.records import PlanRecord, list_plans, read_draft, read_plan
from data.store.boundaries import areas_in, era_key, lineage_of, timeline
from data.store.staging import stage
from geo.errors import GridError, SchemaError, StoreError, say
from geo.planning.codes import heirs

if TYPE_CHECKING:
    from data.store.desk import Desk

Progress = Callable[[float, str], None]
PREPARED = 0.3
"""Which share of the work is done before rows are placed anew."""


@dataclass(frozen=True)
class Effect:
    """
    What came of putting a plan in force or taking it back: state, day, and the new codes by the draft's zones.

    `edition` is None where the plan only waits for its day.
    """

    plan: PlanRecord
    day: date
    edition: int | None
    codes: dict[str, str]


def effect_plan(desk: Desk, plan_id: str, on: date | None = None, *, progress: Progress | None = None) -> Effect:
    """
    Put an approved plan in force from a day on, or let it wait where that day is yet to come.

    From the day on its zones are the areas in force; reports of earlier days keep the areas of their time. All or
    nothing: areas, lineage, codes, rows placed anew, people who follow, and the plan's state change in one edition. The
    gate is passed once more, against the areas of today. `on` is today, or the day the plan waits for, where not given.

    Raises
    ------
    SchemaError
        If the plan no longer passes the gate, or an area it replaces begins after the day.
    StoreError
        If it is not approved.
    """
    plan = read_plan(desk, plan_id)
    require_state(plan, "approved")
    today = local_today(desk)
    day = on or plan.on_date or today
    draft = read_draft(desk, plan_id)
    tell = progress or _silent
    tell(0.0, "checking the plan")
    require_passed(check_draft(desk, plan, draft))
    tell(PREPARED / 3, "drawing the areas to come")
    coming = coming_areas(desk, plan, draft)
    if day > today:
        from data.plans.acting import act_on_plan

        return Effect(act_on_plan(desk, plan_id, "schedule", on=day, version=plan.version), day, None, coming.codes)
    result = _publish(desk, plan, coming, day, "effect_plan", tell)
    return Effect(read_plan(_fresh(desk), plan_id), day, int(result["edition"]), coming.codes)


def effect_due(desk: Desk, *, progress: Progress | None = None) -> tuple[list[Effect], list[tuple[str, GridError]]]:
    """Put every plan in force whose day has come, oldest day first; returns those done, and those refused with why."""
    today = local_today(desk)
    due = [one for one in list_plans(desk) if one.is_scheduled and one.on_date is not None and one.on_date <= today]
    done, refused = [], []
    for plan in sorted(due, key=lambda one: (one.on_date or today, one.plan_id)):
        try:
            done.append(effect_plan(_fresh(desk), plan.plan_id, progress=progress))
        except GridError as error:
            refused.append((plan.plan_id, error))
    return done, refused


def roll_back_plan(desk: Desk, plan_id: str, on: date | None = None, *, progress: Progress | None = None) -> Effect:
    """
    Take a plan in force back.

    Without a day the publishing is undone exactly, as if it had never been. Where anything was placed in the plan's
    areas since, that is refused: give a day `on`, from which the former areas hold again; what happened in between
    keeps the areas of its time.

    Raises
    ------
    StoreError
        If the plan is not in force, or something came since and no day is given.
    SchemaError
        If the day is yet to come, or lies before the plan's.
    """
    from data.writer import write

    plan = read_plan(desk, plan_id)
    require_state(plan, "in_force")
    assert plan.on_date is not None
    if on is None:
        result = write(
            desk.store.workspace, "roll_back_plan", {"plan_id": plan_id}, actor=desk.account.account_id,
            progress=progress,
        )  # fmt: skip
        return Effect(read_plan(_fresh(desk), plan_id), plan.on_date, int(result["edition"]), {})
    if not plan.on_date <= on <= local_today(desk):
        raise SchemaError(
            say("a day from {first} to today", first=plan.on_date.isoformat()),
            say("{day}", day=on.isoformat()),
            say("choose a day on which the plan was in force"),
        )
    result = _publish(desk, plan, _former(desk, plan), on, "roll_back_plan", progress or _silent)
    return Effect(read_plan(_fresh(desk), plan_id), on, int(result["edition"]), {})


def local_today(desk: Desk) -> date:
    """Return the present day where the workspace is."""
    return datetime.now(UTC).astimezone(ZoneInfo(desk.store.time_zone)).date()


def _publish(desk: Desk, plan: PlanRecord, coming: Coming, day: date, verb: str, progress: Progress) -> dict[str, Any]:
    store = desk.store
    progress(2 * PREPARED / 3, "finding what becomes of each area")
    dated = _dated(desk, coming, day)
    shares = crosswalk_of(desk, coming)
    following = heirs(shares, set(dated.ended) - set(coming.areas["area_id"]))
    more: dict[str, Any] = {"plan_id": plan.plan_id, "version": plan.version, "on": day.isoformat()}
    if following:
        table = pd.DataFrame({"from_area_id": list(following), "to_area_id": list(following.values())})
        more["heirs"] = stage(store.workspace, table, "heirs")
    source = {
        "import_id": uuid.uuid4().hex,
        "file": plan.name,
        "rows": len(dated.begun),
        "options": {"plan_id": plan.plan_id, "version": plan.version},
    }
    actor = desk.account.account_id
    return publish_dated(
        store,
        dated,
        source,
        dated.notices,
        actor=actor,
        progress=lambda share, text: progress(PREPARED + (1 - PREPARED) * share, text),
        inside=set(dated.ended),
        verb=verb,
        more=more,
    )


def _dated(desk: Desk, coming: Coming, day: date) -> Dated:
    store = desk.store
    present = store.table("areas")
    rows = store.level_rows()
    staged = pd.DataFrame(coming.areas)[list(COLUMNS)].astype(object).reset_index(drop=True)
    others = pd.DataFrame(present[~present["level"].isin(coming.levels)])[list(COLUMNS)].astype(object)
    others = others[~others["area_id"].isin(staged["area_id"])]
    merged = Merged(
        new=staged,
        staged=staged,
        all_areas=pd.concat([staged, others], ignore_index=True) if len(others) else staged,
        order=[key for key, _, _ in rows],
        titles={key: title for key, _, title in rows},
        replaced=list(coming.levels),
    )
    dated = fit_into_time(merged, present, valid_from=day.isoformat(), time_zone=store.time_zone)
    if not dated.begun and not dated.ended:
        raise StoreError(
            say("a plan that changes something"),
            say("the areas of today, unchanged"),
            say("nothing is to be done; drop the plan"),
        )
    return dated


def _former(desk: Desk, plan: PlanRecord) -> Coming:
    """Return the areas of the plan's levels as they were on the day before it took effect."""
    store = desk.store
    assert plan.on_date is not None
    line = timeline(store)
    era = int(np.searchsorted(np.array(line.days, dtype="datetime64[D]"), np.datetime64(plan.on_date), side="left"))
    before: Any = areas_in(store, era_key(store, era))
    levels = (plan.level, plan.unit_level)
    areas = before[before["level"].isin(levels).to_numpy()].reset_index().assign(valid_to=None)
    later = lineage_of(store)
    later = later[(later["on_date"] > pd.Timestamp(plan.on_date)).to_numpy() & later["level"].isin(levels).to_numpy()]
    if len(later):
        raise StoreError(
            say("boundaries of these levels that nothing has changed since the plan"),
            say("a later change on {day}", day=str(later["on_date"].max().date())),
            say("take the later plan back first"),
        )
    return Coming(gpd.GeoDataFrame(areas, crs="EPSG:4326"), levels, {}, {})


def _fresh(desk: Desk) -> Desk:
    from data.store import open_store

    return open_store(desk.store.workspace).desk(desk.account.account_id)


def _silent(_share: float, _text: str) -> None:
    return None
