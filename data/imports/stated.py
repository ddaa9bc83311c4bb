"""The area a record states about itself: by code, by code without leading zeros, or by a name only one area has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

SUFFIX = re.compile(r"\s*\([^)]*\)$")


def plain_name(name: str) -> str:
    """
    Return a name in the form it is compared in.

    Examples
    --------
    >>> plain_name("West Humber-Clairville (1)"), plain_name("华丰 社区")
    ('west humber-clairville', '华丰社区')
    """
    text = SUFFIX.sub("", unicodedata.normalize("NFKC", name).strip())
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text).casefold()


def without_zeros(code: str) -> str:
    """
    Return a code without its leading zeros.

    Examples
    --------
    >>> without_zeros("01"), without_zeros("0")
    ('1', '0')
    """
    return code.lstrip("0") or code[-1:]


def qualified_tail(area_id: str) -> str:
    """
    Return the code as the file had it: what follows "level:" where a level's codes had to be told apart.

    Examples
    --------
    >>> qualified_tail("sector:11"), qualified_tail("11")
    ('11', '11')
    """
    return area_id.rpartition(":")[2]


def unique_only(keys: list[str], ids: list[str]) -> dict[str, str | None]:
    """Return key -> id; None for a key that stands for several ids."""
    found: dict[str, str | None] = {}
    for key, one in zip(keys, ids, strict=True):
        found[key] = one if found.get(key, one) == one else None
    return found


@dataclass(frozen=True)
class StatedAreas:
    """Look-up tables from what people write to an area's id."""

    tables: tuple[Mapping[str, str | None], ...]

    @classmethod
    def build(cls, areas: pd.DataFrame) -> StatedAreas:
        """
        Build the look-up tables of an area table.

        Examples
        --------
        >>> areas = pd.DataFrame({"area_id": ["01", "02"], "name": ["East", "West"]})
        >>> StatedAreas.build(areas).find(pd.Series(["01", "1", "west", "9", None]))
        (array(['01', '01', '02', None, None], dtype=object), 1)
        """
        ids = [str(one) for one in areas["area_id"]]
        tails = [qualified_tail(one) for one in ids]
        named = areas["name"].notna() if "name" in areas.columns else pd.Series(False, areas.index)
        names = [plain_name(str(one)) for one in areas["name"][named]] if named.any() else []
        with_names = [one for one, has in zip(ids, named, strict=True) if has]
        return cls(
            (
                dict(zip(ids, ids, strict=True)),
                unique_only(tails, ids),
                unique_only([without_zeros(one) for one in tails], ids),
                unique_only(names, with_names),
            )
        )

    def find(self, stated: pd.Series) -> tuple[np.ndarray, int]:
        """Return the area of each stated text (None where there is none), and how many texts stand for no area."""
        answers = {text: self.find_one(str(text)) for text in stated.dropna().unique()}
        found = np.array([answers.get(text) if isinstance(text, str) else None for text in stated], dtype=object)
        unknown = int(stated.notna().sum()) - sum(one is not None for one in found)
        return found, unknown

    def find_one(self, text: str) -> str | None:
        """Return the area one text stands for."""
        code = text.strip()
        exact, tails, bare, names = self.tables
        for table, key in ((exact, code), (tails, code), (bare, without_zeros(code)), (names, plain_name(code))):
            if table.get(key) is not None:
                return table[key]
        return None
