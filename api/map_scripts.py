"""Our scripts of each map document, in the order they run."""

from __future__ import annotations

SCRIPTS = (
    "core/base", "core/themes", "core/geometry", "core/mvt", "core/stage", "core/state",
    "draw/areas", "draw/tiled", "draw/outlines", "draw/lines", "draw/points", "draw/labels",
    "tools/synthetic", "tools/search", "tools/panel", "tools/toolbar", "tools/measure", "tools/legend",
    "tools/chooser", "tools/picture", "core/start",
)  # fmt: skip
"""Those of a map."""
LIVE_SCRIPTS = (
    *SCRIPTS[:-1],
    "live/store", "live/symbols", "live/draw", "live/replay", "live/connection", "live/list",
    "live/announce", "live/filters", "live/bar", "live/page",
    SCRIPTS[-1],
)  # fmt: skip
"""Those of the live map."""
COMING_SCRIPTS = (*SCRIPTS[:-1], "coming/draw", "coming/page", SCRIPTS[-1])
"""Those of the preview of a file."""
PLAN_SCRIPTS = (*SCRIPTS[:-1], "plan/acts", "plan/paint", "plan/tools", SCRIPTS[-1])
"""Those of the planner's map."""
EVENT_SCRIPTS = (*SCRIPTS[:-1], "plan/acts", "event/paint", "event/tools", SCRIPTS[-1])
"""Those of the organizer's map."""
