"""Where households live, as a heat of the number in each cell."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec


def households(config: dict[str, Any]) -> LayerElement:
    """Draw a cell for each place on the screen, darker where more households live."""
    return LayerElement("cells", config, colour="#7a4fa3", unit="households")


SPEC = LayerSpec(
    title="Household density",
    needs=("buildings",),
    build=households,
    group="People and places",
    order=45,
    shown_at_start=False,
    feed="cells",
    columns=("households",),
)
