"""Import: drop a file, see what is in it and what is wrong with it, take all of it or nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

import data.kinds
from data.imports import ImportOptions, Preview, import_file, preview_file
from data.kinds._spec import KindSpec
from data.store import workspaces
from data.store.accounts import rights
from geo.catalogue import discover
from geo.errors import GridError
from views.frame import show_empty, show_error
from views.importing.evidence import forget_answers
from views.importing.options import ask_options, choose_target
from views.importing.past import show_past
from views.importing.report import show_preview, show_report
from views.parts.tables import template_csv, template_xlsx
from views.parts.texts import plain
from views.scene import Scene, actor_in, choose

ENDINGS = ["csv", "txt", "xlsx", "geojson", "json", "gpkg", "zip", "shp", "kml", "fgb", "parquet", "gpx", "gz", "pbf"]
ENDINGS += ["kmz", "tsv", "geojsonl", "ndjson", "jsonl", "topojson", "mif", "tab", "dxf", "dbf"]


def render(scene: Scene | None, state: Any, t: Any) -> None:
    """Draw the page; `scene` is None while there is no workspace at all."""
    if scene is not None and not (rights(scene.desk.account).imports and scene.desk.account.area_id is None):
        show_empty(
            t("Your role may look but not import"),
            remedy=plain(t("Ask an administrator, or switch person in the side panel of the demonstration.")),
        )
        return
    kinds = discover(data.kinds)
    first, second = st.columns([2, 3])
    kind = first.selectbox(
        t("What is in the file"), list(kinds), key="import_kind", format_func=lambda name: t(kinds[name].title)
    )
    with second:
        workspace = choose_target(state, workspaces(), t)
    _offer_templates(kinds[kind], state.lang, t)
    turn = st.session_state.get("import_turn", 0)
    upload = st.file_uploader(t("Drop a file here"), key=f"import_file_{kind}_{turn}", type=ENDINGS)
    if upload is None:
        st.caption(
            plain(t("CSV, Excel, GeoJSON, GeoPackage, zipped shapefile, KML, FlatGeobuf, Parquet; up to 512 MB."))
        )
    elif workspace:
        _take(state, kinds[kind], workspace, upload, t)
    if st.session_state.pop("import_stopped", False):
        text = t("The import was stopped. What it had not published is dropped; the list below says what stands.")
        st.info(plain(text), icon=":material/block:")
    show_report(state, t)
    if scene is not None:
        show_past(scene)


def _take(state: Any, kind: KindSpec, workspace: str, upload: Any, t: Any) -> None:
    """Preview with the options given; import when asked to."""
    path = _keep(upload)
    first = _preview(path, kind.name, ImportOptions(), workspace)
    options = ask_options(kind, first, t)
    preview = _preview(path, kind.name, options, workspace)
    if isinstance(preview, GridError):
        show_error(preview, state.lang)
        return
    show_preview(preview, state.lang, t)
    label = t("Import into {workspace}", workspace=workspace)
    with st.container(horizontal=True, key="wg-import-go"):
        is_go = st.button(label, type="primary", key="import_go", disabled=preview.error is not None)
        st.button(t("Cancel"), key="import_cancel", on_click=_cancel)
    if is_go:
        _import(state, kind, path, options, workspace, t)


def _cancel() -> None:
    """Let the file go. While an import runs this ends it at its next step: what is not published is dropped."""
    forget_answers()
    st.session_state["import_turn"] = st.session_state.get("import_turn", 0) + 1
    for name in ("import_previews", "import_kept"):
        st.session_state.pop(name, None)
    st.session_state["import_stopped"] = st.session_state.pop("import_running", False)


def _import(state: Any, kind: KindSpec, path: Path, options: ImportOptions, workspace: str, t: Any) -> None:
    bar = st.progress(0.0, text=t("Starting"))
    st.session_state["import_running"] = True

    def tell(share: float, text: str) -> None:
        bar.progress(min(max(share, 0.0), 1.0), text=plain(t(text)))

    try:
        report = import_file(path, kind.name, options, workspace=workspace, actor=actor_in(workspace), progress=tell)
    except GridError as error:
        bar.empty()
        st.session_state["import_running"] = False
        show_error(error, state.lang)
        return
    st.session_state["import_running"] = False
    forget_answers()
    st.session_state["import_report"] = report
    st.session_state["import_turn"] = st.session_state.get("import_turn", 0) + 1
    for name in ("import_previews", "import_kept"):
        st.session_state.pop(name, None)
    choose(state, ws=workspace)
    st.rerun()


def _keep(upload: Any) -> Path:
    """Put an upload into a temporary file once per upload; the folder goes when the session's object does."""
    kept = st.session_state.get("import_kept")
    if kept is None or kept[0] != upload.file_id:
        forget_answers()
        folder = tempfile.TemporaryDirectory(prefix="wangge-upload-")
        path = Path(folder.name) / (Path(upload.name).name or "upload")
        path.write_bytes(upload.getbuffer())
        kept = (upload.file_id, path, folder)
        st.session_state["import_kept"] = kept
    return kept[1]


def _preview(path: Path, kind: str, options: ImportOptions, workspace: str) -> Preview | GridError:
    """Preview once per file and options of this session."""
    key = (str(path), kind, repr(options), workspace)
    kept = st.session_state.setdefault("import_previews", {})
    if key not in kept:
        try:
            kept[key] = preview_file(path, kind, options, workspace=workspace)
        except GridError as error:
            kept[key] = error
    return kept[key]


def _offer_templates(kind: KindSpec, lang: str, t: Any) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(t("Empty file with the right headers")))
        st.download_button(
            "CSV", template_csv(kind, lang=lang), file_name=f"{kind.name}.csv", mime="text/csv", key="t_csv"
        )
        st.download_button(
            "XLSX", lambda: template_xlsx(kind, lang=lang, t=t), file_name=f"{kind.name}.xlsx", key="t_xlsx"
        )
