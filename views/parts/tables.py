"""Files a page hands out: exactly the table it shows, and empty files with the right headers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd

from data.kinds._spec import Field, KindSpec
from views.parts.texts import boundaries_text
from views.scene import Scene

CHINESE = range(0x4E00, 0xA000)


def to_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV that a spreadsheet program opens with its Chinese whole (UTF-8 with mark)."""
    return _safe(table).to_csv(index=False).encode("utf-8-sig")


def to_xlsx(table: pd.DataFrame, *, facts: dict[str, Any], t: Callable[..., str]) -> bytes:
    """Return a table as XLSX with a second sheet that says what it is: question, period, source, sums."""
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        _safe(table).to_excel(writer, sheet_name=t("Table"), index=False)
        about = pd.DataFrame({t("What"): list(facts), t("Value"): [str(one) for one in facts.values()]})
        _safe(about).to_excel(writer, sheet_name=t("About"), index=False)
    return buffer.getvalue()


def coverage_facts(scene: Scene, found: Any) -> dict[str, Any]:
    """Return what a downloaded coverage table must say about itself to be read without the page."""
    t, state, spec = scene.t, scene.state, scene.metric
    facts = {
        t("Workspace"): scene.store.title or state.ws,
        t("Metric"): t(spec.title),
        t("Unit"): t(spec.unit),
        t("Meaning"): t(spec.help),
        t("Source"): t(found.source),
        t("Level"): scene.level_title(state.level),
        t("Inside"): scene.area_name(state.area) if state.area else t("Everything"),
        t("Category"): state.category or t("All"),
        t("First day"): state.start,
        t("Last day"): state.end,
        t("Records in total"): found.total,
        t("Records unassigned"): found.unassigned,
        t("Boundaries"): boundaries_text(t, found),
        t("Edition"): found.edition,
    }
    if scene.store.is_synthetic:
        facts = {t("Mark"): t("SYNTHETIC demonstration data")} | facts
    return facts


def shown_coverage(scene: Scene, table: pd.DataFrame, found: Any) -> pd.DataFrame:
    """Return the coverage table with readable headers, the unassigned row last, the mark in its own column."""
    t, spec = scene.t, scene.metric
    titles = {
        "area_id": t("Code"),
        "name": t("Area"),
        "above": t("Lies in"),
        "value": scene.titled(scene.state.metric),
        "before": t("Compared period"),
        "change": t("Change"),
        "rank": t("Rank"),
        "records": t("Records"),
        "low": t("at least"),
        "high": t("at most"),
        "is_unsure": t("unsure"),
    }
    out = table.rename_axis("area_id").reset_index()
    out = out[[one for one in titles if one in out]]
    unassigned = {"area_id": "", "name": t("unassigned"), "records": found.unassigned}
    if spec.additive:
        unassigned["value"] = found.unassigned_value
    out = pd.concat([out.astype(object), pd.DataFrame([unassigned])], ignore_index=True)
    if scene.store.is_synthetic:
        out["mark"] = t("SYNTHETIC demonstration data")
    return out.rename(columns=titles | {"mark": t("Mark")})


def headers(kind: KindSpec, *, lang: str) -> list[tuple[str, Field]]:
    """Return the headers an empty file of a kind has: names an import recognises, Chinese where there are any."""
    found = []
    for field in kind.fields:
        if field.derived:
            continue
        chinese = [one for one in field.synonyms if one and ord(one[0]) in CHINESE]
        found.append((chinese[0] if chinese and lang == "zh_CN" else field.name, field))
    return found


def template_csv(kind: KindSpec, *, lang: str) -> bytes:
    """Return an empty CSV with the right headers."""
    return to_csv(pd.DataFrame(columns=[name for name, _ in headers(kind, lang=lang)]))


def template_xlsx(kind: KindSpec, *, lang: str, t: Callable[..., str]) -> bytes:
    """Return an empty workbook with the right headers, and a second sheet that explains every column."""
    named = headers(kind, lang=lang)
    rows = [
        {
            t("Column"): name,
            t("Field"): field.name,
            t("Meaning"): t(field.title),
            t("Required"): t("yes") if field.required else "",
            t("Type"): t(field.dtype),
            t("Unit"): t(field.unit) if field.unit else "",
            t("Allowed values"): ", ".join(one for one in field.allowed if one),
        }
        for name, field in named
    ]
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        pd.DataFrame(columns=[name for name, _ in named]).to_excel(writer, sheet_name=t("Data"), index=False)
        pd.DataFrame(rows).to_excel(writer, sheet_name=t("Columns"), index=False)
    return buffer.getvalue()


def _safe(table: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return table.map(lambda one: f"'{one}" if isinstance(one, str) and one[:1] in "=+-@\t\r" else one)
