"""How many were counted at the busiest moment: a crowd, vehicles, or people by their telephones."""

from __future__ import annotations

import pandas as pd

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import NONE, counted, is_recorded, measured, no_data, positions, rows_in


def peak_count(areas: pd.DataFrame, counts: pd.DataFrame, *, window: Window, count_kind: str) -> pd.DataFrame:
    """
    How many were counted at the busiest moment: a crowd, vehicles, or people by their telephones.

    Values of one kind counted at the same moment, such as the same hour, are added over the area; the highest sum
    is the peak. Spots counted at different moments are never added, so nobody is counted twice. NaN where nothing of
    this kind was counted, which is not 0.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    counts
        Counts with kind, at (aware UTC), value and area_id (None = unassigned); may be empty.
    window
        The period, start included, end excluded.
    count_kind
        Which counts: crowd, traffic, telecom.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. People or vehicles, >= 0; records are counts of the kind.
        Not an estimate: no interval.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition. Cost: O(n log n).

    Examples
    --------
    In A two spots count 30 and 40 at nine and one of them 60 at ten; in B one spot counts 50:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = peak_count(drawn("areas"), drawn("counts"), window=WEEK, count_kind="crowd")
    >>> found[["value", "records"]].T.to_dict("list")
    {'A': [70.0, 3.0], 'B': [50.0, 1.0], 'C': [nan, 0.0]}
    """
    require_areas(areas)
    if not is_recorded(counts):
        return no_data(areas)
    chosen = rows_in(counts, "at", window)
    chosen = chosen[((chosen["kind"] == count_kind) & chosen["value"].notna()).to_numpy(bool)]
    place = positions(chosen["area_id"], areas.index)
    sums = chosen["value"].astype(float).groupby([place, chosen["at"].to_numpy()]).sum()
    peak = sums.groupby(level=0).max().reindex(range(NONE, len(areas))).iloc[1:]
    return measured(areas, peak.to_numpy(dtype=float), counted(place, len(areas)))


SPEC = MetricSpec(
    title="Highest count",
    unit="people or vehicles",
    needs=("areas", "counts"),
    compute=peak_count,
    source="definition.",
    help="Most counted at one moment of the period, all counting spots of the area together.",
    higher_is_better=None,
    additive=False,
    settings=("count_kind",),
    decimals=0,
    is_estimate=False,
)
