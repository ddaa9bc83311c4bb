"""Import: drop a file, see what is in it and what is wrong with it, take all of it or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

import data.kinds
from data.imports import ImportOptions, import_file
from data.imports.parts import PARTS
from data.kinds._spec import KindSpec
from data.store import workspaces
from data.store.accounts import rights
from geo.catalogue import discover
from geo.errors import GridError
from views.frame import show_empty, show_error
from views.importing.defects import asked_repair, show_defects
from views.importing.followed import show_followed
from views.importing.looking import look_at
from views.importing.mappings import ask_name, choose_mapping, save_asked, show_mappings
from views.importing.options import ask_options, choose_target, told_options
from views.importing.past import show_past
from views.importing.preview_map import show_map
from views.importing.report import show_facts, show_preview, show_report
from views.importing.upload import forget_file, keep_uploads, preview_once
from views.parts.tables import template_csv, template_xlsx
from views.parts.texts import plain
from views.scene import Scene, actor_in, choose

ENDINGS = ["csv", "txt", "xlsx", "geojson", "json", "gpkg", "zip", "shp", "kml", "fgb", "parquet", "gpx", "gz", "pbf"]
ENDINGS += ["kmz", "tsv", "geojsonl", "ndjson", "jsonl", "topojson", "mif", "tab", "dxf", "dbf"]
ENDINGS += sorted({one.rsplit(".", 1)[1] for parts in PARTS.values() for one in parts} - set(ENDINGS))


def render(scene: Scene | None, state: Any, t: Any) -> None:
    """Draw the page; `scene` is None while there is no workspace at all."""
    if scene is not None and not (rights(scene.desk.account).imports and scene.desk.account.area_id is None):
        show_empty(
            t("Your role may look but not import"),
            remedy=plain(t("Ask an administrator, or switch person in the side panel of the demonstration.")),
        )
        return
    kinds = discover(data.kinds)
    above = st.container()
    first, second, third = st.columns([3, 3, 6])
    kind = first.selectbox(
        t("What is in the file"), list(kinds), key="import_kind", format_func=lambda name: t(kinds[name].title)
    )
    with second:
        workspace = choose_target(state, workspaces(), t)
    turn = st.session_state.get("import_turn", 0)
    uploads = third.file_uploader(
        t("Drop a file here; the parts of a shapefile together"),
        key=f"import_file_{kind}_{turn}",
        type=ENDINGS,
        accept_multiple_files=True,
    )
    if not uploads:
        with above:
            show_report(state, t)
        forget_file()
        _offer_templates(kinds[kind], state.lang, t)
    elif workspace:
        st.session_state.pop("import_report", None)
        _take(state, kinds[kind], workspace, uploads, t)
    if st.session_state.pop("import_stopped", False):
        text = t("The import was stopped. What it had not published is dropped; the list below says what stands.")
        st.info(plain(text), icon=":material/block:")
    if workspace in workspaces():
        show_mappings(workspace, actor_in(workspace), kinds, state.lang, t)
    if scene is not None:
        show_followed(scene)
        show_past(scene)


def _take(state: Any, kind: KindSpec, workspace: str, uploads: list[Any], t: Any) -> None:
    """Preview with the options given; import when asked to."""
    try:
        path = keep_uploads(uploads)
    except GridError as error:
        show_error(error, state.lang)
        return
    told = ImportOptions(encoding=st.session_state.get("o_encoding") or None)
    columns = getattr(preview_once(path, kind.name, told, workspace), "file_columns", [])
    choose_mapping(kind.name, columns, str(path), workspace, t)
    options = told_options(kind, columns)
    preview = preview_once(path, kind.name, options, workspace)
    is_open = isinstance(preview, GridError) or (preview.error is not None and not preview.evidence)
    ask_options(kind, columns, is_open=is_open, t=t)
    if isinstance(preview, GridError):
        show_error(preview, state.lang)
        return
    show_facts(preview, state.lang, t, lacks_level=kind.name == "areas" and not options.level)
    repair = asked_repair() if kind.name == "areas" else None
    look = look_at(preview, options, repair, workspace=workspace, actor=actor_in(workspace), stop=_stop_looking, t=t)
    if look.token is None:
        show_preview(preview, state.lang, t)
    else:
        left, right = st.columns([3, 2])
        with left:
            show_map(state, look, options, workspace, t)
        with right:
            if kind.name == "areas":
                show_defects(look, state.lang, t)
                with st.expander(t("Columns and first rows")):
                    show_preview(preview, state.lang, t)
            else:
                show_preview(preview, state.lang, t)
    if look.repair is not None:
        options = replace(options, repair=repair)
    with st.container(horizontal=True, vertical_alignment="center", key="wg-import-go"):
        label = t("Import into {workspace}", workspace=workspace)
        if look.repair is not None:
            label = t("Import repaired into {workspace}", workspace=workspace)
        is_go = st.button(label, type="primary", key="import_go", disabled=preview.error is not None)
        st.button(t("Cancel"), key="import_cancel", on_click=_cancel)
        ask_name(t)
    if is_go:
        _import(state, kind, path, options, workspace, preview.file_columns, t)


def _cancel() -> None:
    """Let the file go. While an import runs this ends it at its next step: what is not published is dropped."""
    forget_file()
    st.session_state["import_turn"] = st.session_state.get("import_turn", 0) + 1
    st.session_state["import_stopped"] = st.session_state.pop("import_running", False)


def _stop_looking() -> None:
    """Let the file go in the middle of its check; nothing was changed."""
    forget_file()
    st.session_state["import_turn"] = st.session_state.get("import_turn", 0) + 1


def _import(
    state: Any, kind: KindSpec, path: Path, options: ImportOptions, workspace: str, columns: list[str], t: Any
) -> None:
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
    save_asked(kind.name, columns, options, workspace, actor_in(workspace))
    forget_file()
    st.session_state.pop("import_target", None)
    st.session_state["import_report"] = report
    st.session_state["import_turn"] = st.session_state.get("import_turn", 0) + 1
    choose(state, ws=workspace)
    st.rerun()


def _offer_templates(kind: KindSpec, lang: str, t: Any) -> None:
    formats = t("CSV, Excel, GeoJSON, GeoPackage, shapefile (zipped or its parts), KML, FlatGeobuf, Parquet and more")
    st.caption(plain(t("{formats}; up to 512 MB.", formats=formats)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(t("Empty file with the right headers")))
        st.download_button(
            "CSV", template_csv(kind, lang=lang), file_name=f"{kind.name}.csv", mime="text/csv", key="t_csv"
        )
        st.download_button(
            "XLSX", lambda: template_xlsx(kind, lang=lang, t=t), file_name=f"{kind.name}.xlsx", key="t_xlsx"
        )
