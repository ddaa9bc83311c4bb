"""Import: drop a file, see what is in it and what is wrong with it, take all of it or nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

import data.kinds
from data.imports import ImportOptions, import_file, preview_file
from data.kinds._spec import KindSpec
from data.store import workspaces
from data.store.accounts import rights
from data.writer import write
from geo.catalogue import discover
from geo.errors import GridError
from views.frame import show_empty, show_error
from views.import_options import ask_options, choose_target
from views.scene import Scene, choose
from views.tables import template_csv, template_xlsx
from views.texts import moment, number, plain

ENDINGS = ["csv", "txt", "xlsx", "geojson", "json", "gpkg", "zip", "shp", "kml", "fgb", "parquet", "gpx", "gz", "pbf"]
LOCAL_ACTOR = "administrator"


def render(scene: Scene | None, state: Any, t: Any) -> None:
    """Draw the page; `scene` is None while there is no workspace at all."""
    if scene is not None and not rights(scene.desk.account).imports:
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
    upload = st.file_uploader(t("Drop a file here"), key=f"import_file_{kind}", type=ENDINGS)
    if upload is None:
        st.caption(
            plain(t("CSV, Excel, GeoJSON, GeoPackage, zipped shapefile, KML, FlatGeobuf, Parquet; up to 512 MB."))
        )
    elif workspace:
        _take(scene, state, kinds[kind], workspace, upload, t)
    _show_report(t)
    if scene is not None:
        show_past(scene)


def _take(scene: Scene | None, state: Any, kind: KindSpec, workspace: str, upload: Any, t: Any) -> None:
    """Preview with the options given; import when asked to."""
    path = _keep(upload)
    options = ask_options(kind, _preview(path, kind.name, ImportOptions(), state.lang, is_quiet=True), t)
    preview = _preview(path, kind.name, options, state.lang)
    if preview is None:
        return
    show_preview(preview, t)
    if not st.button(t("Import into {workspace}", workspace=workspace), type="primary", key="import_go"):
        return
    bar = st.progress(0.0, text=t("Starting"))
    actor = scene.desk.account.account_id if scene is not None and scene.state.ws == workspace else LOCAL_ACTOR
    try:
        report = import_file(
            path,
            kind.name,
            options,
            workspace=workspace,
            actor=actor,
            progress=lambda share, text: bar.progress(min(max(share, 0.0), 1.0), text=t(text)),
        )
    except GridError as error:
        bar.empty()
        show_error(error, state.lang)
        return
    bar.empty()
    st.session_state["import_report"] = report
    choose(state, ws=workspace)
    st.rerun()


def _keep(upload: Any) -> Path:
    """Put an upload into a temporary file once per upload; the folder goes when the session's object does."""
    kept = st.session_state.get("import_kept")
    if kept is None or kept[0] != upload.file_id:
        folder = tempfile.TemporaryDirectory(prefix="wangge-upload-")
        path = Path(folder.name) / (Path(upload.name).name or "upload")
        path.write_bytes(upload.getbuffer())
        kept = (upload.file_id, path, folder)
        st.session_state["import_kept"] = kept
    return kept[1]


def _preview(path: Path, kind: str, options: ImportOptions, lang: str, *, is_quiet: bool = False) -> Any:
    key = (str(path), kind, repr(options))
    kept = st.session_state.setdefault("import_previews", {})
    if key not in kept:
        try:
            kept[key] = preview_file(path, kind, options)
        except GridError as error:
            kept[key] = error
    found = kept[key]
    if isinstance(found, GridError):
        if not is_quiet:
            show_error(found, lang)
        return None
    return found


def show_preview(preview: Any, t: Any) -> None:
    """Format, encoding, CRS, matched columns, first rows and faults."""
    facts = {
        t("Format"): preview.format,
        t("Encoding"): preview.encoding or "–",
        t("Coordinates"): preview.crs or "–",
        t("Rows"): number(preview.rows),
    }
    st.markdown(" · ".join(f"{plain(name)}: **{plain(value)}**" for name, value in facts.items()))
    matched = pd.DataFrame({t("Column"): list(preview.columns.values()), t("Field"): list(preview.columns)})
    left, right = st.columns([1, 2])
    left.dataframe(matched, hide_index=True, height=240)
    right.dataframe(preview.head, hide_index=True, height=240)
    if preview.faults:
        st.warning("  \n".join(plain(one) for one in preview.faults), icon=":material/rule:")


def _show_report(t: Any) -> None:
    report = st.session_state.get("import_report")
    if report is None:
        return
    with st.container(border=True):
        st.markdown(f"**{plain(t('Imported'))}** · {plain(t('edition {edition}', edition=report.edition))}")
        facts = {t("Rows read"): report.rows_read, t("Rows taken"): report.rows_taken}
        with st.container(horizontal=True):
            for title, value in facts.items():
                st.metric(title, number(value), border=True, width=150)
        for title, counts in ((t("Placed"), report.reasons), (t("Rejected"), report.rejected)):
            if counts:
                st.markdown(
                    plain(title) + ": " + " · ".join(f"{plain(t(k))} **{number(n)}**" for k, n in counts.items())
                )
        for notice in report.notices:
            st.caption(plain(notice))
        if report.reject_file and Path(report.reject_file).is_file():
            st.download_button(
                t("Download rejected rows"), Path(report.reject_file).read_bytes(), file_name="rejected.csv"
            )


def show_past(scene: Scene) -> None:
    """Every import on record; the ones that stand can be undone."""
    t, sources = scene.t, scene.desk.sources()
    st.markdown(f"**{plain(t('Past imports'))}** · {number(len(sources))}")
    for row in sources.to_dict("records")[:30]:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            at = moment(row["at"], scene.store.time_zone)
            st.markdown(
                f"{at} · {plain(t(row['kind']))} · {plain(row['file'])} · {number(row['rows'])} · {plain(row['by'])}"
            )
            if st.button(t("Undo"), key=f"undo_{row['import_id']}"):
                try:
                    write(
                        scene.state.ws,
                        "undo_import",
                        {"import_id": row["import_id"]},
                        actor=scene.desk.account.account_id,
                    )
                except GridError as error:
                    show_error(error, scene.state.lang)
                else:
                    st.rerun()


def _offer_templates(kind: KindSpec, lang: str, t: Any) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(t("Empty file with the right headers")))
        st.download_button(
            "CSV", template_csv(kind, lang=lang), file_name=f"{kind.name}.csv", mime="text/csv", key="t_csv"
        )
        st.download_button(
            "XLSX", lambda: template_xlsx(kind, lang=lang, t=t), file_name=f"{kind.name}.xlsx", key="t_xlsx"
        )
