"""The density of an event's areas and ways by Fruin's levels, played minute by minute on the map."""

from __future__ import annotations

from typing import Any

from data.events.playing import density_frames
from data.events.session import EventSession
from views.events.drawing import GROUND
from views.map_frame import map_frame
from views.parts.controls import map_state
from views.scene import Scene

LEVEL_FILLS = {"A": "#dce9f2", "B": "#b5d4e9", "C": "#f4e3a1", "D": "#f2b467", "E": "#dd6b4d", "F": "#8e1b2f"}
"""Fruin's levels from free to crushed; the letter stands beside the colour."""


def show_density(scene: Scene, session: EventSession, report: dict[str, Any]) -> None:
    """Draw the map; the frames go to it once and are played there, beginning at the minute of the address."""
    frames = density_frames(report)
    if frames is None:
        return
    body = session.map_state()
    body |= {
        "fit": session.event.event_id, "faults": [], "picked": None, "fixed": True,
        "seal": f"{body['seal']}-{frames['seal']}",
        "frames": frames | {"fills": LEVEL_FILLS, "at": int(scene.state.minute or 0)},
    }  # fmt: skip
    state = map_state(scene, metric="", pick="", click="", layers=GROUND, event=body)
    map_frame(state, key="event_density", height=520, title=scene.t("Density"), document="/map/event", keeps_view=False)
