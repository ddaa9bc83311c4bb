"""Rivers, canals, lakes and the sea: the ground of the offline base map."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def water(config: dict[str, Any]) -> LayerElement:
    """Draw land and water under everything else."""
    return LayerElement("water", config)


SPEC = LayerSpec(
    title="Land and water",
    needs=("water",),
    build=water,
    group="Base map",
    order=10,
    feed="shapes",
    columns=("name", "water_class"),
)
