"""Stations, checkpoints, shelters and the other places, each with a sign of its kind."""

from __future__ import annotations

from typing import Any

from layers._element import LayerElement
from layers._spec import LayerSpec

SIGNS = {
    "governance_station": ("治", "#1f5fa8"),
    "police_post": ("警", "#23406b"),
    "checkpoint": ("卡", "#8c3b2e"),
    "camera": ("摄", "#5c6670"),
    "shelter": ("避", "#2e7d4f"),
    "parking": ("P", "#3d6fb4"),
    "school": ("学", "#9a6a00"),
    "firm": ("企", "#6d5a8c"),
    "market": ("市", "#a0522d"),
    "station": ("交", "#37474f"),
    "viewing_point": ("观", "#00796b"),
}


def places(config: dict[str, Any]) -> LayerElement:
    """Draw each place as a sign; the commoner kinds only from a nearer zoom."""
    near = {"camera": 14, "firm": 13, "checkpoint": 12, "parking": 13, "school": 12, "shelter": 12, "market": 12}
    return LayerElement("points", config, shape="sign", signs=SIGNS, sign_by="kind", near=near, colour="#37474f")


SPEC = LayerSpec(
    title="Places",
    needs=("places",),
    build=places,
    group="People and places",
    order=70,
    shown_at_start=False,
    feed="points",
    columns=("name", "kind", "capacity"),
)
