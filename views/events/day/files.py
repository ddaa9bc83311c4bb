"""Files of a board as links to the service."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

import streamlit as st

from views.events.day.telling import Shown
from views.parts.texts import escaped
from views.scene import Scene


def show_files(scene: Scene, shown: Shown, files: Mapping[str, str]) -> None:
    """
    Links to files of the board, made by the service when they are asked for.

    They are no download buttons: those hold a file for one run of the page alone, and here it runs every two seconds.
    """
    asked = urlencode({"ws": scene.state.ws, "lang": scene.state.lang})
    links = [
        f'<a class="wg-file" href="/api/board/{quote(shown.board_id, safe="")}/{name}?{asked}" '
        f'download="{escaped(f"{shown.board_id}-{name}")}">{escaped(text)}</a>'
        for name, text in files.items()
    ]
    st.html(f'<div class="wg-files">{"".join(links)}</div>')
