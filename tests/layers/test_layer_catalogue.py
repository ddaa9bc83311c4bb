"""Checks that every layer gets for free, found by discovery; and that a new one is one new file."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import folium
import pytest
from branca.element import MacroElement

import data.kinds
import layers
from api.map_documents import build_map, document_config, layer_configs
from data.store import open_store
from geo.catalogue import discover
from layers._element import LayerElement
from layers._offline import keep_vendored
from layers._spec import LayerSpec
from tests.conftest import environment

ASSETS = Path(__file__).resolve().parents[2] / "assets"
KINDS = discover(data.kinds)
LAYERS = discover(layers)
FEEDS = {"areas", "outlines", "labels", "points", "cells", "lines", "shapes", "tracks"}
HOSTILE = "</script><script>window.__pwn=1</script><img src=x onerror=1>${1}`"
NEW_LAYER = '''"""Resources: where water, tools and medicine are kept."""

from layers._element import LayerElement
from layers._spec import LayerSpec


def resources(config):
    """Draw each store of resources as a dot."""
    return LayerElement("points", config, colour="#5d4037")


SPEC = LayerSpec(
    title="Resources", needs=("resources",), build=resources, group="People and places", order=72, columns=("kind",)
)
'''


def drawers() -> set[str]:
    """Names of the functions that draw, as the scripts declare them."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ASSETS / "wangge" / "draw").glob("*.js")))
    return set(re.findall(r"W\.draws\.(\w+) = function", text))


def render(element: MacroElement) -> tuple[str, str]:
    """The map's page and the script of one layer on it."""
    keep_vendored()
    canvas = folium.Map(tiles=None)
    element.add_to(canvas)
    figure = canvas.get_root()
    figure.render()
    return figure.html.render(), figure.script.render()


def check_layer(name: str, spec: LayerSpec) -> None:
    """What must hold for every layer, old or new."""
    assert isinstance(spec, LayerSpec)
    assert spec.build.__name__ == name
    assert spec.build.__doc__
    assert spec.title
    assert spec.group
    assert 0 <= spec.order < 100
    assert 0 <= spec.min_zoom <= 20
    assert spec.feed in FEEDS
    assert spec.needs
    assert set(spec.needs) <= set(KINDS)
    fields = {field.name for field in KINDS[spec.needs[0]].fields}
    assert set(spec.columns) <= fields
    element = spec.build({"name": name, "title": {"zh_CN": HOSTILE, "en": HOSTILE}, "shown": True})
    assert isinstance(element, LayerElement)
    assert element.config["draw"] in drawers()
    html, script = render(element)
    assert HOSTILE not in html + script
    assert "__pwn" not in html
    assert not re.search(r"https?://|//cdn|<script|</script|<img", html + script)
    call = re.search(r"Wangge\.addLayer\(map_\w+, (\{.*?\})\);", script, re.DOTALL)
    assert call
    assert json.loads(call[1])["title"]["en"] == HOSTILE


@pytest.mark.parametrize(("name", "spec"), LAYERS.items())
def test_layer_contract(name, spec):
    check_layer(name, spec)


def test_no_two_layers_share_a_place():
    orders = [spec.order for spec in LAYERS.values()]
    assert len(set(orders)) == len(orders)
    assert min(orders) == LAYERS["water"].order, "the ground is drawn first"
    assert max(orders) == LAYERS["area_labels"].order, "names are drawn last"


def test_folium_keeps_no_other_address():
    keep_vendored()
    page = folium.Map(tiles=None).get_root().render()
    assert "/assets/vendor/leaflet/leaflet.js" in page
    assert not re.search(r"https?://", page)


def test_the_checks_can_fail():
    good = LAYERS["visits"]
    wrong = LayerSpec(title="x", needs=("nosuch",), build=good.build, group="g", order=1)
    with pytest.raises(AssertionError):
        check_layer("visits", wrong)
    with pytest.raises(AssertionError):
        check_layer("other", good)


@pytest.fixture
def new_layer(tmp_path, monkeypatch):
    """A folder with one new layer in it, which the package of layers also looks into."""
    (tmp_path / "resources.py").write_text(NEW_LAYER, encoding="utf-8")
    monkeypatch.setattr(layers, "__path__", [*layers.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield "resources"
    sys.modules.pop("layers.resources", None)
    if hasattr(layers, "resources"):
        del layers.resources


def test_a_new_layer_is_one_new_file(new_layer):
    found = discover(layers)
    assert set(found) - set(LAYERS) == {new_layer}
    check_layer(new_layer, found[new_layer])


def test_a_new_layer_is_in_the_panel_of_the_map(new_layer, demo_home):
    with environment(WANGGE_HOME=str(demo_home)):
        desk = open_store("main").desk("administrator")
        listed = dict(layer_configs(desk, []))
        config = document_config(desk, workspace="main", language="en", theme="light", state={})
        page = build_map(desk, config).get_root().render()
    assert listed[new_layer]["rows"] == desk.total("resources") > 0
    assert f'"name": "{new_layer}"' in page or f'"name":"{new_layer}"' in page
