"""Read what the first page needs before anybody asks for it."""

from __future__ import annotations

import gc
import logging

from data.store import workspaces
from geo.errors import GridError
from views.overview import GAPS, HEADLINES
from views.parts.answers import ask, by_category, daily, total_of
from views.scene import find_workspace, open_scene
from views.state import State

LOG = logging.getLogger("wangge")


def warm_first_page() -> None:
    """
    Work out the overview of the workspace a bare address opens, then keep its objects out of the garbage collector.

    A failure here costs speed, nothing else: the page itself will say what is wrong.
    """
    try:
        if workspaces():
            _answer_overview()
    except (GridError, OSError, RuntimeError):
        LOG.exception("the first page could not be prepared")
    gc.collect()
    gc.freeze()


def _answer_overview() -> None:
    ws, _ = find_workspace(State())
    scene, _ = open_scene(State(ws=ws))
    for name in HEADLINES:
        total_of(scene, name)
        total_of(scene, name, is_before=True)
    for gap in GAPS:
        ask(scene, metric=gap.metric)
    daily(scene)
    by_category(scene)
    ask(scene, metric="swept_road_share")
