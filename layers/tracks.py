"""Patrol tracks of the period: where fixes follow one another without a gap."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def tracks(config: dict[str, Any]) -> LayerElement:
    """Draw one line for each unit, broken where fixes are missing."""
    return LayerElement("tracks", config, colour="#00796b")


SPEC = LayerSpec(
    title="Patrol tracks",
    needs=("fixes",),
    build=tracks,
    group="Patrols",
    order=50,
    shown_at_start=False,
    feed="tracks",
    columns=("unit_id", "at"),
)
