"""The map of a dropped file over the areas that are there."""

from __future__ import annotations

from typing import Any

import streamlit as st

from data.store import open_store, workspaces
from views.frame import theme_of
from views.importing.defects import AS_IS, FOCUS, REPAIRED, TURN
from views.importing.looking import Look
from views.map_frame import map_frame

HEIGHT = 430


def show_map(state: Any, look: Look, options: Any, workspace: str, t: Any) -> None:
    """Draw the file, its defects and its repair; a click on a defect puts it in focus."""
    told = map_frame(
        {
            "ws": workspace,
            "lang": state.lang,
            "theme": theme_of(state),
            "level": level_below(workspace, options.level),
            "edition": open_store(workspace).edition if workspace in workspaces() else 0,
            "coming": {
                "token": look.token or "",
                "choice": REPAIRED if look.repair is not None else AS_IS,
                "focus": st.session_state.get(FOCUS, ""),
                "turn": st.session_state.get(TURN, 0),
            },
        },
        key="import_map",
        height=HEIGHT,
        keeps_view=False,
        title=t("The file over what is there"),
        document="/map/coming",
    )
    clicked = told["clicked"]
    if clicked and clicked.get("kind") == "defect" and clicked.get("id") != st.session_state.get(FOCUS):
        st.session_state[FOCUS] = clicked["id"]
        st.rerun()


def level_below(workspace: str, level: str | None) -> str:
    """Return the level drawn under a file: the one it replaces, else the finest there is; '' without areas."""
    if workspace not in workspaces():
        return ""
    keys = [key for key, _, _ in open_store(workspace).level_rows()]
    return level if level in keys else (keys[-1] if keys else "")
