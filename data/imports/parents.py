"""Which coarser area each area belongs to, and where its level stands among the others."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.imports.shapes import largest_overlap
from data.imports.stated import plain_name, qualified_tail, unique_only, without_zeros
from geo.contracts import raise_faults
from geo.errors import Say, SchemaError, name_few, say

NESTED_SHARE = 0.99


@dataclass(kw_only=True)
class Linked:
    """`parent_id` of each area, the level order with the new level in it, and what to say."""

    parent_id: np.ndarray
    parent_level: str | None
    level_order: list[str]
    notices: list[Say] = field(default_factory=list)


def link_level(
    level: str,
    areas: pd.DataFrame,
    present: pd.DataFrame,
    order: list[str],
    *,
    parent_level: str | None,
    has_parent: bool,
) -> Linked:
    """
    Give each area of `level` its parent among the areas present, and the level its place in the order.

    With a parent column every value must name an area of one level: exactly, without leading zeros, or by its name.
    Without one, or with one that is empty throughout, the parent is the area of the next coarser level that holds most
    of it.

    Raises
    ------
    SchemaError
        If a named parent is unknown, or the level it should be in is.
    """
    others = [one for one in order if one != level]
    if parent_level is not None and parent_level not in others:
        raise SchemaError(
            say("a level that is there already: {levels}", levels=", ".join(others) or "—"),
            say("{level}", level=parent_level),
            say("import the coarser level first"),
        )
    if has_parent and areas["stated_parent"].notna().any():
        chosen, parent_id, notices = link_stated(areas["stated_parent"], present, others, parent_level)
    else:
        chosen, parent_id, notices = link_overlap(level, areas, present, order, parent_level)
    position = others.index(chosen) + 1 if chosen else place_of(level, len(areas), present, order)
    return Linked(
        parent_id=parent_id,
        parent_level=chosen,
        level_order=[*others[:position], level, *others[position:]],
        notices=notices,
    )


def place_of(level: str, count: int, present: pd.DataFrame, order: list[str]) -> int:
    """Return where a level without parents stands: where it stood, else before the first level with more areas."""
    others = [one for one in order if one != level]
    if level in order:
        return order.index(level)
    counts = pd.Series(present["level"]).value_counts()
    return next((n for n, one in enumerate(others) if counts.get(one, 0) >= count), len(others))


def link_stated(
    stated: pd.Series, present: pd.DataFrame, others: list[str], parent_level: str | None
) -> tuple[str | None, np.ndarray, list[Say]]:
    """Match parents as the file writes them against the one level that knows most of them."""
    candidates = [parent_level] if parent_level else others
    if not candidates:
        raise SchemaError(
            say("the areas that the parent column names"), say("no areas yet"), say("import the coarser level first")
        )
    matches = {one: match_codes(stated, present[present["level"] == one]) for one in candidates}
    best = max(reversed(candidates), key=lambda one: matches[one][0].notna().sum())
    found, loosely = matches[best]
    unknown = stated.notna() & found.isna()
    raise_faults(
        SchemaError,
        say("parents that are areas of the level {level}", level=best),
        [say("{count} unknown: {ids}", count=int(unknown.sum()), ids=name_few(stated[unknown].unique()))]
        if unknown.any()
        else [],
        say("correct the parent column, or import these parents first"),
    )
    notices = [
        say(template, count=len(codes), codes=name_few(codes)) for template, codes in loosely.items() if len(codes)
    ]
    orphans = int(stated.isna().sum())
    if orphans:
        notices.append(say("{count} areas name no parent and stand at the top", count=orphans))
    return best, found.astype(object).where(found.notna(), None).to_numpy(object), notices


def match_codes(stated: pd.Series, parents: pd.DataFrame) -> tuple[pd.Series, dict[str, list[str]]]:
    """Return the parent of each text, and which texts matched only loosely, by the sentence that says so."""
    ids = [str(one) for one in parents["area_id"]]
    tails = [qualified_tail(one) for one in ids]
    exact = dict(zip(ids, ids, strict=True)) | dict(zip(tails, ids, strict=True))
    bare = unique_only([without_zeros(one) for one in tails], ids)
    names = unique_only([plain_name(str(one)) for one in parents["name"]], ids)
    answers: dict[str, str] = {}
    loosely: dict[str, list[str]] = {
        "{count} parent codes match only without leading zeros: {codes}": [],
        "{count} parents are given by name: {codes}": [],
    }
    by_zeros, by_name = loosely.values()
    for text in stated.dropna().unique():
        found = exact.get(text)
        if found is None and (found := bare.get(without_zeros(text))) is not None:
            by_zeros.append(text)
        elif found is None and (found := names.get(plain_name(text))) is not None:
            by_name.append(text)
        if found is not None:
            answers[text] = found
    return stated.map(answers), loosely


def link_overlap(
    level: str, areas: pd.DataFrame, present: pd.DataFrame, order: list[str], parent_level: str | None
) -> tuple[str | None, np.ndarray, list[Say]]:
    """Give each area the coarser area that holds most of it, and name those that straddle."""
    none = np.full(len(areas), None, dtype=object)
    chosen = parent_level or next_coarser(level, len(areas), present, order)
    if chosen is None:
        return None, none, []
    parents = present[present["level"] == chosen].sort_values("area_id")
    best, share = largest_overlap(areas["geometry"].to_numpy(object), parents["geometry"].to_numpy(object))
    parent_id = np.append(parents["area_id"].to_numpy(object), np.array([None], dtype=object))[best]
    return chosen, parent_id, overlap_notices(areas["area_id"], chosen, best, share)


def overlap_notices(ids: pd.Series, parent_level: str, best: np.ndarray, share: np.ndarray) -> list[Say]:
    """Say how parents were found, which areas straddle, and which have none."""
    inside = int((share >= NESTED_SHARE).sum())
    notices = [
        say(
            "parents were found by the largest overlap with level {level}: "
            "{inside} of {count} areas lie at least 99% inside one",
            level=parent_level,
            inside=inside,
            count=len(ids),
        )
    ]
    straddling = (best >= 0) & (share < NESTED_SHARE)
    if straddling.any():
        order = np.argsort(share[straddling], kind="stable")
        named = ids[straddling].to_numpy(object)[order]
        notices.append(
            say("{count} areas straddle two parents: {ids}", count=int(straddling.sum()), ids=name_few(named))
        )
    if (best < 0).any():
        notices.append(
            say("{count} areas lie in no parent: {ids}", count=int((best < 0).sum()), ids=name_few(ids[best < 0]))
        )
    return notices


def next_coarser(level: str, count: int, present: pd.DataFrame, order: list[str]) -> str | None:
    """Return the finest level that is coarser than this one: the one before it, or the last with fewer areas."""
    if level in order:
        at = order.index(level)
        return order[at - 1] if at else None
    counts = pd.Series(present["level"]).value_counts()
    return next((one for one in reversed(order) if counts.get(one, 0) < count), None)
