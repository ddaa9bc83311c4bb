"""The kinds of table this product knows, by name."""

from __future__ import annotations

from functools import lru_cache

import data.kinds
from data.kinds._spec import KindSpec
from geo.catalogue import discover
from geo.errors import SchemaError, say


@lru_cache
def kind_specs() -> dict[str, KindSpec]:
    """Return every kind by name."""
    return discover(data.kinds)


def kind_spec(name: str) -> KindSpec:
    """
    Return the spec of one kind.

    Examples
    --------
    >>> kind_spec("fixes").key
    'fix_id'
    """
    specs = kind_specs()
    if name not in specs:
        raise SchemaError(
            say("a kind of table: {kinds}", kinds=", ".join(specs)), say("{name}", name=name), say("use one of these")
        )
    return specs[name]
