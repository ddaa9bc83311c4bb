"""What a part of the board is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.plan import BoardPlan

State = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class BoardPartSpec:
    """
    `begin` gives the part's first state, plain values only; `apply` changes it in place by one fact.

    `facts` are the kinds it owns; `listens` those of other parts it looks at. `apply` is given the states of all parts
    and may read those whose name sorts before its own: they have taken the fact already.
    """

    title: str
    facts: Mapping[str, FactSpec]
    listens: tuple[str, ...] = ()
    begin: Callable[[BoardPlan], State]
    apply: Callable[[State, BoardPlan, Fact, Mapping[str, State]], None]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of fact it owns."""
        return tuple(self.facts)
