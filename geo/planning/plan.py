"""A plan: the zone of every unit, and nothing else. Changing it makes another plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.planning.graph import Ints
from geo.planning.units import Units


@dataclass(frozen=True)
class Plan:
    """
    The zone of each unit as a number from 0 on, in the order of `units.ids`. Not to be changed in place.

    Examples
    --------
    >>> from geo.planning.graph import build_graph
    >>> from geo.planning.units import Band, build_units
    >>> table = pd.DataFrame({"n": [1, 1, 1]}, index=["a", "b", "c"])
    >>> units = build_units(table, build_graph(3, [[0, 1], [1, 2]]), size="n", bands={"": Band(1, 2)})
    >>> plan = Plan(units, np.array([0, 0, 1]))
    >>> plan.sizes().tolist(), plan.assignment.to_dict()
    ([2, 1], {'a': 0, 'b': 0, 'c': 1})
    """

    units: Units
    zone: Ints

    @property
    def count(self) -> int:
        """Number of zones: one more than the highest number in use."""
        return int(self.zone.max(initial=-1)) + 1

    @property
    def assignment(self) -> pd.Series:
        """The zone by unit id."""
        return pd.Series(self.zone, index=pd.Index(self.units.ids, name="unit_id"), name="zone")

    def sizes(self) -> Ints:
        """Return the size of every zone."""
        return np.bincount(self.zone, self.units.size, minlength=self.count).astype(np.int64)

    def loads(self) -> np.ndarray:
        """Return the workload of every zone."""
        return np.bincount(self.zone, self.units.workload, minlength=self.count)

    def groups(self) -> Ints:
        """Return the group (parent and class) of every zone, that of its first unit; -1 for an unused number."""
        group = np.full(self.count, -1, dtype=np.int64)
        group[self.zone[::-1]] = self.units.group[::-1]
        return group

    def with_zone(self, zone: Ints) -> Plan:
        """Return the plan with other zones, numbered from 0 without gaps by their first unit."""
        return Plan(self.units, compact(zone))


def compact(zone: Ints) -> Ints:
    """
    Renumber zones from 0 without gaps, in the order of their first unit.

    Examples
    --------
    >>> compact(np.array([7, 7, 2, 7])).tolist()
    [0, 0, 1, 0]
    """
    return pd.factorize(zone)[0].astype(np.int64)
