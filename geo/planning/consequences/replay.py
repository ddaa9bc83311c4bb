"""The past year on the zones of a plan: work, the way to incidents, visits and patrols per zone, before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.contracts import raise_faults
from geo.errors import SchemaError, say
from geo.planning.graph import Floats, Ints

NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Past:
    """
    What happened in a period, by unit, ready to be counted on any plan of these units.

    `incident_unit` is the unit each incident lay in (-1: none of them), `incident_x_m`, `incident_y_m` where (NaN
    unknown); `visits` and `patrol_minutes` are sums by unit.
    """

    incident_unit: Ints
    incident_x_m: Floats
    incident_y_m: Floats
    visits: Ints
    patrol_minutes: Floats


@dataclass(frozen=True)
class Travel:
    """
    How a worker gets to an incident: straight distance times `detour` at `speed_km_h`; in time within `in_time_min`.

    Assumption: they start where the households of their zone have their middle, and are free.
    """

    speed_km_h: float
    detour: float
    in_time_min: float

    def minutes(self, distance_m: Floats) -> Floats:
        """
        Return how long the way takes.

        Examples
        --------
        >>> Travel(15.0, 1.2, 15.0).minutes(np.array([1000.0])).round(2).tolist()
        [4.8]
        """
        return distance_m * self.detour / (self.speed_km_h * 1000 / 60)


def replay(zone: Ints, count: int, *, size: Ints, x_m: Floats, y_m: Floats, past: Past, travel: Travel) -> pd.DataFrame:
    """
    Count a period on the zones of a plan.

    Assumption: incidents, visits and patrols stay where they were, only borders move. Every incident in a unit counts
    once; those in no unit count in no zone, so the sum over zones plus them is all.

    Parameters
    ----------
    zone
        Zone of each unit, 0 to `count` - 1; -1 for none. Shape (n_units,).
    size
        Households of each unit.
    x_m, y_m
        A point of each unit, in the metric CRS of the incidents.
    past
        What happened.
    travel
        How the way to an incident is reckoned.

    Returns
    -------
    figures
        Indexed by zone number: households, units, incidents, incidents_per_1000_households (NaN without households),
        arrival_min (median of the reckoned way; NaN without a placed incident), in_time_share, visits,
        visited_share (units with a visit among all), patrol_minutes.

    Raises
    ------
    SchemaError
        If a number has not one value a unit.

    Notes
    -----
    Source: definition; replaying calls on changed districts follows Camacho-Collados and Liberatore 2015. Cost: O(n log
    n) in incidents.

    Examples
    --------
    Two units of 10 households, 600 m apart, one zone; two incidents at the western one, one at the eastern one; at 6
    km/h the way from the middle, which is the western unit (the first of two equal ones), takes 0, 0 and 6 minutes:

    >>> past = Past(np.array([0, 0, 1, -1]), np.array([0.0, 0, 600, 9]), np.zeros(4), np.array([3, 0]),
    ...     np.array([12.0, 30.0]))
    >>> found = replay(np.array([0, 0]), 1, size=np.array([10, 10]), x_m=np.array([0.0, 600]), y_m=np.zeros(2),
    ...     past=past, travel=Travel(6.0, 1.0, 5.0))
    >>> {name: round(float(value), 3) for name, value in found.iloc[0].items()}  # doctest: +NORMALIZE_WHITESPACE
    {'households': 20.0, 'units': 2.0, 'incidents': 3.0, 'incidents_per_1000_households': 150.0, 'arrival_min': 0.0,
    'in_time_share': 0.667, 'visits': 3.0, 'visited_share': 0.5, 'patrol_minutes': 42.0}
    """
    _require_units(zone, size, x_m, y_m, past)
    held = zone >= 0
    households = np.bincount(zone[held], size[held], minlength=count)
    units = np.bincount(zone[held], minlength=count)
    visited = np.bincount(zone[held], (past.visits[held] > 0).astype(float), minlength=count)
    of_incident = np.where(past.incident_unit >= 0, zone[past.incident_unit], NOWHERE)
    incidents = np.bincount(of_incident[of_incident >= 0], minlength=count)
    seats = zone_seats(zone, count, size=size, x_m=x_m, y_m=y_m)
    arrival, in_time = _arrivals(of_incident, count, seats, x_m, y_m, past, travel)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(households > 0, 1000 * incidents / households, np.nan)
        share = np.where(units > 0, visited / units, np.nan)
    return pd.DataFrame(
        {
            "households": households.astype(np.int64),
            "units": units,
            "incidents": incidents,
            "incidents_per_1000_households": rate,
            "arrival_min": arrival,
            "in_time_share": in_time,
            "visits": np.bincount(zone[held], past.visits[held], minlength=count).astype(np.int64),
            "visited_share": share,
            "patrol_minutes": np.bincount(zone[held], past.patrol_minutes[held], minlength=count),
        },
        index=pd.RangeIndex(count, name="zone"),
    )


def zone_seats(zone: Ints, count: int, *, size: Ints, x_m: Floats, y_m: Floats) -> Ints:
    """
    Return the unit of each zone that lies nearest to the middle of its households; -1 for a zone without units.

    Where no household is counted every unit weighs the same; of units equally near the first is taken.

    Examples
    --------
    >>> east = np.array([0.0, 5, 10])
    >>> zone_seats(np.zeros(3, dtype=int), 1, size=np.array([1, 1, 8]), x_m=east, y_m=np.zeros(3)).tolist()
    [2]
    """
    held = np.flatnonzero(zone >= 0)
    weight = size[held].astype(float) + 1e-9
    total = np.maximum(np.bincount(zone[held], weight, minlength=count), 1e-300)
    middle = [np.bincount(zone[held], weight * axis[held], minlength=count) / total for axis in (x_m, y_m)]
    away = np.hypot(x_m[held] - middle[0][zone[held]], y_m[held] - middle[1][zone[held]]).round(6)
    order = np.lexsort((held, away, zone[held]))
    seats = np.full(count, NOWHERE, dtype=np.int64)
    first = order[np.r_[True, np.diff(zone[held][order]) != 0]] if len(order) else order
    seats[zone[held][first]] = held[first]
    return seats


def _arrivals(
    of_incident: Ints, count: int, seats: Ints, x_m: Floats, y_m: Floats, past: Past, travel: Travel
) -> tuple[Floats, Floats]:
    """Median way of each zone's placed incidents and the share of them in time."""
    known = (of_incident >= 0) & ~np.isnan(past.incident_x_m) & ~np.isnan(past.incident_y_m)
    zone = of_incident[known]
    seat = seats[zone]
    way = travel.minutes(np.hypot(past.incident_x_m[known] - x_m[seat], past.incident_y_m[known] - y_m[seat]))
    number = np.bincount(zone, minlength=count)
    order = np.lexsort((way, zone))
    start = np.cumsum(number) - number
    some = number > 0
    median = np.full(count, np.nan)
    low, high = start[some] + (number[some] - 1) // 2, start[some] + number[some] // 2
    median[some] = (way[order][low] + way[order][high]) / 2
    share = np.full(count, np.nan)
    share[some] = np.bincount(zone, way <= travel.in_time_min, minlength=count)[some] / number[some]
    return median, share


def _require_units(zone: Ints, size: Ints, x_m: Floats, y_m: Floats, past: Past) -> None:
    lengths = {len(one) for one in (zone, size, x_m, y_m, past.visits, past.patrol_minutes)}
    faults = [say("{count} different numbers of units", count=len(lengths))] if len(lengths) > 1 else []
    if len(zone) and past.incident_unit.max(initial=-1) >= len(zone):
        faults.append(
            say("incidents of unit {number} of {count}", number=int(past.incident_unit.max()), count=len(zone))
        )
    raise_faults(SchemaError, say("one value of everything for each unit"), faults, say("give the same units"))
