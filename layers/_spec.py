"""What a page must know to offer a layer without knowing how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from branca.element import MacroElement

Feed = Literal["areas", "outlines", "labels", "points", "cells", "lines", "shapes", "tracks"]


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """
    `build(config)` returns a folium element that holds configuration only; data comes to it by fetch.

    `needs` names the kinds of data/kinds it draws, `group` its place in the layer panel, `order` its place
    from the ground (0) up, `min_zoom` the zoom below which it is not fetched. `feed` says in which form
    /api/features gives its rows, `columns` which fields of the first kind in `needs` travel with them.
    """

    title: str
    needs: tuple[str, ...]
    build: Callable[..., MacroElement]
    group: str
    order: int
    shown_at_start: bool = True
    min_zoom: int = 0
    feed: Feed = "points"
    columns: tuple[str, ...] = ()
