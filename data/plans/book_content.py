"""What a plan book says, whatever form it is written in: the summary, and a map and a table for each village."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data.export import MARK
from data.language import translator
from data.plans.book_map import VillageMap
from data.plans.draft import Draft
from data.plans.export import plan_zones
from data.plans.ground import Ground, draft_of_today, ground_for
from data.plans.records import PlanRecord
from geo.planning.consequences.compared import Comparison, compare_plans

if TYPE_CHECKING:
    from data.store.desk import Desk

Row = tuple[str, ...]
NUMBERS = frozenset({2, 3, 4})
"""Columns of a village's table that hold numbers."""
OUT = 2
"""The column that stands out in the row of a zone out of its band."""


@dataclass(frozen=True, eq=False)
class Village:
    """
    One village of a book: its name and code, its map, its table.

    The zones of the map stand in the order of `rows`; `is_out` says which of them are out of their band.
    """

    title: str
    map: VillageMap
    rows: tuple[Row, ...]
    is_out: tuple[bool, ...]
    total: Row


@dataclass(frozen=True, eq=False)
class Book:
    """A plan book: title, mark (SYNTHETIC or none), summary, what the signs on maps mean, heads of the tables."""

    title: str
    language: str
    mark: str
    summary: tuple[tuple[str, str], ...]
    hint: str
    heads: Row
    villages: tuple[Village, ...]

    @property
    def count(self) -> int:
        """How many villages it has."""
        return len(self.villages)


def open_book(desk: Desk, plan: PlanRecord, draft: Draft, version: int, language: str) -> Book:
    """
    Return the content of the book of a version of a plan.

    Raises
    ------
    SchemaError
        If the draft does not fit the units of today.
    """
    t = translator(language)
    ground = ground_for(desk, plan.level, plan.within, draft)
    drawn, names = ground.plan(draft)
    zones = plan_zones(desk, plan, draft).set_index("zone").loc[[str(name) for name in names]].reset_index()
    compared = _beside_today(ground, draft) if not draft.has_pieces else None
    heads = (
        t("Code"), t("Name of the zone"), t("Households"), t("Band"), t("Number of units"), t("Change"), t("Reason"),
    )  # fmt: skip
    return Book(
        title=plan.name,
        language=language,
        mark=MARK if desk.store.is_synthetic else "",
        summary=tuple(_summary(desk, plan, zones, version, compared, t)),
        hint=t("Hatched: a unit that gets another zone. Blue: a barrier; a circle on it is a bridge."),
        heads=heads,
        villages=tuple(_villages(desk, ground, drawn.zone, zones, t)),
    )


def _villages(desk: Desk, ground: Ground, zone: np.ndarray, zones: gpd.GeoDataFrame, t: Any) -> Iterator[Village]:
    areas, metres = desk.store.all_areas(), np.asarray(zones.to_crs(ground.crs).geometry, dtype=object)
    for at, parent in enumerate(ground.units.parents):
        rows = np.flatnonzero(ground.units.parent == at)
        inside = np.unique(zone[rows])
        inside = inside[np.argsort(zones["code"].to_numpy(object)[inside].astype(str), kind="stable")]
        title = str(areas.loc[parent, "name"]) if parent in areas.index else desk.store.title
        shown = VillageMap(
            title=title,
            units=ground.metres[rows],
            zone=_place(inside, len(zones))[zone[rows]],
            zones=metres[inside],
            labels=tuple(_short(code, parent) for code in zones["code"].iloc[inside]),
            moved=_moved(ground, zones, zone, rows),
            hard=ground.barriers.hard,
            bridges=ground.barriers.bridges,
        )
        table = pd.DataFrame(zones.iloc[inside])
        total = ("", t("Total"), f"{int(table['households'].sum()):,}", "", "", "", "")
        is_out = tuple(not one for one in table["in_band"])
        yield Village(f"{title} {parent}", shown, tuple(_rows(table, t)), is_out, total)


def _place(inside: np.ndarray, count: int) -> np.ndarray:
    """The place of each zone in an order; meaningless for those that are not in it."""
    place = np.zeros(count, dtype=np.int64)
    place[inside] = np.arange(len(inside))
    return place


def _rows(zones: pd.DataFrame, t: Any) -> Iterator[Row]:
    changes = {"kept": t("unchanged"), "changed": t("changed"), "new": t("new")}
    for one in zones.to_dict("records"):
        band = "—" if pd.isna(one["low"]) else f"{int(one['low'])}–{int(one['high'])}"
        values = (one["code"], one["name"], f"{one['households']:,}", band, one["units"], changes[one["change"]])
        yield (*(str(value) for value in values), str(one["reason"]))


def _beside_today(ground: Ground, draft: Draft) -> Comparison:
    today, _ = ground.plan(draft_of_today(ground))
    drawn, _ = ground.plan(draft)
    return compare_plans(today.zone, drawn.zone, ground.units.size)


def _moved(ground: Ground, zones: gpd.GeoDataFrame, zone: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Whether the unit's coming zone has another code than its zone of today."""
    codes = zones["code"].to_numpy(object)[zone[rows]]
    return np.asarray(codes != ground.table["zone"].to_numpy(object)[rows], dtype=bool)


def _short(code: str, parent: str) -> str:
    return code.removeprefix(parent) or code


def _summary(
    desk: Desk, plan: PlanRecord, zones: gpd.GeoDataFrame, version: int, compared: Comparison | None, t: Any
) -> Iterator[tuple[str, str]]:
    people = {account.account_id: account.name for account in desk.store.accounts()}
    states = {
        "draft": t("draft"),
        "submitted": t("submitted"),
        "approved": t("approved"),
        "in_force": t("in force"),
        "rolled_back": t("rolled back"),
        "dropped": t("dropped"),
    }
    yield t("Plan"), f"{plan.plan_id}, {t('version')} {version}"
    yield t("State"), states[plan.state]
    yield t("Drawn by"), people.get(plan.created_by, plan.created_by)
    yield t("Submitted by"), people.get(plan.submitted_by or "", plan.submitted_by or "—")
    yield t("Approved by"), people.get(plan.approved_by or "", plan.approved_by or "—")
    yield t("First day"), plan.on_date.isoformat() if plan.on_date else "—"
    yield t("Zones"), f"{len(zones):,}"
    yield t("Households"), f"{int(zones['households'].sum()):,}"
    yield t("In band"), f"{zones['in_band'].mean():.1%}"
    if compared is not None:
        whole = compared.kept + compared.moved
        yield t("Households that change hands"), f"{compared.moved:,} / {whole:,}"
        yield t("Zones that change"), f"{compared.zones_changed:,} ({compared.share_changed:.1%})"
