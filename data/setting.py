"""What a setting is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One value people may change for their county. `source` says who set the default."""

    name: str
    default: Any
    unit: str
    help: str
    source: str
