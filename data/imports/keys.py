"""The key of each row: the file's own, or made from what the row says, so that the same row has it again next time."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import shapely

from data.imports.faults import Faults
from data.kinds._spec import KindSpec
from geo.errors import Say, say


def add_keys(table: pd.DataFrame, frame: pd.DataFrame, spec: KindSpec) -> list[Say]:
    """Fill the key column where the file has none; says so where the kind expects one in the file."""
    if spec.key in table.columns:
        return []
    if spec.name == "fixes":
        table[spec.key] = table["unit_id"] + "@" + moment_text(table["at"])
        return []
    if spec.name == "counts":
        table[spec.key] = join_texts(table, ("kind", "stated_area_id", "lon", "lat")) + "@" + moment_text(table["at"])
        return []
    if spec.name in ("roads", "water"):
        table[spec.key] = numbered(
            pd.Series([digest(one) for one in shapely.to_wkb(table["geometry"].to_numpy(object))], index=table.index)
        )
        return []
    table[spec.key] = numbered(row_digests(frame))
    return [say("no column with the {field}: it was made from what each row says", field=spec.field(spec.key).title)]


def moment_text(at: pd.Series) -> pd.Series:
    """Return instants as microseconds since 1970, as text; missing where there is none."""
    micros = at.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]").astype("int64")
    return micros.astype("str").where(at.notna())


def join_texts(table: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """Return the columns there are, joined with "|"."""
    columns = [table[name].astype("str").fillna("") for name in names if name in table.columns]
    joined = columns[0]
    for column in columns[1:]:
        joined = joined + "|" + column
    return joined


def digest(content: bytes | None) -> str | None:
    """Return sixteen hexadecimal digits of what the content says; None for nothing."""
    return None if content is None else hashlib.sha256(content).hexdigest()[:16]


def row_digests(frame: pd.DataFrame) -> pd.Series:
    """Return sixteen hexadecimal digits of what each row says; equal rows have equal ones in any process."""
    numbers = pd.util.hash_pandas_object(frame.astype("category"), index=False)
    return pd.Series([f"{number:016x}" for number in numbers.tolist()], index=frame.index, dtype="str")


def numbered(keys: pd.Series) -> pd.Series:
    """
    Return keys made unique: the second equal one gets "-2", and so on.

    Examples
    --------
    >>> numbered(pd.Series(["a", "b", "a"])).tolist()
    ['a', 'b', 'a-2']
    """
    count = keys.groupby(keys).cumcount()
    return keys.astype("str").where(count == 0, keys.astype("str") + "-" + (count + 1).astype("str"))


def set_aside_repeated(table: pd.DataFrame, spec: KindSpec, faults: Faults) -> None:
    """Of usable rows with one key the last counts, for it is the newest; the others are set aside."""
    usable = np.flatnonzero(faults.is_usable)
    repeated = table[spec.key].iloc[usable].duplicated(keep="last").to_numpy()
    marked = np.zeros(len(table), dtype=bool)
    marked[usable[repeated]] = True
    faults.add(marked, say("a later row has the same {field}", field=spec.field(spec.key).title))
