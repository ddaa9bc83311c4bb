"""Reading a table of distances, long (demand, site, distance) or wide (a row a demand point, a column a site)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.formats import read_file
from data.imports.columns import plain
from data.posts.tables import Points
from geo.crowd.posts.reach import Floats
from geo.errors import SchemaError, name_few, say

DISTANCE_NAMES = ("distance", "distancem", "dist", "metres", "meters", "length", "cost", "seconds", "minutes", "time",
                  "traveltime", "covered", "covers", "距离", "时间", "覆盖")  # fmt: skip
SITE_NAMES = ("site", "siteid", "facility", "post", "to", "name", "点位", "地点")


@dataclass
class MatrixFile:
    """Distances of demand points (rows, in their order) to sites (columns); infinite where the file has none."""

    values: Floats
    sites: np.ndarray

    @property
    def is_yes_no(self) -> bool:
        """Whether it says who reaches whom (1 and 0) and not how far."""
        known = self.values[np.isfinite(self.values)]
        return bool(np.isin(known, (0.0, 1.0)).all() and (known == 1).any())


def read_matrix(path: Path, demand: Points, sites: Points | None) -> MatrixFile:
    """
    Read distances and put them in the order of the demand points and sites.

    A table with a column called distance (or metres, time ...) is long; the columns with the ids are those whose
    values the two point files have, whatever they are called. Any other table is wide. A pair the file leaves out
    cannot be walked.

    Raises
    ------
    SchemaError
        If demand points or sites are missing from it, a distance is no number, or a pair has two different ones.
    """
    raw = read_file(path)
    names = {plain(name): name for name in raw.frame.columns}
    told = next((names[one] for one in DISTANCE_NAMES if one in names), None)
    if told is not None:
        return _long(raw.frame, told, demand, sites, raw.file)
    if len(raw.frame.columns) == 3 and raw.frame.iloc[:, 0].duplicated().any():
        return _long(raw.frame, str(raw.frame.columns[2]), demand, sites, raw.file)
    return _wide(path, raw.frame, demand, sites, raw.file)


def _long(frame: pd.DataFrame, distance: str, demand: Points, sites: Points | None, file: str) -> MatrixFile:
    others = [name for name in frame.columns if name != distance]
    from_column, demand_ids = _matching(frame, others, demand, file)
    rest = [name for name in others if name != from_column]
    if sites is not None:
        to_column, site_ids = _matching(frame, rest, sites, file)
    else:
        to_column = _site_column(frame, from_column, rest, file)
        site_ids = np.asarray(pd.unique(frame[to_column].astype(str)), dtype=object)
    length = _numbers(frame[distance], frame[from_column], file)
    rows = pd.Index(demand_ids).get_indexer(frame[from_column].astype(str))
    columns = pd.Index(site_ids).get_indexer(frame[to_column].astype(str))
    used = (rows >= 0) & (columns >= 0)
    pairs = pd.DataFrame({"row": rows[used], "column": columns[used], "m": length[used]}).drop_duplicates()
    twice = pairs.duplicated(["row", "column"])
    if twice.any():
        raise SchemaError(
            say("one distance a pair in {file}", file=file),
            say("two for {ids}", ids=name_few(np.asarray(demand_ids)[pairs.loc[twice, "row"]])),
            say("keep the right one"),
        )
    values = np.full((len(demand_ids), len(site_ids)), np.inf)
    values[pairs["row"], pairs["column"]] = pairs["m"]
    return MatrixFile(values, np.asarray(sites.ids if sites is not None else site_ids, dtype=object))


def _matching(frame: pd.DataFrame, columns: list[str], points: Points, file: str) -> tuple[str, np.ndarray]:
    """Find the column whose values are ids of the points, and these ids in the points' order."""
    best: tuple[float, str, np.ndarray] = (0.0, "", np.empty(0))
    given = [points.ids, *(points.frame[name].fillna("").astype(str).to_numpy() for name in points.frame.columns)]
    for column in columns:
        known = set(frame[column].dropna().astype(str))
        for ids in given:
            share = float(np.mean([one in known for one in ids]))
            if share > best[0] and pd.Series(ids).is_unique:
                best = (share, column, np.asarray(ids))
        if best[0] == 1:
            break
    if best[0] < 1:
        known = set(frame[best[1]].dropna().astype(str)) if best[1] else set()
        lost = [shown for shown, one in zip(points.ids, best[2], strict=False) if one not in known]
        raise SchemaError(
            say("every row of {points} in {file}", points=points.file, file=file),
            say("none for {ids}", ids=name_few(lost if len(lost) else points.ids)),
            say("name the column they share with --id or --site-id, or add the rows"),
        )
    return best[1], best[2]


def _site_column(frame: pd.DataFrame, demand: str, columns: list[str], file: str) -> str:
    can = [name for name in columns if not frame.duplicated([demand, name]).any()]
    named = [name for name in can if plain(name) in SITE_NAMES]
    if not can:
        raise SchemaError(
            say("a column with the site of each distance in {file}", file=file),
            say("columns {names}", names=name_few(columns)),
            say("add one, or give --sites"),
        )
    return min(named or can, key=lambda name: frame[name].nunique())


def _wide(path: Path, frame: pd.DataFrame, demand: Points, sites: Points | None, file: str) -> MatrixFile:
    first = frame.columns[0]
    in_first = frame[first].isin(demand.ids).mean()
    heads_are_numbers = pd.to_numeric(pd.Series(frame.columns, dtype=object), errors="coerce").notna().all()
    if heads_are_numbers and len(frame) + 1 == len(demand.ids):
        bare = read_file(path, header=False).frame
        return MatrixFile(_square(bare, demand, sites, file), _site_ids(sites, bare.shape[1]))
    if in_first == 0 and len(frame) == len(demand.ids) and sites is not None and frame.shape[1] == len(sites.ids):
        return MatrixFile(_square(frame, demand, sites, file), sites.ids)
    column, ids = _matching(frame, list(frame.columns), demand, file)
    table = frame.set_index(frame[column].astype(str)).drop(columns=[column])
    if table.index.duplicated().any():
        raise SchemaError(
            say("one row a demand point in {file}", file=file),
            say("several for {ids}", ids=name_few(table.index[table.index.duplicated()].unique())),
            say("keep the right one, or name the column with the distances `distance`"),
        )
    if sites is not None:
        heads = pd.DataFrame({"head": [str(name) for name in table.columns]})
        _, site_ids = _matching(heads, ["head"], sites, file)
        table = table[list(site_ids)]
    values = np.column_stack([_numbers(table[name], table.index, file) for name in table.columns])
    order = pd.Index(table.index).get_indexer(ids)
    return MatrixFile(values[order], sites.ids if sites is not None else np.asarray(table.columns, dtype=object))


def _square(frame: pd.DataFrame, demand: Points, sites: Points | None, file: str) -> Floats:
    """A table of bare numbers, in the order of the two files."""
    wanted = (len(demand.ids), frame.shape[1] if sites is None else len(sites.ids))
    if frame.shape != wanted:
        raise SchemaError(
            say("{rows} rows and {columns} columns in {file}", rows=wanted[0], columns=wanted[1], file=file),
            say("{rows} and {columns}", rows=frame.shape[0], columns=frame.shape[1]),
            say("give one row a demand point and one column a site"),
        )
    return np.column_stack([_numbers(frame[name], demand.ids, file) for name in frame.columns])


def _site_ids(sites: Points | None, count: int) -> np.ndarray:
    return sites.ids if sites is not None else np.array([str(j + 1) for j in range(count)], dtype=object)


def _numbers(text: pd.Series, ids: object, file: str) -> Floats:
    values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    empty = (text.isna() | (text.astype(str).str.strip() == "")).to_numpy()
    wrong = (np.isnan(values) & ~empty) | (values < 0)
    if wrong.any():
        raise SchemaError(
            say("distances of 0 or more in {file}", file=file),
            say("something else for {ids}", ids=name_few(np.asarray(ids, dtype=object)[wrong])),
            say("put them right; leave a pair that cannot be walked empty"),
        )
    return np.where(np.isnan(values), np.inf, values)
