"""Building footprints, from the zoom of a street."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def buildings(config: dict[str, Any]) -> LayerElement:
    """Draw footprints from zoom 15 on."""
    return LayerElement("buildings", config)


SPEC = LayerSpec(
    title="Buildings",
    needs=("buildings",),
    build=buildings,
    group="Base map",
    order=35,
    min_zoom=15,
    feed="shapes",
    columns=("name", "kind", "floors", "households"),
)
