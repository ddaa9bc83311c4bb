"""Things of the plan out of a file: which list, which file, in which coordinate system."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from data.events.session import EventSession
from data.events.shapes_file import LISTS, Added, add_shapes
from geo.crowd.event.drawing import find
from geo.crowd.event.findings import place_of
from geo.errors import GridError
from views.events.words import LISTS as TITLES
from views.parts.texts import number, plain
from views.scene import Scene

ENDINGS = ["geojson", "json", "zip", "gpkg", "kml", "kmz", "fgb", "dxf", "gpx", "csv", "xlsx", "parquet", "topojson"]
SYSTEMS = ("", "EPSG:4326", "EPSG:4490", "gcj02", "bd09")
ADDED = "event_shapes_added"


def show_shapes_file(scene: Scene, session: EventSession) -> None:
    """Draw the form; what a file brings is one act that undo takes back."""
    t = scene.t
    with st.expander(t("Shapes from a file"), icon=":material/upload_file:"):
        told, of = st.session_state.get(ADDED, (None, None))
        if told is not None and of is session.event:
            _show_added(scene, told)
        left, right = st.columns(2)
        what = left.selectbox(t("Put them under"), LISTS, key="event_shapes_list", format_func=lambda x: t(TITLES[x]))
        crs = right.selectbox(t("Coordinate system"), SYSTEMS, key="event_shapes_crs", accept_new_options=True,
                              format_func=lambda one: one or t("as the file says"))  # fmt: skip
        turn = len(session.past)
        file = st.file_uploader(t("File of areas, lines or points"), ENDINGS, key=f"event_shapes_{turn}")
        if file is not None:
            st.button(t("Put on the map"), key="event_shapes_add", type="primary", on_click=_add,
                      args=(session, file.name, file.getvalue(), what, crs or None))  # fmt: skip


def _add(session: EventSession, name: str, content: bytes, what: str, crs: str | None) -> None:
    session.refusal = None
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            path.write_bytes(content)
            event, added = add_shapes(session.event, path, what, crs=crs)
    except GridError as error:
        session.refusal = error
        return
    session.take(event)
    spots = [place_of(find(event, what, one)) for one in added.ids]
    session.look([one for one in spots if one[0] is not None], what, added.ids[0])
    st.session_state[ADDED] = added, event


def _show_added(scene: Scene, added: Added) -> None:
    t = scene.t
    st.success(plain(t("{count} things put on the map; undo takes them back.", count=number(len(added.ids)))))
    if added.left:
        st.caption(plain(t("Columns nobody asked for: {names}", names=", ".join(added.left))))
