"""The hours a roster covers, as numbered slots of equal length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from geo.errors import SchemaError, say

DAY_MIN = 1440


@dataclass(frozen=True)
class Horizon:
    """
    Slots 0 to `slots` - 1, each `slot_min` minutes, the first beginning at `start` (aware).

    A calendar day is local: `utc_offset_min` after UTC. Night is 22:00 to 06:00 local.

    Examples
    --------
    >>> from datetime import UTC
    >>> three = Horizon(datetime(2026, 9, 26, 22, tzinfo=UTC), 72, 60, utc_offset_min=480)
    >>> three.days, three.day(0), three.day(17), three.day(18), three.label(18)
    (4, 0, 0, 1, '09-28 00:00')
    >>> three.slot(datetime(2026, 9, 27, 1, 30, tzinfo=UTC)), three.is_night(16)
    (3, True)
    """

    start: datetime
    slots: int
    slot_min: int = 60
    utc_offset_min: int = 0

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.slots < 1 or self.slot_min < 1 or DAY_MIN % self.slot_min:
            raise SchemaError(
                say("a start with its time zone, at least one slot, and slots that divide a day"),
                say("start {start}, {slots} slots of {minutes} min", start=self.start.isoformat(), slots=self.slots,
                    minutes=self.slot_min),
                say("correct the hours of the roster"),
            )  # fmt: skip

    def _local_min(self, slot: int) -> int:
        local = self.start + timedelta(minutes=slot * self.slot_min)
        seconds = local.timestamp() + self.utc_offset_min * 60
        return int(seconds // 60)

    def day(self, slot: int) -> int:
        """Return the number of the local calendar day the slot begins in; slot 0 is in day 0."""
        return self._local_min(slot) // DAY_MIN - self._local_min(0) // DAY_MIN

    @property
    def days(self) -> int:
        """How many calendar days the slots touch."""
        return self.day(self.slots - 1) + 1

    def minute_of_day(self, slot: int) -> int:
        """Return the local minute of the day the slot begins at, 0 to 1439."""
        return self._local_min(slot) % DAY_MIN

    def is_night(self, slot: int) -> bool:
        """Say whether the slot begins between 22:00 and 06:00 local."""
        minute = self.minute_of_day(slot)
        return minute >= 22 * 60 or minute < 6 * 60

    def at(self, slot: int) -> datetime:
        """Return the moment a slot begins; `at(slots)` is the end of the horizon."""
        return self.start + timedelta(minutes=slot * self.slot_min)

    def slot(self, moment: datetime) -> int:
        """Return the slot that holds a moment; before the start it is negative."""
        return int((moment - self.start).total_seconds() // (self.slot_min * 60))

    def slot_up(self, moment: datetime) -> int:
        """Return the first slot that begins at the moment or later."""
        return -int(-(moment - self.start).total_seconds() // (self.slot_min * 60))

    def label(self, slot: int) -> str:
        """Return the local month, day and time a slot begins, as 09-28 00:00."""
        return self.label_of(self.at(slot))

    def label_of(self, moment: datetime) -> str:
        """Return the local month, day and time of any moment, as 09-28 00:00."""
        return moment.astimezone(timezone(timedelta(minutes=self.utc_offset_min))).strftime("%m-%d %H:%M")

    def most_slots(self, hours: float) -> int:
        """Return how many whole slots fit into so many hours."""
        return int(hours * 60 // self.slot_min)

    def least_slots(self, hours: float) -> int:
        """Return the least number of slots that last so many hours or more."""
        return -int(-hours * 60 // self.slot_min)

    def hours(self, slots: float) -> float:
        """Return the hours so many slots last."""
        return slots * self.slot_min / 60
