"""Builds the demonstration county beside the workspace and puts it in place when it is complete."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from data.demo.contents import TIME_ZONE, build_contents
from data.demo.geometry import County, build_county
from data.imports.placing import Placer
from data.sources.demo_county import SPEC as SOURCE
from geo.errors import GridError, ScopeError, StoreError, say

COUNTIES = {"haining": "海宁市（合成演示数据）"}
SEED = 330481
MAX_DAYS = 3660
ACTOR = "administrator"
LOCATED_HERE = ("incidents", "visits", "places", "resources", "counts", "fixes")
Progress = Callable[[float, str], None]


def build_demo(
    workspace: str = "main", *, county: str = "haining", scale: float = 1.0, days: int = 365, seed: int = SEED,
    until: date | None = None, actor: str = ACTOR, progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """
    Build the demonstration county and put it in place of an earlier one, all or nothing.

    It grows in a hidden workspace; only when it is complete does it take the name in one step. The history ends at
    the midnight that begins `until` (today in the county's time zone where it is not given). An `actor` the county
    does not know is written down as its administrator.

    Returns
    -------
    report
        `workspace`, `until`, `seed`, `scale`, `days`, `counts` (rows by kind), `reasons` (rows by kind and placing
        reason) and `edition`.

    Raises
    ------
    GridError
        If the county, scale or days cannot be built.
    ScopeError
        If the actor is one of the county's people and not its administrator.
    StoreError
        If the workspace holds data that is not synthetic: it is never replaced.
    """
    from data.store import open_store

    _require_request(county, scale=scale, days=days)
    _require_replaceable(workspace)
    day = until or datetime.now(ZoneInfo(TIME_ZONE)).date()
    report = _Report(progress)
    ground = build_county(seed=seed, scale=scale, progress=report.part(0.0, 0.2))
    setting = _workspace(ground, COUNTIES[county])
    actor = _require_administrator(actor, setting["accounts"])
    place = f".{workspace}-new"
    _clear(place)
    try:
        tables = build_contents(ground, seed=seed, until=day, days=days, scale=scale, progress=report.part(0.25, 0.95))
        _fill(place, setting, ground, tables, actor=actor, report=report)
        _put_in_place(place, workspace, actor=actor, report=report)
    except BaseException:
        _clear(place)
        raise
    facts = {"workspace": workspace, "until": day.isoformat(), "seed": seed, "scale": scale, "days": days}
    return facts | {"counts": report.counts, "reasons": report.reasons, "edition": open_store(workspace).edition}


def _fill(
    place: str, setting: dict[str, Any], county: County, tables: Iterator[tuple[str, pd.DataFrame]], *,
    actor: str, report: _Report,
) -> None:  # fmt: skip
    from data.writer import write

    write(place, "create_workspace", setting, actor=actor)
    _publish_areas(place, county, actor=actor, report=report)
    for kind, table, disagreements in _placed(tables, county):
        _publish(place, kind, table, actor=actor, report=report, disagreements=disagreements)
    _save_event(place, county, actor=actor)


def _save_event(place: str, county: County, *, actor: str) -> None:
    """The tide watching at Yanguan as an event plan of the county."""
    from data.events.writing import event_document
    from data.events.yanguan import yanguan_event
    from data.writer import write

    document = event_document(yanguan_event(county))
    write(place, "save_event", {"document": document, "note": "SYNTHETIC", "based_on": 0}, actor=actor)


def _put_in_place(place: str, workspace: str, *, actor: str, report: _Report) -> None:
    from data.writer import write

    report.tell(0.97, "putting the county in place")
    write(place, "swap_workspace", {"into": workspace}, actor=actor)
    report.tell(1.0, "done")


class _Report:
    """Rows so far, and how far the whole is."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._share = 0.0
        self.counts: dict[str, int] = {}
        self.reasons: dict[str, dict[str, int]] = {}

    def tell(self, share: float, text: str) -> None:
        self._share = max(self._share, share)
        if self._progress:
            self._progress(self._share, text)

    def part(self, low: float, high: float) -> Progress:
        return lambda share, text: self.tell(low + (high - low) * share, text)

    def count(self, kind: str, table: pd.DataFrame) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + len(table)
        if "reason" in table:
            known = self.reasons.setdefault(kind, {})
            for reason, rows in table["reason"].value_counts().items():
                known[str(reason)] = known.get(str(reason), 0) + int(rows)


def _require_request(county: str, *, scale: float, days: int) -> None:
    if county not in COUNTIES:
        raise GridError(
            say("a county that can be generated: {names}", names=", ".join(COUNTIES)),
            say("{county!r}", county=county),
            say("choose one of them"),
        )
    if not (0.02 <= scale <= 1.0 and 1 <= days <= MAX_DAYS):
        raise GridError(
            say("a scale from 0.02 to 1 and 1 to {most} days", most=MAX_DAYS),
            say("scale {scale}, {days} days", scale=scale, days=days),
            say("choose values inside"),
        )


def _require_replaceable(workspace: str) -> None:
    from data.store import open_store, workspaces

    if workspace in workspaces() and not open_store(workspace).is_synthetic:
        raise StoreError(
            say("a workspace that is empty or holds demonstration data"),
            say("{workspace!r} holds data of your own", workspace=workspace),
            say("give another name with --workspace"),
        )


def _require_administrator(actor: str, accounts: list[dict[str, Any]]) -> str:
    """The account that writes: the actor where the county knows them, else its administrator."""
    roles = {one["account_id"]: one["role"] for one in accounts}
    if roles.get(actor, "administrator") != "administrator":
        raise ScopeError(
            say("a person whose role is {roles}", roles="administrator"),
            say("{name}, {role}", name=actor, role=roles[actor]),
            say("ask one of them, or switch person"),
        )
    return actor if actor in roles else ACTOR


def _clear(place: str) -> None:
    """Remove what a broken-off run left behind."""
    from data.store import open_store
    from data.writer import write

    try:
        open_store(place)
    except StoreError:
        return
    write(place, "drop_workspace", {"confirm": place}, actor=ACTOR)


def _workspace(county: County, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "synthetic": True,
        "time_zone": TIME_ZONE,
        "levels": [{"key": key, "title": name} for key, name in county.levels],
        "accounts": _accounts(county.areas),
    }


def _accounts(areas: pd.DataFrame) -> list[dict[str, Any]]:
    """Eight people to switch between: names, roles, and the area each may see (None = the whole county)."""
    named = areas.set_index("area_id")
    called = {str(area): str(name) for area, name in named["name"].items()}
    towns = named[named["level"] == "town"]
    town = next((area for area in towns.index if called[area].startswith("盐官")), towns.index[0])
    village = named[(named["level"] == "village") & (named["parent_id"] == town)].index[0]
    grid = named[(named["level"] == "grid") & (named["parent_id"] == village)].index[0]
    rows = (
        ("administrator", "沈建国（县级管理员）", "administrator", None),
        ("duty", "陆海波（县指挥中心值班长）", "duty_officer", None),
        ("planner", "顾文静（网格规划员）", "planner", None),
        ("organizer", "朱明磊（大型活动组织者）", "organizer", None),
        ("duty_yanguan", f"许春燕（{called[town]}值班员）", "duty_officer", town),
        ("village_officer", f"金国强（{called[village]}干部）", "village_officer", village),
        (
            "grid_worker",
            f"徐丽娜（{called[village]}{called[grid]}专职网格员）",
            "grid_worker",
            grid,
        ),
        ("viewer", "吴安宁（只读）", "viewer", None),
    )
    return [dict(zip(("account_id", "name", "role", "area_id"), row, strict=True)) for row in rows]


def _publish_areas(place: str, county: County, *, actor: str, report: _Report) -> None:
    """Areas, roads and water: what the first map shows."""
    from data.store import stage
    from data.writer import write

    report.tell(0.2, "storing areas, roads and water")
    levels = [{"key": key, "rank": rank, "title": name} for rank, (key, name) in enumerate(county.levels)]
    table = stage(place, county.areas, "areas")
    payload = {
        "table": table,
        "levels": levels,
        "replaces": [],
        "placements": {},
        "source": _source("areas", len(county.areas)),
    }
    write(place, "publish_areas", payload, actor=actor)
    report.count("areas", county.areas)
    for kind, rows in (("roads", county.roads), ("water", county.water)):
        _publish(place, kind, rows, actor=actor, report=report)


def _placed(
    tables: Iterator[tuple[str, pd.DataFrame]], county: County
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame | None]]:
    """Give every located row its area; buildings come first and are what addresses are placed against."""
    placer: Placer | None = None
    for kind, table in tables:
        if kind == "buildings":
            placer = Placer(pd.DataFrame(county.areas), table, level_order=[key for key, _ in county.levels])
        if kind in LOCATED_HERE and placer:
            placed = placer.place(table, kind)
            yield kind, table.assign(area_id=placed.area_id, reason=placed.reason), placed.disagreements
        else:
            yield kind, table, None


def _publish(
    place: str,
    kind: str,
    table: pd.DataFrame,
    *,
    actor: str,
    report: _Report,
    disagreements: pd.DataFrame | None = None,
) -> None:
    from data.store import stage
    from data.writer import write

    if "geometry" in table:
        table = gpd.GeoDataFrame(table, geometry="geometry", crs=4326)
    payload: dict[str, Any] = {"table": stage(place, table, kind), "source": _source(kind, len(table))}
    if kind == "fixes":
        write(place, "publish_fixes", payload | {"mode": "append"}, actor=actor)
    else:
        if disagreements is not None and len(disagreements):
            payload["disagreements"] = stage(place, disagreements, f"{kind}_disagreements")
        write(place, "publish_rows", payload | {"kind": kind, "mode": "append"}, actor=actor)
    report.count(kind, table)


def _source(kind: str, rows: int) -> dict[str, Any]:
    checksum = hashlib.sha256(f"{kind} {rows}".encode()).hexdigest()
    return {
        "file": SOURCE.title,
        "licence": SOURCE.licence,
        "attribution": SOURCE.attribution,
        "checksum": checksum,
        "options": {"synthetic": True},
        "rows": rows,
    }
