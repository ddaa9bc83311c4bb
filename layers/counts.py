"""Crowd, traffic and telecom counts of the last hour of the period."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def counts(config: dict[str, Any]) -> LayerElement:
    """Draw each count as a circle whose area is its value."""
    return LayerElement("points", config, colour="#b8860b", sized_by="value")


SPEC = LayerSpec(
    title="Counts",
    needs=("counts",),
    build=counts,
    group="People and places",
    order=55,
    shown_at_start=False,
    feed="points",
    columns=("kind", "at", "value", "unit"),
)
