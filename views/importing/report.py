"""What an import would do, and what it did: matched columns, first rows, reasons with their counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

import data.kinds
from data.defects.titles import TITLES
from data.imports import ImportReport, Preview
from data.language import translate_say
from data.writer import write
from geo.catalogue import discover
from geo.errors import GridError, Say
from views.frame import show_error
from views.importing.evidence import show_evidence
from views.parts.texts import number, plain
from views.scene import actor_in


def show_facts(preview: Preview, lang: str, t: Any, *, lacks_level: bool = False) -> None:
    """Format, encoding, CRS, and what stands in the way; a level nobody has named yet is a question, not a fault."""
    facts = {
        t("Format"): preview.format,
        t("Encoding"): preview.encoding or "–",
        t("Coordinates"): preview.crs or "–",
        t("Rows"): number(preview.row_count),
    }
    st.markdown(" · ".join(f"{plain(name)}: **{plain(value)}**" for name, value in facts.items()))
    if lacks_level:
        text = t("Which level are these areas of? Name it in the options, for example {level}.", level="grid")
        st.info(plain(text), icon=":material/help:")
    elif preview.error is not None:
        show_error(preview.error, lang)
    show_evidence(preview.evidence, lang, t)


def show_preview(preview: Preview, lang: str, t: Any) -> None:
    """Matched columns, first rows, rows that cannot be used, and remarks."""
    spec = discover(data.kinds)[preview.kind]
    fields = {one.name: one.title for one in spec.fields}
    rows = [{t("Field"): t(fields.get(name, name)), t("Column"): column} for name, column in preview.columns.items()]
    rows += [{t("Field"): t("not taken"), t("Column"): column} for column in preview.unknown_columns]
    st.dataframe(pd.DataFrame(rows, columns=[t("Field"), t("Column")]), hide_index=True, height=_height(len(rows), 5))
    st.dataframe(_readable(preview.rows), hide_index=True, height=_height(len(preview.rows), 4))
    show_counts(t("Rejected"), preview.rejected, lang)
    for notice in preview.notices:
        st.caption(plain(translate_say(notice, lang)))


def _height(rows: int, most: int) -> int:
    return 38 + 35 * max(1, min(rows, most))


def show_counts(title: str, counts: list[tuple[Say, int]], lang: str) -> None:
    """Reasons with how many rows each."""
    if counts:
        parts = [f"{plain(translate_say(reason, lang))} **{number(count)}**" for reason, count in counts]
        st.markdown(f"{plain(title)}: " + " · ".join(parts))


def _readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Shapes as short text: a browser shows no geometry."""
    shown = pd.DataFrame(rows).head(20).copy()
    for name in shown.columns:
        if name == "geometry" or shown[name].map(lambda one: isinstance(one, (bytes, dict, list))).any():
            shown[name] = [str(one)[:60] for one in shown[name]]
    return shown


def show_report(state: Any, t: Any) -> None:
    """Say what the last import did, with its undo."""
    report = st.session_state.get("import_report")
    if report is None:
        return
    with st.container(border=True):
        parts = (report.file, t("edition {edition}", edition=report.edition))
        st.markdown(f"**{plain(t('Imported'))}** · " + " · ".join(plain(one) for one in parts))
        rejected = sum(count for _, count in report.rejected)
        facts = {t("Rows read"): report.rows_read, t("Rows taken"): report.rows_taken, t("Rejected"): rejected}
        facts |= {title: report.changes[name] for name, title in change_titles(t).items() if name in report.changes}
        if report.disagreements:
            facts[t("Stated area contradicts the point")] = report.disagreements
        with st.container(horizontal=True):
            for title, value in facts.items():
                st.metric(title, number(value), border=True, width=112)
        if report.reasons:
            placed = " · ".join(f"{plain(t(name))} **{number(count)}**" for name, count in report.reasons.items())
            st.markdown(f"{plain(t('Placed'))}: {placed}")
        show_counts(t("Rejected"), report.rejected, state.lang)
        if report.defects:
            told = (
                f"{translate_say(TITLES[kind], state.lang)} {number(count)}" for kind, count in report.defects.items()
            )
            st.markdown(f"{plain(t('Defects taken along'))}: {plain(' · '.join(told))}")
        for notice in report.notices:
            st.caption(plain(translate_say(notice, state.lang)))
        with st.container(horizontal=True):
            if report.import_id:
                st.button(t("Take this import back"), key="import_undo", on_click=_undo, args=(report,))
            if report.reject_file and Path(report.reject_file).is_file():
                content = Path(report.reject_file).read_bytes()
                st.download_button(t("Download rejected rows"), content, file_name=Path(report.reject_file).name)
            if st.button(t("Close this report"), key="import_close"):
                del st.session_state["import_report"]
                st.rerun()
    fault = st.session_state.pop("import_undo_fault", None)
    if fault is not None:
        show_error(fault, state.lang)


def change_titles(t: Any) -> dict[str, str]:
    """Return what people call each count of what became of the rows there were."""
    return {
        "inserted": t("Inserted"),
        "updated": t("Updated"),
        "unchanged": t("Unchanged"),
        "removed": t("Removed"),
        "kept": t("Kept beside them"),
    }


def _undo(report: ImportReport) -> None:
    try:
        write(report.workspace, "undo_import", {"import_id": report.import_id}, actor=actor_in(report.workspace))
        st.session_state.pop("import_report", None)
        st.toast(report.file, icon=":material/undo:")
    except GridError as error:
        st.session_state["import_undo_fault"] = error
