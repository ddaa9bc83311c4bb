"""The units a plan is made of: how large each is, where it belongs, what zone it is in today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.contracts import raise_faults, text_ids
from geo.errors import Say, SchemaError, name_few, say
from geo.planning.graph import Floats, Graph, Ints, label_parts

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Band:
    """
    How large a zone may be: from `low` to `high`, both included; an exempt class has no band, one zone a part.

    Examples
    --------
    >>> Band(300, 500).numbers(550), Band(300, 500).numbers(700)
    (range(2, 2), range(2, 3))
    """

    low: int
    high: int
    is_exempt: bool = False

    def numbers(self, total: int) -> range:
        """Return the possible numbers of zones for a total size; empty where there is none (501 to 599 at 300-500)."""
        if self.is_exempt:
            return range(1, 2)
        fewest = -(-total // self.high) if self.high else 1
        most = total // self.low if self.low else max(fewest, 1)
        return range(max(fewest, 1), max(most, 0) + 1)

    def excess(self, size: int) -> int:
        """Return by how much a size misses the band; 0 inside it."""
        return 0 if self.is_exempt else max(self.low - size, size - self.high, 0)


@dataclass(frozen=True)
class Units:
    """
    Units in a fixed order; every array has one value a unit.

    `parent` numbers the areas a zone must stay inside (names in `parents`), `kind` their class (bands in `bands`, by
    the same number), `current` the zone of today (-1 none, names in `zones`). A locked unit keeps its zone.
    `area_m2`, `perimeter_m` are NaN where there is no polygon.
    """

    ids: Texts
    size: Ints
    parent: Ints
    parents: tuple[str, ...]
    kind: Ints
    kinds: tuple[str, ...]
    bands: tuple[Band, ...]
    current: Ints
    zones: tuple[str, ...]
    workload: Floats
    is_locked: NDArray[np.bool_]
    graph: Graph

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.ids)

    @property
    def group(self) -> Ints:
        """Number of the parent and class together: a zone never mixes two groups."""
        return self.parent * len(self.kinds) + self.kind

    def parts(self) -> Ints:
        """Return the connected part each unit lies in: paths stay in its parent and class and cross no barrier."""
        return label_parts(self.graph, self.group)


def build_units(
    table: pd.DataFrame,
    graph: Graph,
    *,
    size: str,
    bands: dict[str, Band],
    parent: str | None = None,
    kind: str | None = None,
    current: str | None = None,
    workload: str | None = None,
    locked: str | None = None,
) -> Units:
    """
    Check a table of units and put it beside its graph; every fault of the table is told at once.

    Parameters
    ----------
    table
        Indexed by unique unit id. Columns as named by the keywords.
    graph
        Neighbours of the rows, in the same order.
    size
        Column that is counted: whole numbers, not negative.
    bands
        Band by class; the key "" stands for every class not named.
    parent, kind, current, workload, locked
        Columns with the area a zone stays inside, the class, today's zone, the workload (number, not negative) and
        whether the unit keeps its zone. A missing parent is a fault, a missing current zone means none.

    Raises
    ------
    SchemaError
        If an id repeats, a column is missing, a size is missing, negative or no whole number, a unit lies in no
        parent, a class has no band, or a band has its max under its min.

    Examples
    --------
    >>> from geo.planning.graph import build_graph
    >>> table = pd.DataFrame({"households": [40, 30]}, index=["a", "b"])
    >>> units = build_units(table, build_graph(2, [[0, 1]]), size="households", bands={"": Band(50, 80)})
    >>> units.size.tolist(), units.parents
    ([40, 30], ('',))
    """
    require_bands(bands)
    faults = _column_faults(table, [size, parent, kind, current, workload, locked])
    raise_faults(SchemaError, _expected(size), faults, say("name other columns, or correct the table"))
    ids = text_ids(table.index)
    sizes, found = read_sizes(table[size], ids)
    faults += found + _id_faults(ids)
    inside = text_ids(table[parent]) if parent else np.full(len(ids), "", dtype=object)
    homeless = np.array([one is None for one in inside], dtype=bool)
    if homeless.any():
        faults.append(say("no {column} for {ids}", column=str(parent), ids=name_few(ids[homeless])))
    classes = text_ids(table[kind]) if kind else np.full(len(ids), "", dtype=object)
    classes = np.array([one or "" for one in classes], dtype=object)
    unknown = sorted({one for one in classes if one not in bands and "" not in bands})
    if unknown:
        faults.append(say("no band for the class {names}", names=name_few(unknown)))
    load, found = _read_loads(table[workload] if workload else None, ids)
    raise_faults(SchemaError, _expected(size), faults + found, say("name other columns, or correct the table"))
    zone_names = text_ids(table[current]) if current else np.full(len(ids), None, dtype=object)
    parents, kinds, zones = (
        sorted({one for one in names if one is not None}) for names in (inside, classes, zone_names)
    )
    return Units(
        ids=ids,
        size=sizes,
        parent=_numbered(inside, parents),
        parents=tuple(parents),
        kind=_numbered(classes, kinds),
        kinds=tuple(kinds),
        bands=tuple(bands.get(name, bands.get("", Band(0, 0, True))) for name in kinds),
        current=_numbered(zone_names, zones),
        zones=tuple(zones),
        workload=load,
        is_locked=_read_flags(table[locked]) if locked else np.zeros(len(ids), dtype=bool),
        graph=graph,
    )


def require_bands(bands: dict[str, Band]) -> None:
    """
    Raise SchemaError for every band whose max lies under its min, or that is negative.

    Examples
    --------
    >>> require_bands({"town": Band(500, 300)})
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: bands of a min and a max, 0 <= min <= max; found: town 500 to 300; to do: \
correct the band
    """
    wrong = [(name or "band", one) for name, one in bands.items() if not (one.is_exempt or 0 <= one.low <= one.high)]
    faults = [say("{name} {low} to {high}", name=name, low=one.low, high=one.high) for name, one in wrong]
    raise_faults(SchemaError, say("bands of a min and a max, 0 <= min <= max"), faults, say("correct the band"))


def read_sizes(values: pd.Series, ids: Texts) -> tuple[Ints, list[Say]]:
    """
    Read sizes as whole numbers, with the faults found: missing, no number, negative, fractional.

    Examples
    --------
    >>> read_sizes(pd.Series(["3", "-1", "2.5"]), np.array(["a", "b", "c"]))[1]
    [Say(template='a negative {column} in {ids}', values={'column': 'None', 'ids': 'b'}), \
Say(template='a {column} that is no whole number in {ids}', values={'column': 'None', 'ids': 'c'})]
    """
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    column, faults = str(values.name), []
    missing = ~np.isfinite(numbers)
    negative, broken = numbers < 0, ~missing & (numbers != np.floor(numbers))
    if missing.any():
        faults.append(say("no number as {column} in {ids}", column=column, ids=name_few(ids[missing])))
    if negative.any():
        faults.append(say("a negative {column} in {ids}", column=column, ids=name_few(ids[negative])))
    if broken.any():
        faults.append(say("a {column} that is no whole number in {ids}", column=column, ids=name_few(ids[broken])))
    return np.where(missing, 0, numbers).astype(np.int64), faults


def _read_loads(values: pd.Series | None, ids: Texts) -> tuple[Floats, list[Say]]:
    if values is None:
        return np.zeros(len(ids)), []
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = ~(np.isfinite(numbers) & (numbers >= 0))
    column = str(values.name)
    faults = [say("no workload of 0 or more as {column} in {ids}", column=column, ids=name_few(ids[wrong]))]
    return np.where(wrong, 0.0, numbers), faults if wrong.any() else []


def _read_flags(values: pd.Series) -> NDArray[np.bool_]:
    return values.astype("string").str.strip().str.lower().isin(["1", "true", "yes", "y", "是", "1.0"]).to_numpy(bool)


def _column_faults(table: pd.DataFrame, columns: list[str | None]) -> list[Say]:
    missing = [name for name in columns if name and name not in table]
    named = name_few(table.columns)
    return [say("no column {name} among {columns}", name=name, columns=named) for name in missing]


def _id_faults(ids: Texts) -> list[Say]:
    faults = []
    missing = np.array([one is None for one in ids], dtype=bool)
    if missing.any():
        faults.append(say("{count} units without id", count=int(missing.sum())))
    repeated = pd.Series(ids[~missing])[pd.Series(ids[~missing]).duplicated()].unique()
    if len(repeated):
        faults.append(say("ids that repeat: {ids}", ids=name_few(repeated)))
    return faults


def _expected(size: str) -> Say:
    return say("units with unique ids, a parent each and whole numbers of 0 or more as {column}", column=size)


def _numbered(names: Texts, known: list[str]) -> Ints:
    place = {name: number for number, name in enumerate(known)}
    return np.array([place.get(name, -1) for name in names], dtype=np.int64)
