"""Which parent an area has: the one it states where that is known, else the one it lies in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.errors import Say, name_few, say


def match_stated(stated: np.ndarray, parent_ids: np.ndarray) -> tuple[np.ndarray, list[Say]]:
    """
    Return the position of each stated parent (-1 where none or unknown), and what to say about loose matches.

    Codes match exactly, or without leading zeros where only one parent is meant: '01' is '1'.

    Examples
    --------
    >>> found, notices = match_stated(np.array(["1", "2", None, "9"], object), np.array(["01", "02"], object))
    >>> found.tolist(), str(notices[0])
    ([0, 1, -1, -1], "2 parent codes match only without leading zeros, as '1' and '01': 1, 2")
    >>> str(notices[1])
    '1 parent codes name no parent: 9; these areas were matched by position'
    """
    exact = {str(one): at for at, one in enumerate(parent_ids)}
    bare = pd.Series(np.arange(len(parent_ids)), index=[_without_zeros(str(one)) for one in parent_ids])
    bare = bare[~bare.index.duplicated(keep=False)]
    found = np.full(len(stated), -1)
    loose: dict[str, str] = {}
    unknown: dict[str, None] = {}
    for row, text in enumerate(stated):
        if text is None:
            continue
        at = exact.get(text)
        if at is None and (at := bare.get(_without_zeros(text))) is not None:
            loose[text] = str(parent_ids[at])
        if at is None:
            unknown[text] = None
        else:
            found[row] = at
    notices = []
    if loose:
        first = next(iter(loose))
        template = "{count} parent codes match only without leading zeros, as '{one}' and '{other}': {ids}"
        notices.append(say(template, count=len(loose), one=first, other=loose[first], ids=name_few(loose)))
    if unknown:
        template = "{count} parent codes name no parent: {ids}; these areas were matched by position"
        notices.append(say(template, count=len(unknown), ids=name_few(unknown)))
    return found, notices


def _without_zeros(text: str) -> str:
    return text.strip().lstrip("0") or "0"
