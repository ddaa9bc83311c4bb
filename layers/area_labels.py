"""Names of the areas, never two on top of each other."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def area_labels(config: dict[str, Any]) -> LayerElement:
    """Write each area’s name where it fits; the larger area goes first."""
    return LayerElement("labels", config)


SPEC = LayerSpec(
    title="Names of areas",
    needs=("areas",),
    build=area_labels,
    group="Area layers",
    order=90,
    feed="labels",
)
