"""Visits of the period, with or without a track."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def visits(config: dict[str, Any]) -> LayerElement:
    """Draw each visit as a small diamond."""
    return LayerElement("points", config, colour="#00897b", shape="diamond", radius_px=3.2)


SPEC = LayerSpec(
    title="Visits",
    needs=("visits",),
    build=visits,
    group="Patrols",
    order=60,
    shown_at_start=False,
    feed="points",
    columns=("purpose", "started_at"),
)
