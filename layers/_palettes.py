"""Colour ramps that are even to the eye and safe for the colour-blind."""

from __future__ import annotations

import numpy as np

SEQUENTIAL = {
    "ylgnbu": ("#ffffd9", "#edf8b1", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#253494", "#081d58"),
    "blues": ("#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c", "#08306b"),
    "ylorrd": ("#ffffcc", "#ffeda0", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c", "#bd0026", "#800026"),
    "viridis": ("#fde725", "#addc30", "#5ec962", "#28ae80", "#21918c", "#2c728e", "#3b528b", "#472d7b", "#440154"),
    "cividis": ("#fee838", "#e1cc55", "#c3b369", "#a59c74", "#8a8678", "#707173", "#575d6d", "#35456c", "#00224e"),
}
DIVERGING = {
    "puor": ("#542788", "#8073ac", "#b2abd2", "#d8daeb", "#f7f7f7", "#fee0b6", "#fdb863", "#e08214", "#b35806"),
    "rdbu": ("#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7", "#fddbc7", "#f4a582", "#d6604d", "#b2182b"),
}
PALETTES = (*SEQUENTIAL, *DIVERGING)


def _mix(ramp: tuple[str, ...], position: float) -> str:
    stops = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in ramp], dtype=float)
    places = np.linspace(0, 1, len(ramp))
    return "#" + "".join(f"{round(float(np.interp(position, places, stops[:, i]))):02x}" for i in range(3))


def colours(palette: str, count: int) -> list[str]:
    """
    Return `count` colours of `palette`, light to dark (diverging: one end to the other).

    A sequential ramp leaves out its palest and darkest ends, which paper and text need.

    Examples
    --------
    >>> colours("rdbu", 3)
    ['#2166ac', '#f7f7f7', '#b2182b']
    >>> len(colours("ylgnbu", 5))
    5
    """
    if palette in DIVERGING:
        return [_mix(DIVERGING[palette], p) for p in (np.linspace(0, 1, count) if count > 1 else [0.5])]
    ramp = SEQUENTIAL[palette]
    return [_mix(ramp, p) for p in (np.linspace(0.1, 0.92, count) if count > 1 else [0.5])]
