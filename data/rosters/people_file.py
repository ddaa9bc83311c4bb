"""Reading the people a roster is made of, from any table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from data.formats import read_file
from data.rosters.pairs import Stated, joined_pairs
from geo.contracts import raise_faults
from geo.crowd.roster.horizon import Horizon
from geo.crowd.roster.people import Pair, Person, Staff
from geo.errors import Say, SchemaError, name_few, say

NAMES: dict[str, tuple[str, ...]] = {
    "person_id": ("person_id", "id", "编号", "人员编号", "工号"),
    "name": ("name", "姓名"),
    "group": ("group", "工作组", "组别"),
    "team": ("team", "队伍", "网格队"),
    "role": ("role", "角色", "岗位角色"),
    "other_roles": ("other_roles", "兼任", "可兼角色"),
    "skills": ("skills", "技能"),
    "available": ("available", "可上岗时间"),
    "hours_per_day": ("hours_per_day", "每日工时上限"),
    "hours_in_event": ("hours_in_event", "活动工时上限"),
    "x_m": ("x_m",),
    "y_m": ("y_m",),
    "phone": ("phone", "电话", "手机"),
    "stands_with": ("stands_with", "同岗", "须同岗"),
    "stands_apart": ("stands_apart", "不同岗", "不可同岗"),
}
"""Columns and what they may be called; only the id and the role must be there."""


def read_staff(path: Path, *, horizon: Horizon, time_zone: str, pairs: Sequence[Pair] = ()) -> Staff:
    """
    Read people from a table (.csv, .xlsx, .json and more).

    Several roles or skills stand in one cell with `;` or `、` between them. `available` is from/to pairs, `;` between
    them, such as 2026-09-27 08:00/2026-09-27 14:00; local times unless they say otherwise; empty is always. A stretch
    is cut to whole slots inside it. `stands_with` and `stands_apart` name other people of the table by id; `pairs` are
    those known already.

    Raises
    ------
    SchemaError
        If a column is missing, or with every row that cannot be used.
    """
    table = read_file(path).frame
    columns = {key: next((n for n in names if n in table.columns), None) for key, names in NAMES.items()}
    missing = [key for key in ("person_id", "role") if columns[key] is None]
    if missing:
        raise SchemaError(
            say("columns with id and role of each person"),
            say("no {missing} among {columns}", missing=name_few(missing), columns=name_few(table.columns)),
            say("name them {names}", names=", ".join(f"{key} / {NAMES[key][-1]}" for key in missing)),
        )
    faults: list[Say] = []
    rows = [{key: _cell(row, name) for key, name in columns.items()} for _, row in table.iterrows()]
    people = [_person(cells, at, horizon, time_zone, faults) for at, cells in enumerate(rows, 2)]
    stated = [one for at, cells in enumerate(rows, 2) for one in _pairs(cells, at)]
    joined = joined_pairs(pairs, stated, (one.person_id for one in people), faults)
    raise_faults(SchemaError, say("people that can be rostered"), faults[:20], say("correct these rows"))
    return Staff(tuple(people), joined)


def _cell(row: pd.Series, name: str | None) -> str:
    value = None if name is None else row[name]
    return "" if value is None or pd.isna(value) else str(value).strip()


def _person(cells: dict[str, str], at: int, horizon: Horizon, zone: str, faults: list[Say]) -> Person:
    for key in ("person_id", "role"):
        if not cells[key]:
            faults.append(say("row {at}: no {key}", at=at, key=key))
    x, y = (_number(cells[key], key, at, faults) for key in ("x_m", "y_m"))
    return Person(
        person_id=cells["person_id"], name=cells["name"], group=cells["group"], team=cells["team"], role=cells["role"],
        other_roles=_several(cells["other_roles"]), skills=frozenset(_several(cells["skills"])),
        available=_stretches(cells["available"], at, horizon, zone, faults),
        hours_per_day=_number(cells["hours_per_day"], "hours_per_day", at, faults),
        hours_in_event=_number(cells["hours_in_event"], "hours_in_event", at, faults),
        home=(x, y) if x is not None and y is not None else None, phone=cells["phone"],
    )  # fmt: skip


def _pairs(cells: dict[str, str], at: int) -> list[Stated]:
    who = cells["person_id"]
    return [
        Stated(say("row {at}", at=at), Pair(one=who, other=other, is_together=is_together))
        for key, is_together in (("stands_with", True), ("stands_apart", False))
        for other in _several(cells[key])
        if who
    ]


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("；", ";").replace("、", ";").split(";") if part.strip())


def _number(text: str, key: str, at: int, faults: list[Say]) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        found = float("nan")
    if found is not None and (found != found or (key.startswith("hours") and found < 0)):
        faults.append(say("row {at}: {key} {text!r}", at=at, key=key, text=text))
        return None
    return found


def _stretches(
    text: str, at: int, horizon: Horizon, zone: str, faults: list[Say]
) -> tuple[tuple[int, int], ...] | None:
    if not text:
        return None
    found = []
    for part in _several(text):
        try:
            start, end = (_local(one, zone) for one in part.split("/"))
        except ValueError:
            faults.append(say("row {at}: {key} {text!r}", at=at, key="available", text=part))
            continue
        low, high = max(horizon.slot_up(start), 0), min(horizon.slot(end), horizon.slots)
        if end <= start:
            faults.append(say("row {at}: {key} {text!r}", at=at, key="available", text=part))
        elif low < high:
            found.append((low, high))
    return tuple(found)


def _local(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def people_rows(staff: Staff) -> list[dict[str, Any]]:
    """Return what of people is personal, for the store: id, name, phone, group, team."""
    return [
        {"person_id": one.person_id, "name": one.name, "phone": one.phone, "group": one.group, "team": one.team}
        for one in staff.people
    ]
