"""Pairs as people state them: in columns of the people file, or in rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo.contracts import raise_faults
from geo.crowd.roster.people import Pair, Staff, torn_apart
from geo.errors import Say, SchemaError, say

KINDS = {"together": True, "apart": False}


@dataclass(frozen=True)
class Stated:
    """A pair, and the place where somebody finds it to correct it."""

    where: Say
    pair: Pair


def joined_pairs(
    known: Sequence[Pair], stated: Sequence[Stated], ids: Iterable[str], faults: list[Say]
) -> tuple[Pair, ...]:
    """
    Return the pairs known and those stated, a pair stated twice once; every fault of those stated is added to `faults`.

    Whoever is named must be among `ids` and be two, and two who belong together, through others too, are not kept
    apart.

    Examples
    --------
    >>> told = [Stated(say("row {at}", at=at), Pair(one=one, other=other, is_together=True))
    ...         for at, one, other in ((2, "ann", "ben"), (3, "ben", "ann"), (4, "eve", "eve"), (5, "ann", "zoe"))]
    >>> faults = []
    >>> [(one.one, one.other) for one in joined_pairs([], told, {"ann", "ben", "eve"}, faults)]
    [('ann', 'ben')]
    >>> [str(one) for one in faults]
    ['row 4: eve with themselves', 'row 5: nobody has the id zoe']
    """
    people = set(ids)
    places: dict[tuple[frozenset[str], bool], Say] = {}
    found: dict[tuple[frozenset[str], bool], Pair] = {}
    for pair in known:
        found.setdefault(_key(pair), pair)
    for one in stated:
        pair, where = one.pair, one.where
        unknown = [who for who in dict.fromkeys((pair.one, pair.other)) if who not in people]
        faults += [say("{where}: nobody has the id {who}", where=where, who=who) for who in unknown]
        if pair.one == pair.other and not unknown:
            faults.append(say("{where}: {who} with themselves", where=where, who=pair.one))
        elif not unknown:
            places.setdefault(_key(pair), where)
            before = found.setdefault(_key(pair), pair)
            if pair.why and not before.why:
                found[_key(pair)] = pair
    for pair in torn_apart(tuple(found.values())):
        both = frozenset((pair.one, pair.other))
        where = places.get((both, False)) or places.get((both, True)) or say("the pairs")
        faults.append(say("{where}: {who} and {other} are to stand together and apart",
                          where=where, who=pair.one, other=pair.other))  # fmt: skip
    return tuple(found.values())


def _key(pair: Pair) -> tuple[frozenset[str], bool]:
    return frozenset((pair.one, pair.other)), pair.is_together


def with_pairs(staff: Staff, rows: Iterable[Mapping[str, Any]]) -> Staff:
    """
    Return the people with the pairs of a typed table too: one, other, kind ("together" or "apart"), why.

    An empty row is none.

    Raises
    ------
    SchemaError
        With every row that cannot be used.

    Examples
    --------
    >>> from geo.crowd.roster.people import Person
    >>> staff = Staff(tuple(Person(person_id=who, role="guard") for who in ("ann", "ben")))
    >>> with_pairs(staff, [{"one": "ann", "other": " ben ", "kind": "apart", "why": "married"}]).pairs
    (Pair(one='ann', other='ben', is_together=False, why='married'),)
    """
    faults: list[Say] = []
    stated = []
    for at, row in enumerate(rows, 1):
        one, other, kind, why = (_text(row.get(key)) for key in ("one", "other", "kind", "why"))
        where = say("pair {at}", at=at)
        if one and other and kind in KINDS:
            stated.append(Stated(where, Pair(one=one, other=other, is_together=KINDS[kind], why=why)))
        elif one or other or kind or why:
            faults.append(say("{where}: not both people, or not how they stand", where=where))
    pairs = joined_pairs(staff.pairs, stated, staff.by_id, faults)
    raise_faults(
        SchemaError, say("pairs of two people of the list of people"), faults[:20],
        say("correct these pairs; nothing was rostered"),
    )  # fmt: skip
    return replace(staff, pairs=pairs)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value).strip()
