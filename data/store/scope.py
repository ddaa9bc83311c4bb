"""Which rows a person may see: those of their area and everything below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, select, true

from data.store.reading import is_current, is_one_of
from data.store.tables import KIND_TABLES

PUBLIC_KINDS = ("roads", "water")
"""The base map: drawn for everybody, nobody's rows."""
SCOPED_THROUGH = {"incident_events": ("incident_id", "incidents")}
"""Kinds without an area of their own: (their column, the kind whose row of that key decides)."""


@dataclass(frozen=True)
class Scope:
    """The area ids a reader may see; None is everything, rows without an area included."""

    area_ids: tuple[str, ...] | None

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
            return is_one_of(table.c.area_id, self.area_ids)
        if kind in SCOPED_THROUGH:
            column, deciding = SCOPED_THROUGH[kind]
            other = KIND_TABLES[deciding]
            inside = and_(is_current(other, edition), is_one_of(other.c.area_id, self.area_ids))
            return table.c[column].in_(select(other.c[column]).where(inside))
        return false()

    def holds(self, area_id: Any) -> bool:
        """Say whether a row of this area may be seen."""
        return self.area_ids is None or (isinstance(area_id, str) and area_id in self.area_ids)
