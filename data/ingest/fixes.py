"""Taking in position fixes: read, told from those that are there, placed, judged, appended to the open segment."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.imports.coordinates import to_lon_lat
from data.ingest.fields import Reading, join_ids
from data.ingest.ground import Ground
from data.ingest.outcome import Outcome, Sending
from data.store.fixes import FixArchive
from data.store.segments import FOLDER, Key, Segment, segment_paths
from geo.patrol.trust import DISTRUSTED_NAMES, UNKNOWN_UNIT, judge_fixes, name_marks

Spot = tuple[int, float, float, str | None, tuple[str, ...]]
"""Where a unit was when last trusted: time in microseconds, longitude, latitude, area, marks."""
Changed = Callable[[Iterable[str]], None]


@dataclass
class _Fixes:
    """The usable fixes of one batch, in the order sent."""

    units: list[str]
    at: list[int]
    lon: list[float]
    lat: list[float]
    accuracy: list[float | None]
    speed: list[float | None]
    ids: list[str | None]
    kinds: list[str | None]
    names: list[str | None]
    invalid: list[bool]

    def take(self, rows: list[int]) -> _Fixes:
        """Return some of them."""
        return _Fixes(*([column[row] for row in rows] for column in vars(self).values()))


def read_fixes(reading: Reading, sending: Sending) -> _Fixes:
    """Return the usable fixes of a batch; what is wrong with the others stands in the reading."""
    columns = reading.columns
    units = reading.texts("unit_id", required=True)
    reading.ids = units
    at = reading.moments("at", sending.zone, required=True)
    if sending.crs in ("", "EPSG:4326"):
        lon = reading.numbers("lon", low=-180, high=180, required=True)
        lat = reading.numbers("lat", low=-90, high=90, required=True)
    else:
        lon, lat = (reading.numbers(name, required=True) for name in ("lon", "lat"))
    accuracy, speed = (reading.numbers(name, low=0) for name in ("accuracy_m", "speed_m_s"))
    sources = reading.texts("source") if "source" in columns else [sending.source] * reading.count
    ids = reading.texts("fix_id") if "fix_id" in columns else join_ids(sources, reading.texts("source_id"))
    kinds, names = reading.texts("unit_kind"), reading.texts("unit_name")
    valid = columns.get("is_valid") or [True] * reading.count
    invalid = [one in (False, "false", "0", 0) for one in valid]
    every = _Fixes(units, at, lon, lat, accuracy, speed, ids, kinds, names, invalid)  # type: ignore[arg-type]
    rows = reading.usable()
    found = every if len(rows) == reading.count else every.take(rows)
    if sending.crs not in ("", "EPSG:4326") and found.units:
        x, y = to_lon_lat(np.array(found.lon), np.array(found.lat), sending.crs)
        found.lon, found.lat = x.tolist(), y.tolist()
    return found


class FixIntake:
    """
    The fixes of one workspace: which are known, where each unit was last, and the segment being written.

    A fix is known by its unit and moment. Above `floor_us` and the newest time of its unit a fix is new for sure;
    any other is looked up exactly: in the segments, which stay a while after they are sealed, and in the sealed days.
    """

    def __init__(self, folder: Path, ground: Ground, now_us: int) -> None:
        self.folder, self.ground = folder, ground
        self.spots: dict[str, Spot] = {}
        self.labels: dict[str, tuple[str, str]] = {}
        self.closed: list[Segment] = []
        self.open: Segment | None = None
        self._archive = FixArchive(folder, ())
        self.reload(now_us)
        self._restore(now_us)

    def reload(self, now_us: int) -> None:
        """Look at the disk again: segments that wait to be sealed, days that are sealed, newest times."""
        self._archive = self.ground.store.fix_archive(unsealed=True)
        there = segment_paths(self.folder)
        names = {path.stem for path in there}
        for segment in self.closed:
            if segment.name not in names:
                segment.close()
        self.closed = [segment for segment in self.closed if segment.name in names]
        have = {segment.name for segment in (*self.closed, *([self.open] if self.open else []))}
        unsealed = {path.stem for path in self._archive.segments}
        for path in there:
            if path.stem in unsealed - have:
                self.closed.append(Segment(path))
                self.closed[-1].finish()
        self.floor_us = now_us
        self.high: dict[str, int] = {}
        moment = datetime.fromtimestamp(now_us / 1e6, UTC)
        ahead = self._archive.read_arrow(moment, None, columns=["unit_id", "at"])
        newest = ahead.set_column(1, "at", ahead["at"].cast(pa.int64())).group_by("unit_id").aggregate([("at", "max")])
        self.high = dict(zip(newest["unit_id"].to_pylist(), newest["at_max"].to_pylist(), strict=True))

    def _restore(self, now_us: int) -> None:
        """Find where each unit was last trusted, within the hours a map shows, from the disk."""
        moment = datetime.fromtimestamp(now_us / 1e6, UTC)
        start = moment - timedelta(hours=float(self.ground.settings["live_unit_hours"]))
        most = int(self.ground.settings["live_restore_rows"])
        files = [one for one in self._archive.files if one[4] >= start.timestamp() * 1e6]
        rows, recent = 0, []
        for one in sorted(files, key=lambda one: -one[4]):
            rows += one[2]
            if rows > most:
                break
            recent.append(one)
        archive = FixArchive(self.folder, tuple(recent), self._archive.segments)
        columns = ["unit_id", "at", "lon", "lat", "area_id", "marks"]
        limit = moment + timedelta(seconds=self.ground.limits.future_s)
        found = archive.read_arrow(start, limit, columns=columns).sort_by("at")
        values = [found[name].cast(pa.int64() if name == "at" else found[name].type).to_pylist() for name in columns]
        for unit, at, lon, lat, area_id, marks in zip(*values, strict=True):
            named = tuple(marks.split(",")) if marks else ()
            if DISTRUSTED_NAMES.isdisjoint(named):
                self.spots[unit] = (at, lon, lat, area_id, named)

    def label(self, unit: str) -> tuple[str, str]:
        """Return kind and name of a unit: what its rows say, else the person's, else `tracker` and its id."""
        kind, name = self.labels.get(unit, ("", ""))
        role, called = self.ground.people.get(unit, ("", ""))
        return kind or role or "tracker", name or called or unit

    def segment(self, now_us: int) -> Segment:
        """Return the segment to write to, a new one where there is none."""
        if self.open is None:
            self.open = Segment(self.folder / FOLDER / f"segment-{now_us:016d}.sqlite")
            self.open.note("areas_edition", self.ground.areas_edition)
        return self.open

    def is_full(self, now_us: int) -> bool:
        """Say whether the open segment has reached its rows or its age."""
        if self.open is None or not self.open.rows:
            return False
        settings = self.ground.settings
        age_s = (now_us - self.open.created_us) / 1e6
        return self.open.rows >= settings["segment_rows"] or age_s >= settings["segment_s"]

    def rotate(self) -> None:
        """Close the open segment for writing; it is sealed next."""
        if self.open is not None:
            self.open.finish()
            self.closed.append(self.open)
            self.open = None

    def take(self, reading: Reading, sending: Sending, now_us: int, changed: Changed) -> Outcome:
        """Take one batch into the open segment; nothing is safe before its `commit`."""
        fixes = read_fixes(reading, sending)
        fresh = self._new_rows(fixes)
        duplicates = len(fixes.units) - len(fresh)
        if duplicates:
            fixes = fixes.take(fresh)
        outcome = Outcome(rows=reading.rows.total, duplicates=duplicates, accepted=len(fixes.units))
        outcome.faults = reading.all_faults()
        if not fixes.units:
            return outcome
        area_ids, reasons = self.ground.locate(fixes.lon, fixes.lat)
        marks, newest = judge_fixes(
            fixes.units, fixes.at, fixes.lon, fixes.lat,
            _accuracies(fixes), self.ground.limits_m(area_ids), last=self.spots,
            now_us=now_us, limits=self.ground.limits,
        )  # fmt: skip
        people = self.ground.people
        if people:
            marks = [m if unit in people else m | UNKNOWN_UNIT for m, unit in zip(marks, fixes.units, strict=True)]
        told = {mark: ",".join(name_marks(mark)) or None for mark in set(marks)}
        texts = [told[mark] for mark in marks]
        columns = (
            fixes.at, fixes.units, fixes.lon, fixes.lat, fixes.accuracy, fixes.speed,
            area_ids, reasons, texts, fixes.ids,
        )  # fmt: skip
        self.segment(now_us).add(
            zip(*columns, strict=True), at=now_us, actor=sending.actor, source=sending.source, count=len(marks)
        )
        self._remember(fixes, area_ids, marks, newest, changed)
        outcome.count_marks(marks)
        return outcome

    def _remember(
        self,
        fixes: _Fixes,
        area_ids: list[Any],
        marks: list[int],
        newest: dict[str, int],
        changed: Changed,
    ) -> None:
        high = self.high
        for unit, at in zip(fixes.units, fixes.at, strict=True):
            if at > high.get(unit, 0):
                high[unit] = at
        named = {mark: name_marks(mark) for mark in set(marks)}
        for unit, row in newest.items():
            self.spots[unit] = (fixes.at[row], fixes.lon[row], fixes.lat[row], area_ids[row], named[marks[row]])
        for unit, kind, name in zip(fixes.units, fixes.kinds, fixes.names, strict=True):
            if kind or name:
                self.labels[unit] = (kind or "", name or "")
        changed(newest)

    def _new_rows(self, fixes: _Fixes) -> list[int]:
        """Return the rows that are not there yet, the first of each unit and moment."""
        fresh, asked = [], []
        met: set[Key] = set()
        floor, high = self.floor_us, self.high
        for row, key in enumerate(zip(fixes.at, fixes.units, strict=True)):
            if key in met:
                continue
            met.add(key)
            fresh.append(row)
            if key[0] <= max(floor, high.get(key[1], 0)):
                asked.append(key)
        if not asked:
            return fresh
        present = self._present(asked)
        return [row for row in fresh if (fixes.at[row], fixes.units[row]) not in present]

    def _present(self, keys: list[Key]) -> set[Key]:
        found: set[Key] = set()
        for segment in (*self.closed, *([self.open] if self.open else [])):
            found |= segment.present(keys)
        moments = [at for at, _ in keys]
        low, high = min(moments), max(moments)
        held = {segment.name for segment in self.closed}
        files = tuple(
            one for one in self._archive.files if one[4] >= low and one[3] <= high and PurePath(one[1]).stem not in held
        )
        if not files:
            return found
        wanted = pc.field("unit_id").isin(list({unit for _, unit in keys})) & pc.field("at").isin(
            pa.array(sorted(set(moments)), pa.int64()).cast(pa.timestamp("us", tz="UTC"))
        )
        table = FixArchive(self.folder, files).read_arrow(None, None, columns=["at", "unit_id"], condition=wanted)
        return found | set(zip(table["at"].cast(pa.int64()).to_pylist(), table["unit_id"].to_pylist(), strict=True))

    def commit(self) -> None:
        """Put what was taken on the disk."""
        if self.open is not None:
            self.open.commit()

    def close(self) -> None:
        """Close every file; what was not committed is gone."""
        for segment in (*self.closed, *([self.open] if self.open else [])):
            segment.close()


def _accuracies(fixes: _Fixes) -> list[float]:
    """Accuracy of each fix: missing counts as good, one the receiver itself calls invalid as infinitely bad."""
    columns = zip(fixes.accuracy, fixes.invalid, strict=True)
    return [math.inf if bad else math.nan if one is None else one for one, bad in columns]
