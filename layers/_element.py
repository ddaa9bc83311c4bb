"""The folium element every layer is: one call of a function of the map's script, with configuration as JSON."""

from __future__ import annotations

from typing import Any

from folium.elements import MacroElement
from folium.template import Template


class LayerElement(MacroElement):
    """
    Add one layer to the map document.

    `config` reaches the document as JSON in which markup is written as `\\u003c`, so that no value of it can
    end the script it stands in.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "Wangge.addLayer({{ this._parent.get_name() }}, {{ this.config|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, draw: str, config: dict[str, Any], **style: Any) -> None:
        super().__init__()
        self._name = "Layer"
        self.config = {"draw": draw, **style, **config}


class StartElement(MacroElement):
    """Start the map document once every layer has been added."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "Wangge.start({{ this._parent.get_name() }}, {{ this.config|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self._name = "Start"
        self.config = config
