"""Incidents of the period: one dot each, gathered into counted circles where they crowd."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def incidents(config: dict[str, Any]) -> LayerElement:
    """Draw incidents; open ones filled, closed ones as rings, so that state does not hang on colour alone."""
    return LayerElement("points", config, colour="#c62828", radius_px=3.6, hollow_by="closed_at")


SPEC = LayerSpec(
    title="Incidents",
    needs=("incidents",),
    build=incidents,
    group="Incidents",
    order=65,
    feed="points",
    columns=("title", "category", "occurred_at", "status", "closed_at"),
)
