"""Who changes hands: units and households that get another zone, workers whose zone is gone, zones without one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.planning.graph import Ints
from geo.planning.measures.comparison import Match, match_plans

STAYS, FREE = "stays", "free"


def changes_of_hands(old: Ints, new: Ints, size: Ints, *, incidents: Ints, match: Match | None = None) -> pd.DataFrame:
    """
    Return what goes from which zone to which: pairs of zones that do not continue each other.

    Parameters
    ----------
    old, new
        Zone of each unit before and after; -1 for none, and such a unit is left out. Shape (n_units,).
    size, incidents
        Households and incidents of each unit.
    match
        Which zones continue which (`match_plans` where not given).

    Returns
    -------
    handed
        from_zone, to_zone, units, households, incidents; sorted by both zones.

    Examples
    --------
    The second unit leaves zone 0, which goes on as zone 1:

    >>> handed = changes_of_hands(np.array([0, 0, 1]), np.array([1, 0, 0]), np.array([5, 2, 3]),
    ...     incidents=np.array([4, 1, 0]))
    >>> handed.to_dict("list")
    {'from_zone': [0], 'to_zone': [0], 'units': [1], 'households': [2], 'incidents': [1]}
    """
    found = match_plans(old, new, size) if match is None else match
    goes_on = dict(zip(found.old.tolist(), found.new.tolist(), strict=True))
    heir = np.array([goes_on.get(zone, -1) for zone in range(int(old.max(initial=-1)) + 1)], dtype=np.int64)
    rows = np.flatnonzero((old >= 0) & (new >= 0))
    rows = rows[heir[old[rows]] != new[rows]]
    table = pd.DataFrame(
        {
            "from_zone": old[rows],
            "to_zone": new[rows],
            "units": 1,
            "households": size[rows],
            "incidents": incidents[rows],
        }
    )
    return table.groupby(["from_zone", "to_zone"], as_index=False).sum()


def worker_loads(
    worker_unit: Ints, worker_zone: Ints, before: pd.DataFrame, after: pd.DataFrame, match: Match, new: Ints
) -> pd.DataFrame:
    """
    Return the zone and the load of every worker before and after.

    A worker of a whole zone goes on with the zone that continues it, and is free where none does; one of a single unit
    goes with the unit. The load of a zone is shared evenly by the workers of the whole zone; those of a unit bear none
    of it.

    Parameters
    ----------
    worker_unit, worker_zone
        Unit and zone each worker answers for; -1 for none. Who has a unit counts as a worker of that unit.
    before, after
        Figures by zone number (`replay`), with households and incidents.
    match
        Which zones continue which.
    new
        Zone of each unit after.

    Returns
    -------
    workers
        One row each: zone_before, zone_after (-1 none), change (stays or free; "moves" for a unit whose zone does not
        continue its former one), households_before, households_after, incidents_before, incidents_after.

    Examples
    --------
    Two workers share zone 0, which loses half of its households; the zone of the third is gone:

    >>> before = pd.DataFrame({"households": [10, 4], "incidents": [8, 2]})
    >>> after = pd.DataFrame({"households": [14], "incidents": [10]})
    >>> none = np.full(3, -1)
    >>> loads = worker_loads(none, np.array([0, 0, 1]), before, after, Match(np.array([0]), np.array([0]), 10, 4),
    ...     np.array([0, 0]))
    >>> loads[["zone_after", "change", "incidents_before", "incidents_after"]].values.tolist()
    [[0, 'stays', 4.0, 5.0], [0, 'stays', 4.0, 5.0], [-1, 'free', 2.0, 0.0]]
    """
    goes_on = dict(zip(match.old.tolist(), match.new.tolist(), strict=True))
    of_zone = worker_unit < 0
    heir = np.array([goes_on.get(zone, -1) for zone in worker_zone.tolist()], dtype=np.int64)
    zone_after = np.where(of_zone, heir, new[worker_unit] if len(new) else -1)
    change = np.where(zone_after < 0, FREE, np.where(zone_after == heir, STAYS, "moves"))
    table = pd.DataFrame({"zone_before": worker_zone, "zone_after": zone_after, "change": change})
    for name in ("households", "incidents"):
        for when, figures, zones in (("before", before, worker_zone), ("after", after, zone_after)):
            table[f"{name}_{when}"] = _shared(zones, of_zone, figures[name].to_numpy(float))
    return table


def _shared(zones: np.ndarray, of_zone: np.ndarray, load: np.ndarray) -> np.ndarray:
    bears = of_zone & (zones >= 0)
    workers = np.bincount(zones[bears], minlength=len(load))
    share = np.zeros(len(zones))
    share[bears] = load[zones[bears]] / workers[zones[bears]]
    return share


def zones_without_worker(worker_unit: Ints, zone_after: Ints, count: int) -> Ints:
    """
    Return the zones after the change that no worker of a whole zone answers for.

    Examples
    --------
    >>> zones_without_worker(np.array([-1, 4]), np.array([0, 1]), 3).tolist()
    [1, 2]
    """
    held = np.unique(zone_after[(worker_unit < 0) & (zone_after >= 0)])
    return np.setdiff1d(np.arange(count), held)
