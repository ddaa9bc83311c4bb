"""Roads of the offline base map, by their class and the zoom."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def roads(config: dict[str, Any]) -> LayerElement:
    """Draw roads thin over the areas, the greater ones first."""
    return LayerElement("roads", config)


SPEC = LayerSpec(
    title="Roads",
    needs=("roads",),
    build=roads,
    group="Base map",
    order=30,
    feed="lines",
    columns=("name", "road_class"),
)
