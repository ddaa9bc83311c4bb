"""Borders of the parent areas and the outline of the area in view."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def area_outlines(config: dict[str, Any]) -> LayerElement:
    """Draw the borders above the areas and dim what lies outside the area in view."""
    return LayerElement("outlines", config)


SPEC = LayerSpec(
    title="Borders of parent areas",
    needs=("areas",),
    build=area_outlines,
    group="Area layers",
    order=40,
    feed="outlines",
)
