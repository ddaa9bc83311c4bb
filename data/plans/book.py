"""The plan book: one HTML file to print, a summary and for each village a map and a table of its zones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data.export import MARK
from data.language import translate
from data.plans.book_map import village_map
from data.plans.draft import Draft
from data.plans.export import plan_zones
from data.plans.ground import Ground, draft_of_today, ground_for
from data.plans.records import PlanRecord, read_draft, read_plan
from geo.errors import FormatError, say
from geo.planning.consequences.compared import Comparison, compare_plans

if TYPE_CHECKING:
    from data.store.desk import Desk

Progress = Callable[[float, str], None]
STYLE = """
@page { size: A4; margin: 16mm }
body { font: 13px/1.5 "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; color: #1b1b1b }
h1 { font-size: 24px } h2 { font-size: 17px; margin: 0 0 6px }
section { break-before: page } svg { width: 100%; border: 1px solid #ddd }
table { border-collapse: collapse; width: 100%; margin: 8px 0 } tr { break-inside: avoid }
th, td { border-bottom: 1px solid #ccc; padding: 3px 6px; text-align: left } td.n, th.n { text-align: right }
.mark { color: #b00020; font-weight: 700; letter-spacing: .06em } .out { font-weight: 700 }
"""


def write_book(
    desk: Desk,
    plan_id: str,
    path: Path,
    *,
    version: int | None = None,
    language: str = "zh_CN",
    progress: Progress | None = None,
) -> int:
    """
    Write the book of a plan and return how many villages it has; the file appears whole or not at all.

    Demonstration data are marked SYNTHETIC on every page.

    Raises
    ------
    FormatError
        If the file does not end in .html.
    GridError
        If there is no such plan or version, or it does not fit the units of today.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise FormatError(
            say("a plan book in a file that ends in .html"), say("{name}", name=path.name), say("rename it")
        )
    plan = read_plan(desk, plan_id)
    text = "".join(_pages(desk, plan, read_draft(desk, plan_id, version), version or plan.version, language, progress))
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return text.count("<section")


def _pages(
    desk: Desk, plan: PlanRecord, draft: Draft, version: int, language: str, progress: Progress | None
) -> Iterator[str]:
    ground = ground_for(desk, plan.level, plan.within, draft)
    drawn, names = ground.plan(draft)
    zones = plan_zones(desk, plan, draft).set_index("zone").loc[[str(name) for name in names]].reset_index()
    metres = np.asarray(zones.to_crs(ground.crs).geometry, dtype=object)
    marking = f'<p class="mark">{MARK}</p>' if desk.store.is_synthetic else ""
    yield f'<!DOCTYPE html><html lang="{language[:2]}"><head><meta charset="utf-8"><title>{escape(plan.name)}</title>'
    yield f"<style>{STYLE}</style></head><body>{marking}<h1>{escape(plan.name)}</h1>"
    compared = _beside_today(ground, draft) if not draft.has_pieces else None
    yield _summary(desk, plan, zones, version, compared, language)
    areas = desk.store.all_areas()
    for at, parent in enumerate(ground.units.parents):
        rows = np.flatnonzero(ground.units.parent == at)
        inside = np.unique(drawn.zone[rows])
        title = str(areas.loc[parent, "name"]) if parent in areas.index else desk.store.title
        yield f"<section>{marking}<h2>{escape(title)} {escape(parent)}</h2>"
        yield village_map(
            ground.metres[rows], np.searchsorted(inside, drawn.zone[rows]), metres[inside],
            [_short(code, parent) for code in zones["code"].iloc[inside]],
            moved=_moved(ground, zones, drawn.zone, rows), hard=ground.barriers.hard, bridges=ground.barriers.bridges,
            title=title,
        )  # fmt: skip
        yield _table(zones.iloc[inside].sort_values("code"), language) + "</section>"
        if progress is not None:
            progress((at + 1) / len(ground.units.parents), title)
    yield "</body></html>"


def _beside_today(ground: Ground, draft: Draft) -> Comparison:
    today, _ = ground.plan(draft_of_today(ground))
    drawn, _ = ground.plan(draft)
    return compare_plans(today.zone, drawn.zone, ground.units.size)


def _moved(ground: Ground, zones: gpd.GeoDataFrame, zone: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Whether the unit's coming zone has another code than its zone of today."""
    codes = zones["code"].to_numpy(object)[zone[rows]]
    return np.asarray(codes != ground.table["zone"].to_numpy(object)[rows], dtype=bool)


def _short(code: str, parent: str) -> str:
    return code.removeprefix(parent) or code


def _summary(
    desk: Desk, plan: PlanRecord, zones: gpd.GeoDataFrame, version: int, compared: Comparison | None, language: str
) -> str:
    t = _escaping(language)

    people = {account.account_id: account.name for account in desk.store.accounts()}
    rows: list[tuple[str, Any]] = [
        (t("Plan"), f"{plan.plan_id}, {t('version')} {version}"),
        (t("State"), _states(t)[plan.state]),
        (t("Drawn by"), people.get(plan.created_by, plan.created_by)),
        (t("Submitted by"), people.get(plan.submitted_by or "", plan.submitted_by or "—")),
        (t("Approved by"), people.get(plan.approved_by or "", plan.approved_by or "—")),
        (t("First day"), plan.on_date or "—"),
        (t("Zones"), f"{len(zones):,}"),
        (t("Households"), f"{int(zones['households'].sum()):,}"),
        (t("In band"), f"{zones['in_band'].mean():.1%}"),
    ]
    if compared is not None:
        whole = compared.kept + compared.moved
        rows += [
            (t("Households that change hands"), f"{compared.moved:,} / {whole:,}"),
            (t("Zones that change"), f"{compared.zones_changed:,} ({compared.share_changed:.1%})"),
        ]
    cells = "".join(f"<tr><th>{head}</th><td>{escape(str(value))}</td></tr>" for head, value in rows)
    hint = t("Hatched: a unit that gets another zone. Blue: a barrier; a circle on it is a bridge.")
    return f"<table>{cells}</table><p>{hint}</p>"


def _states(t: Callable[[str], str]) -> dict[str, str]:
    return {
        "draft": t("draft"),
        "submitted": t("submitted"),
        "approved": t("approved"),
        "in_force": t("in force"),
        "rolled_back": t("rolled back"),
        "dropped": t("dropped"),
    }


def _escaping(language: str) -> Callable[[str], str]:
    """Return the translation of a text, safe in a page."""
    return lambda text: escape(translate(text, language))


def _table(zones: pd.DataFrame, language: str) -> str:
    t = _escaping(language)

    changes = {"kept": t("unchanged"), "changed": t("changed"), "new": t("new")}
    texts = (
        t("Code"),
        t("Name of the zone"),
        t("Households"),
        t("Band"),
        t("Number of units"),
        t("Change"),
        t("Reason"),
    )
    heads = zip(texts, ("", "", "n", "n", "n", "", ""), strict=True)
    head = "".join(f'<th class="{kind}">{text}</th>' for text, kind in heads)
    body = []
    for one in zones.to_dict("records"):
        band = "—" if pd.isna(one["low"]) else f"{int(one['low'])}–{int(one['high'])}"
        out = "" if one["in_band"] else " out"
        cells = (
            (one["code"], ""), (one["name"], ""), (f"{one['households']:,}", f"n{out}"), (band, "n"),
            (one["units"], "n"), (changes[one["change"]], ""), (one["reason"], ""),
        )  # fmt: skip
        body.append("".join(f'<td class="{kind}">{escape(str(value))}</td>' for value, kind in cells))
    total = f"{int(zones['households'].sum()):,}"
    foot = f'<td></td><td>{t("Total")}</td><td class="n">{total}</td>' + "<td></td>" * 4
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in [*body, foot])}</table>"
