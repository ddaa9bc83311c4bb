"""The wall at a past time: incidents at their stage of then, units at their last fix, and what happened after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from api.kept import Kept, scope_key
from geo.patrol.trust import is_trusted

MOST_INCIDENTS = 5_000
MOST_FIXES = 60_000
STEPS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
ENDS = ("closed", "void")
NOT_A_STAGE = ("suspended", "resumed", "extended")
STAGE_COLUMNS = ("accepted", "dispatched", "arrived", "handled", "verified", "closed")
COLUMNS = (
    "incident_id", "category", "title", "lon", "lat", "area_id", "reason", "status", "occurred_at", "reported_at",
    "due_at", *(f"{stage}_at" for stage in STAGE_COLUMNS),
)  # fmt: skip
UNIT = 1e-6
UNKNOWN_KIND = "tracker"
TABLES = Kept(12)
MARGIN = timedelta(milliseconds=1)
FIXES = ("unit_id", "at", "lon", "lat", "area_id", "marks")
Step = tuple[datetime, str]


def text_of(value: Any) -> str | None:
    """Return a text of a table, None where it is missing."""
    return None if value is None or value is pd.NA or value != value else str(value)


def time_of(value: Any) -> datetime | None:
    """Return a time of a table, None where it is missing."""
    return None if value is None or value is pd.NaT or value != value else value.to_pydatetime()


def begun_of(row: Any) -> datetime:
    """Return when an incident of `read_incidents` began; each of them has begun."""
    begun: datetime = row.begun.to_pydatetime()
    return begun


def number_of(value: Any) -> float | None:
    """Return a coordinate of a table rounded as `fixes_between` does, None where it is missing."""
    return None if value is None or value != value else float(np.rint(value / UNIT)) / 1e6


def fold(steps: Iterable[Step], begun: datetime, until: datetime) -> dict[str, Any]:
    """
    Return the stage an incident had at `until`, from its steps in order of time.

    Suspending, resuming and extending are not stages. A closed incident that is returned is open again.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = [datetime(2026, 11, 1, hour, tzinfo=UTC) for hour in range(8, 12)]
    >>> done = [(at[0], "reported"), (at[1], "arrived"), (at[2], "closed")]
    >>> fold(done, at[0], at[1])["stage"], fold(done, at[0], at[3])["stage"]
    ('arrived', 'closed')
    >>> fold(done, at[0], at[1])["closed_at"] is None
    True
    """
    stage, changed, arrived, closed = "reported", begun, None, None
    for at, name in steps:
        if at > until:
            break
        if name in NOT_A_STAGE:
            continue
        stage, changed = name, at
        arrived = arrived or (at if name == "arrived" else None)
        closed = at if name in ENDS else None
    return {"stage": stage, "changed_at": changed, "arrived_at": arrived, "closed_at": closed}


def read_incidents(desk: Any) -> pd.DataFrame:
    """Return every incident the reader may see, with `begun` and `ended`; kept for the edition and scope."""

    def make() -> pd.DataFrame:
        rows = pd.DataFrame(desk.rows("incidents", columns=list(COLUMNS)))
        rows["begun"] = rows["reported_at"].fillna(rows["occurred_at"])
        return rows[rows["begun"].notna()].sort_values(["begun", "incident_id"]).reset_index(drop=True)

    return TABLES.get((*scope_key(desk), "replay incidents"), make)


def read_people(desk: Any) -> dict[str, tuple[str, str]]:
    """Return {unit: (kind, name)} of the people the reader may see; kept for the edition and scope."""

    def make() -> dict[str, tuple[str, str]]:
        rows = desk.rows("people", columns=["person_id", "role", "name"])
        columns = zip(rows["person_id"], rows["role"], rows["name"], strict=True)
        return {str(unit): (text_of(role) or UNKNOWN_KIND, text_of(name) or str(unit)) for unit, role, name in columns}

    return TABLES.get((*scope_key(desk), "replay people"), make)


def read_fixes(desk: Any, start: datetime, end: datetime, *, units: list[str] | None = None) -> pd.DataFrame:
    """Return the trusted fixes from `start` to `end`, both included, in order of time."""
    fixes = desk.fixes(start, end + MARGIN, columns=list(FIXES), units=units)
    return fixes[is_trusted(fixes["marks"])]


def read_steps(desk: Any, rows: pd.DataFrame) -> dict[str, list[Step]]:
    """Return {incident: its steps in order}; where no step is recorded, the times of its stages stand for them."""
    steps: dict[str, list[Step]] = defaultdict(list)
    if len(rows):
        wanted = {"incident_id": rows["incident_id"].tolist()}
        events = desk.rows("incident_events", columns=["incident_id", "at", "stage"], where=wanted)
        for key, at, stage in zip(events["incident_id"], events["at"], events["stage"], strict=True):
            if isinstance(stage, str) and stage:
                steps[str(key)].append((at.to_pydatetime(), stage))
    for row in rows[~rows["incident_id"].isin(steps)].itertuples():
        own = [(time_of(getattr(row, f"{stage}_at")), stage) for stage in STAGE_COLUMNS]
        known = [(at, stage) for at, stage in own if at is not None]
        if row.status == "void" and not any(stage == "closed" for _, stage in known):
            known.append((max([at for at, _ in known], default=begun_of(row)), "void"))
        steps[str(row.incident_id)] = sorted(known)
    return steps


def choose_incidents(
    desk: Any, start: datetime, end: datetime, *, keep: timedelta
) -> tuple[pd.DataFrame, dict[str, list[Step]], int]:
    """
    Return the incidents that could be on the wall between two times, their steps, and how many there are.

    Where they are more than MOST_INCIDENTS, the latest of them come; the number says how many there are.
    """
    rows = read_incidents(desk)
    ended = rows["closed_at"]
    rows = rows[(rows["begun"] <= end) & (ended.isna() | (ended >= start - keep))]
    total = len(rows)
    rows = rows.tail(MOST_INCIDENTS)
    return rows, read_steps(desk, rows), total


def describe(row: Any, now: dict[str, Any]) -> dict[str, Any]:
    """Return one incident as the wall holds it."""
    return {
        "id": str(row.incident_id),
        "category": text_of(row.category),
        "title": text_of(row.title),
        "stage": now["stage"],
        "lon": number_of(row.lon),
        "lat": number_of(row.lat),
        "area_id": text_of(row.area_id),
        "reason": text_of(row.reason),
        "reported_at": begun_of(row),
        "due_at": time_of(row.due_at),
        "arrived_at": now["arrived_at"],
        "closed_at": now["closed_at"],
        "changed_at": now["changed_at"],
    }


def incidents_at(desk: Any, at: datetime, *, keep: timedelta) -> tuple[list[dict[str, Any]], int]:
    """Return the incidents on the wall at a time, and how many open ones were left off because they are too many."""
    rows, steps, total = choose_incidents(desk, at, at, keep=keep)
    found = []
    for row in rows.itertuples():
        now = fold(steps[str(row.incident_id)], begun_of(row), at)
        if now["closed_at"] is None or now["closed_at"] + keep > at:
            found.append(describe(row, now))
    return found, total - len(rows)


def changes_between(desk: Any, start: datetime, end: datetime, *, keep: timedelta) -> list[dict[str, Any]]:
    """Return each state an incident came into after `start` and up to `end`, in order of time."""
    rows, steps, _ = choose_incidents(desk, start, end, keep=keep)
    found = []
    for row in rows.itertuples():
        begun, own = begun_of(row), steps[str(row.incident_id)]
        moments = {at for at, stage in own if stage not in NOT_A_STAGE and begun <= at} | {begun}
        for at in sorted(moments):
            if start < at <= end:
                found.append({**describe(row, fold(own, begun, at)), "at": at})
    return sorted(found, key=lambda one: (one["at"], one["id"]))


def units_at(desk: Any, at: datetime, *, back: timedelta) -> list[dict[str, Any]]:
    """Return each unit at its last fix before a time, where that is not older than `back`."""
    fixes = read_fixes(desk, at - back, at)
    last = fixes.drop_duplicates("unit_id", keep="last")
    people = read_people(desk)
    found = []
    for unit, when, lon, lat, area, marks in zip(*(last[name] for name in FIXES), strict=True):
        kind, name = people.get(str(unit), (UNKNOWN_KIND, str(unit)))
        found.append(
            {
                "id": str(unit), "kind": kind, "name": name, "lon": number_of(lon), "lat": number_of(lat),
                "at": when.to_pydatetime(), "area_id": text_of(area),
                "marks": (text_of(marks) or "").split(",") if text_of(marks) else [],
            }
        )  # fmt: skip
    return sorted(found, key=lambda one: one["id"])


def fixes_between(desk: Any, start: datetime, end: datetime, *, step_s: int) -> dict[str, Any]:
    """
    Return the fixes after `start` and up to `end` in columns, in order of time.

    Of each unit the last fix of every `step_s` seconds comes; `step_s` of the answer is wider where they would be more
    than MOST_FIXES. `at` is in milliseconds after `start`, places in units of `unit` degrees.
    """
    fixes = read_fixes(desk, start + MARGIN, end)
    after = fixes["at"].dt.tz_convert(None).to_numpy().astype("datetime64[ms]").astype(np.int64)
    after = after - int(start.timestamp() * 1000)
    unit = fixes["unit_id"].astype("category").cat.remove_unused_categories()
    area = fixes["area_id"].astype("category").cat.remove_unused_categories()
    kept = np.arange(len(fixes))
    for step in [one for one in STEPS_S if one >= step_s] or [step_s]:
        step_s = step
        bucket = pd.DataFrame({"unit": unit.cat.codes, "step": after // (1000 * step)})
        kept = np.flatnonzero(~bucket.duplicated(keep="last"))
        if len(kept) <= MOST_FIXES:
            break
    people = read_people(desk)
    names = [str(one) for one in unit.cat.categories]
    return {
        "step_s": step_s,
        "unit": UNIT,
        "units": [[one, *people.get(one, (UNKNOWN_KIND, one))] for one in names],
        "areas": [str(one) for one in area.cat.categories],
        "marks": _marks(fixes["marks"].iloc[kept]),
        "who": unit.cat.codes.to_numpy()[kept].astype(int),
        "at": after[kept],
        "lon": np.rint(fixes["lon"].to_numpy(dtype=float)[kept] / UNIT).astype(int),
        "lat": np.rint(fixes["lat"].to_numpy(dtype=float)[kept] / UNIT).astype(int),
        "area": area.cat.codes.to_numpy()[kept].astype(int),
    }


def _marks(marks: pd.Series) -> dict[str, list[str]]:
    """Return {row: marks} of the few rows that have any."""
    texts = enumerate(marks.astype(object).tolist())
    return {str(row): text.split(",") for row, text in texts if isinstance(text, str) and text}
