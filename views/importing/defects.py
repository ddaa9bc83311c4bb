"""The defects of a dropped file: a list that leads the map, the file of them, and the choice to repair."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from data.defects import RepairOptions
from data.defects.titles import MARKS, TITLES
from data.formats import write_file
from data.language import translate_say
from data.settings import DEFAULTS
from geo.areas.defects import DefectReport
from geo.areas.repair.preview import RepairPreview
from views.frame import show_error
from views.importing.looking import Look
from views.parts.texts import number, plain

AS_IS, REPAIRED = "as_is", "repaired"
FOCUS, TURN, CHOICE, CONSENT = "import_focus", "import_focus_turn", "import_choice", "import_consent"
MOST_ROWS = 5_000


def asked_repair() -> RepairOptions | None:
    """Return how far to repair as the page's switches stand; None to take the areas as they are."""
    if st.session_state.get(CHOICE) != REPAIRED:
        return None
    return RepairOptions(consent=tuple(st.session_state.get(CONSENT, ())))


def show_defects(look: Look, lang: str, t: Any) -> None:
    """Draw the list of defects, or the proof that there are none, with the choice to repair."""
    if look.checked is None:
        return
    if look.fault is not None:
        show_error(look.fault, lang)
    report = look.checked.report
    if report.is_clean:
        _show_proof(report, t)
        return
    _show_counts(report, lang, t)
    st.segmented_control(
        t("Take the areas"),
        [AS_IS, REPAIRED],
        key=CHOICE,
        default=AS_IS,
        format_func=lambda one: t("repaired") if one == REPAIRED else t("as they are"),
        width="stretch",
        required=True,
    )
    if look.repair is None:
        show_list(report, lang, t)
        return
    show_repair(look.repair, lang, t)


def _show_proof(report: DefectReport, t: Any) -> None:
    proof = report.proof or {}
    st.success(plain(t("No defects: {count} areas cover each piece of ground once", count=number(report.areas))))
    facts = {
        t("Total area"): f"{number(proof['total_area_m2'] / 1e6, 3)} km²",
        t("Smallest area"): f"{number(proof['smallest_area_m2'], 1)} m²",
        t("Tolerance"): f"{number(proof['tolerance_m2'], 2)} m²",
        "SHA-256": str(proof["sha256"])[:16] + "…",
    }
    st.caption(" · ".join(f"{plain(name)} {plain(value)}" for name, value in facts.items()))


def _show_counts(report: DefectReport, lang: str, t: Any) -> None:
    counts = " · ".join(
        f"{plain(translate_say(TITLES[kind], lang))} **{number(count)}**" for kind, count in report.counts().items()
    )
    left, right = st.columns([5, 2], vertical_alignment="center")
    left.markdown(f"**{plain(t('Defects'))} {number(len(report.defects))}**: {counts}")
    right.download_button(
        t("Download"),
        lambda: defects_file(report),
        file_name="defects.gpkg",
        key="defects_gpkg",
        width="stretch",
        help=t("All defects with their shapes, as GeoPackage"),
    )


def defects_file(report: DefectReport) -> bytes:
    """Return the defects as a GeoPackage."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "defects.gpkg"
        write_file(report.to_table(), path, layer="defects", description="defects of areas")
        return path.read_bytes()


def show_list(report: DefectReport, lang: str, t: Any) -> None:
    """Draw the defects, most harmful first; a click on one leads the map there."""
    rows = [
        {
            "#": MARKS[one.kind],
            t("Defect"): translate_say(TITLES[one.kind], lang),
            "m²": one.area_m2,
            t("Households"): one.households or None,
            t("Area codes"): ", ".join(one.ids[:4]) + (" …" if len(one.ids) > 4 else ""),
        }
        for one in report.defects[:MOST_ROWS]
    ]
    formats = {"m²": st.column_config.NumberColumn(format="%.1f"), "#": st.column_config.TextColumn(width=30)}
    keys = [one.key for one in report.defects[:MOST_ROWS]]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=min(38 + 35 * len(rows), 232),
        key="import_defects",
        on_select=lambda: _go_to_chosen(keys),
        selection_mode="single-row",
        column_config=formats,
    )
    chosen = next((one for one in report.defects if one.key == st.session_state.get(FOCUS)), None)
    text = translate_say(chosen.message, lang) if chosen else t("Click a row to go there; the most harmful come first.")
    st.caption(plain(text))


def _go_to_chosen(keys: list[str]) -> None:
    """Have the map go to the row just chosen: before the page is drawn again, so that it goes at once."""
    for row in st.session_state["import_defects"]["selection"]["rows"]:
        if row < len(keys):
            st.session_state[FOCUS] = keys[row]
            st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def show_repair(repair: RepairPreview, lang: str, t: Any) -> None:
    """Draw what a repair changes for each area, what is left, and who has to consent to more."""
    changed = repair.changes[repair.changes["rules"] != ""].sort_values("change_share", ascending=False, kind="stable")
    largest = repair.largest_change
    told = [t("{count} of {total} areas change", count=number(len(changed)), total=number(len(repair.changes)))]
    if largest is not None:
        told.append(
            t(
                "largest change {share} % ({area_m2} m²), area {area}",
                share=number(100 * largest["change_share"], 3),
                area_m2=number(largest["change_m2"], 1),
                area=largest["area_id"],
            )
        )
    st.markdown(" · ".join(plain(one) for one in told))
    left = repair.after.counts()
    if left:
        parts = (f"{translate_say(TITLES[kind], lang)} {number(count)}" for kind, count in left.items())
        st.warning(plain(t("Left after the repair: {kinds}", kinds=" · ".join(parts))))
    else:
        st.success(plain(t("After the repair no defect is left.")))
    _ask_consent(repair, t)
    table = pd.DataFrame(
        {
            t("Area"): changed["area_id"],
            t("Change %"): changed["change_share"] * 100,
            t("Change m²"): changed["change_m2"],
            t("Before m²"): changed["before_m2"],
            t("After m²"): changed["after_m2"],
            t("Rule"): [_rules(one, t) for one in changed["rules"]],
        }
    )
    formats = {name: st.column_config.NumberColumn(format="%.2f") for name in table.columns[2:5]}
    formats[t("Change %")] = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(table, hide_index=True, height=min(38 + 35 * len(table), 170), column_config=formats)


def _ask_consent(repair: RepairPreview, t: Any) -> None:
    """Ask by name for areas that would change by more than the limit."""
    given = list(st.session_state.get(CONSENT, ()))
    wanted = sorted({one for row in repair.left for one in row["ids"]} | set(given))
    if not wanted:
        return
    share = number(100 * float(DEFAULTS["repair_max_change_share"]), 1)
    most = number(float(DEFAULTS["repair_max_change_m2"]))
    st.multiselect(
        t("More than {share} % or {area_m2} m² of an area: named consent", share=share, area_m2=most),
        wanted,
        key=CONSENT,
        placeholder=t("Name the areas that may change by more"),
        help=t("{count} pieces stay as they are until the areas concerned are named here.", count=len(repair.left)),
    )


def _rules(text: str, t: Any) -> str:
    titles = {
        "made_valid": t("border made valid"),
        "overlap_to_longest_neighbour": t("overlap to the longest neighbour"),
        "gap_to_longest_neighbour": t("gap to the longest neighbour"),
        "cut_to_parent": t("cut to the area above"),
        "snapped": t("corners snapped together"),
    }
    return ", ".join(titles.get(one, one.replace("_", " ")) for one in text.split(", "))
