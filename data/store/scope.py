"""Which rows a person may see: those of their area and everything below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, or_, select, true

from data.store.reading import is_current, is_one_of
from data.store.tables import KIND_TABLES, KINDS

PUBLIC_KINDS = ("roads", "water")
"""The base map: drawn for everybody, nobody's rows."""
SCOPED_THROUGH = {"incident_events": ("incident_id", "incidents")}
"""Kinds without an area of their own: (their column, the kind whose row of that key decides)."""


@dataclass(frozen=True)
class Scope:
    """
    The area ids a reader may see; None is everything, rows without an area included.

    `spans` are (start, end, area ids) in microseconds where these ids were others at other times: a row with a time is
    judged by the boundaries of its own time, any other by `area_ids`, those of today.
    """

    area_ids: tuple[str, ...] | None
    spans: tuple[tuple[int, int, tuple[str, ...]], ...] = ()

    def condition(self, kind: str, edition: int) -> ColumnElement[bool]:
        """
        Return the condition on the rows of `kind`.

        Rows without an area are seen only where `area_ids` is None. A kind that has neither an area nor a rule
        here is seen only by people with no area limit.
        """
        if self.area_ids is None or kind in PUBLIC_KINDS:
            return true()
        table = KIND_TABLES[kind]
        if "area_id" in table.c:
            return self._inside(table, KINDS[kind].time_field)
        if kind in SCOPED_THROUGH:
            column, deciding = SCOPED_THROUGH[kind]
            other = KIND_TABLES[deciding]
            inside = and_(is_current(other, edition), self._inside(other, KINDS[deciding].time_field))
            return table.c[column].in_(select(other.c[column]).where(inside))
        return false()

    def _inside(self, table: Table, time_field: str) -> ColumnElement[bool]:
        inside = is_one_of(table.c.area_id, self.area_ids or ())
        if not self.has_history or not time_field:
            return inside
        at = table.c[time_field]
        own_time = [and_(at >= low, at < high, is_one_of(table.c.area_id, ids)) for low, high, ids in self.spans]
        return or_(*own_time, and_(at.is_(None), inside))

    @property
    def has_history(self) -> bool:
        """Say whether what lies inside has changed over time."""
        return self.area_ids is not None and any(ids != self.area_ids for _, _, ids in self.spans)

    def holds(self, area_id: Any) -> bool:
        """Say whether a row of this area may be seen."""
        return self.area_ids is None or (isinstance(area_id, str) and area_id in self.area_ids)
