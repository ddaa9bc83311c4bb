"""What one takes away of a draft: a GeoPackage of its grids, a report, and the plan book."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from data.planning.editor.session import EditSession
from data.planning.editor.shown import plan_report, write_plan
from data.plans.book import write_book
from views.scene import Scene

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def show_exports(scene: Scene, session: EditSession) -> None:
    """Offer the draft as a GeoPackage and as a report."""
    t = scene.t
    stem = f"plan-{scene.state.area}"
    with st.container(horizontal=True):
        st.download_button(
            t("GeoPackage"), lambda: _geopackage(scene, session), file_name=f"{stem}.gpkg",
            icon=":material/download:", key="plan_gpkg", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            t("Plan report (JSON)"), lambda: plan_report(session), file_name=f"{stem}.json",
            icon=":material/download:", key="plan_json", on_click="ignore",
        )  # fmt: skip
        if scene.state.plan:
            book = t("Map and table of every village, as saved last")
            st.download_button(
                t("Plan book (to print)"), lambda: _book(scene, ".html"), file_name=f"{stem}.html",
                icon=":material/print:", key="plan_book", on_click="ignore", help=book,
            )  # fmt: skip
            st.download_button(
                t("Plan book (Word)"), lambda: _book(scene, ".docx"), file_name=f"{stem}.docx", mime=WORD,
                icon=":material/description:", key="plan_book_word", on_click="ignore", help=book,
            )  # fmt: skip


def _book(scene: Scene, ending: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="wangge-plan-") as folder:
        path = Path(folder) / f"book{ending}"
        write_book(scene.desk, scene.state.plan, path, language=scene.state.lang)
        return path.read_bytes()


def _geopackage(scene: Scene, session: EditSession) -> bytes:
    about = scene.t("Draft plan of {place}, edition {edition}", place=scene.area_name(scene.state.area),
                    edition=scene.store.edition)  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="wangge-plan-") as folder:
        path = Path(folder) / "plan.gpkg"
        write_plan(session, path, description=about)
        return path.read_bytes()
