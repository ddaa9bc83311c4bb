"""Point folium at vendored files and remove every other address: what is not vendored is not loaded."""

from __future__ import annotations

from collections.abc import Iterator

import folium.plugins  # noqa: F401  (its classes must exist before they are patched)
from folium.elements import JSCSSMixin

LOCAL = {
    "leaflet": "/assets/vendor/leaflet/leaflet.js",
    "leaflet_css": "/assets/vendor/leaflet/leaflet.css",
}


def _subclasses(cls: type) -> Iterator[type]:
    found: list[type] = cls.__subclasses__()
    for sub in found:
        yield sub
        yield from _subclasses(sub)


def keep_vendored() -> None:
    """
    Leave folium's classes only the scripts and styles that stand under /assets/vendor.

    A plugin without a vendored copy then fails to draw instead of asking another machine. Safe to call twice.
    """
    for cls in {JSCSSMixin, *_subclasses(JSCSSMixin)}:
        for attribute in ("default_js", "default_css"):
            if attribute in cls.__dict__:
                kept = [(name, LOCAL[name]) for name, _ in cls.__dict__[attribute] if name in LOCAL]
                setattr(cls, attribute, kept)
