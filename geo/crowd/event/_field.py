"""A field of the event plan that says what it holds: docs/event-file.md is written from these words."""

from __future__ import annotations

from dataclasses import MISSING, field
from typing import Any


def told(text: str, *, unit: str = "", default: Any = MISSING) -> Any:
    """
    Declare a dataclass field with its meaning and unit; without `default` the field is required.

    Examples
    --------
    >>> told("clear width", unit="m", default=None).metadata["unit"]
    'm'
    """
    return field(default=default, metadata={"text": text, "unit": unit})
