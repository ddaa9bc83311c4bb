"""Units that walk along the roads of a workspace and incidents that move through their stages, for demonstrations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from data.demo.contents.categories import CATEGORIES

METRES_A_DEGREE = 111_195.0
STEPS = ("accepted", "dispatched", "arrived", "handled", "verified", "closed")
PAUSE_S = {"accepted": 40, "dispatched": 30, "arrived": 240, "handled": 600, "verified": 200, "closed": 60}
DUE_S = 3600
Row = dict[str, Any]


@dataclass
class _Case:
    """One incident under way: what its next step is, and when."""

    incident_id: str
    next_step: int
    next_at: datetime


class Feed:
    """
    What happens in a pretended county, asked moment by moment; the same seed walks the same ways.

    `roads` are lines in degrees, `units` the ids of those who walk. Speeds are 0.8 to 1.8 m/s for two thirds of them,
    6 to 14 m/s for the others; one fix in two hundred is poor.
    """

    def __init__(self, roads: list[Any], units: list[str], *, seed: int, speed_up: float = 1.0) -> None:
        self._chance = np.random.default_rng(seed)
        lines = np.asarray(shapely.get_parts(np.asarray(roads, dtype=object)), dtype=object)
        lengths = shapely.length(lines)
        self._lines, self._length = lines[lengths > 0], lengths[lengths > 0]
        self.units, count = units, len(units)
        self._road = self._chance.choice(len(self._lines), count, p=self._length / self._length.sum())
        self._gone = self._chance.uniform(0, 1, count) * self._length[self._road]
        on_foot = self._chance.random(count) < 2 / 3
        walk, drive = self._chance.uniform(0.8, 1.8, count), self._chance.uniform(6, 14, count)
        self._speed = np.where(on_foot, walk, drive) * self._chance.choice([-1, 1], count)
        self._cases: list[_Case] = []
        self._speed_up, self._number = speed_up, 0

    def walk(self, seconds: float, chosen: np.ndarray, now: datetime) -> list[Row]:
        """Move some units on by `seconds` and return their fixes at `now`."""
        length = self._length[self._road[chosen]]
        gone = self._gone[chosen] + self._speed[chosen] * seconds / METRES_A_DEGREE
        turned = (gone < 0) | (gone > length)
        self._speed[chosen[turned]] *= -1
        self._gone[chosen] = np.clip(gone, 0, length)
        points = shapely.line_interpolate_point(self._lines[self._road[chosen]], self._gone[chosen])
        accuracy = np.where(self._chance.random(len(chosen)) < 0.005, 300.0, self._chance.uniform(3, 12, len(chosen)))
        at = now.isoformat()
        columns = (chosen.tolist(), shapely.get_x(points), shapely.get_y(points), accuracy, np.abs(self._speed[chosen]))
        return [
            {
                "unit_id": self.units[unit], "at": at, "lon": round(float(x), 6), "lat": round(float(y), 6),
                "accuracy_m": round(float(accurate), 1), "speed_m_s": round(float(speed), 1),
            }
            for unit, x, y, accurate, speed in zip(*columns, strict=True)
        ]  # fmt: skip

    def report(self, count: int, now: datetime) -> list[Row]:
        """Return new incidents at places along the roads."""
        rows = []
        for _ in range(count):
            self._number += 1
            road = int(self._chance.choice(len(self._lines), p=self._length / self._length.sum()))
            point = shapely.line_interpolate_point(self._lines[road], self._chance.random(), normalized=True)
            category = CATEGORIES[int(self._chance.integers(len(CATEGORIES)))]
            incident_id = f"L{now:%Y%m%d%H%M%S}-{self._number:04d}"
            rows.append(
                {
                    "incident_id": incident_id, "category": category.name, "title": f"{category.name}（演示）",
                    "source": "demo", "status": "reported", "occurred_at": now.isoformat(),
                    "reported_at": now.isoformat(), "due_at": (now + timedelta(seconds=DUE_S)).isoformat(),
                    "lon": round(point.x, 6), "lat": round(point.y, 6),
                }
            )  # fmt: skip
            self._cases.append(_Case(incident_id, 0, now + self._pause(0)))
        return rows

    def _pause(self, step: int) -> timedelta:
        mean = PAUSE_S[STEPS[step]] / self._speed_up
        return timedelta(seconds=float(self._chance.gamma(4, mean / 4)))

    def proceed(self, now: datetime) -> list[Row]:
        """Return the steps of handling that are due by now."""
        rows = []
        for case in self._cases:
            if case.next_at <= now:
                stage = STEPS[case.next_step]
                rows.append(
                    {
                        "event_id": f"{case.incident_id}-{stage}", "incident_id": case.incident_id, "stage": stage,
                        "at": case.next_at.astimezone(UTC).isoformat(),
                    }
                )  # fmt: skip
                case.next_step += 1
                if case.next_step < len(STEPS):
                    case.next_at += self._pause(case.next_step)
        self._cases = [case for case in self._cases if case.next_step < len(STEPS)]
        return rows
