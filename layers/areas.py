"""The areas of one level, coloured by a metric."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def areas(config: dict[str, Any]) -> LayerElement:
    """Draw areas by their class; areas without data are hatched, uncertain ones pale."""
    return LayerElement("areas", config, opacity=0.78)


SPEC = LayerSpec(
    title="Coloured areas",
    needs=("areas",),
    build=areas,
    group="Area layers",
    order=20,
    feed="areas",
    columns=("name", "parent_id", "area_class"),
)
