"""Plans that are offered, beside each other before one is taken: their measures, their pictures, a workbook."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import shapely

from data.formats._write import safe_cell
from data.planning.editor.bench import zone_keys
from data.planning.editor.session import EditSession
from data.planning.editor.shown import change_of_hands, cut_border_m, named_zones
from data.plans.book_map import VillageMap
from data.plans.book_png import village_png
from geo.planning.consequences.compared import compare_plans
from geo.planning.editing.draft import Draft

SHARP = 1.2
NO_LINES = np.empty(0, dtype=object)


def offered_plans(session: EditSession) -> list[Draft]:
    """Return what is offered, the best first: repairs where there are any, else automatic plans."""
    return [one.draft for one in session.proposals] or list(session.plans)


def measures_of(session: EditSession, draft: Draft) -> dict[str, float]:
    """
    Return what a draft comes to against today.

    zones, misfits, households and units moved, zones changed, people affected, border_km between zones, and the share
    of households that keep their zone (core_retention).
    """
    told, units = change_of_hands(session, draft), draft.ground.units
    compared = compare_plans(units.current, draft.zone, units.size)
    return {
        "zones": told["zones_now"],
        "misfits": told["misfits"],
        "households": told["households"],
        "units": told["units"],
        "changed": told["zones"],
        "people": told["people"],
        "border_km": round(cut_border_m(draft) / 1000, 1),
        "core_retention": round(compared.core_retention, 4),
    }


def picture_of(session: EditSession, draft: Draft) -> bytes:
    """Return a small map of a draft as PNG: zones by colour with their households, what moves hatched."""
    ground, colours = draft.ground, session.colour(draft)
    zones = np.array(draft.zones)
    shown = VillageMap(
        title="",
        units=ground.shapes,
        zone=np.array([colours[int(one)] for one in draft.zone]),
        zones=np.array([shapely.union_all(ground.shapes[draft.members(int(one))]) for one in zones], dtype=object),
        labels=tuple(str(draft.numbers[int(one)].size) for one in zones),
        moved=(ground.units.current >= 0) & (draft.zone != ground.units.current),
        hard=NO_LINES,
        bridges=NO_LINES,
    )
    return village_png(shown, sharp=SHARP)


def comparison_book(session: EditSession, *, t: Callable[..., str], mark: str = "") -> bytes:
    """Return a workbook of the draft and what is offered: a sheet of measures, and one of the zone of every unit."""
    drafts = {t("Draft"): session.draft}
    drafts |= {t("Plan {number}", number=at): one for at, one in enumerate(offered_plans(session), 1)}
    titles = {
        "zones": t("Grids"), "misfits": t("To put right"), "households": t("Households moved"),
        "units": t("Micro-grids moved"), "changed": t("Grids changed"), "people": t("Workers affected"),
        "border_km": t("Border between grids (km)"), "core_retention": t("Share of households that keep their grid"),
    }  # fmt: skip
    measures = pd.DataFrame({name: measures_of(session, one) for name, one in drafts.items()}).rename(index=titles)
    measures = measures.astype(object)
    units = _units(session, drafts, t)
    if mark:
        units.insert(0, t("Mark"), mark)
        measures.loc[t("Mark")] = mark
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        measures.rename_axis(t("Measure")).reset_index().map(safe_cell).to_excel(
            writer, sheet_name=t("Plans"), index=False
        )
        units.map(safe_cell).to_excel(writer, sheet_name=t("Micro-grids"), index=False)
    return buffer.getvalue()


def _units(session: EditSession, drafts: dict[str, Draft], t: Callable[..., str]) -> pd.DataFrame:
    """The zone of every unit of today under each plan: a unit that was cut has the zone of its largest piece."""
    bench = session.bench
    units = bench.units
    today = ["" if one < 0 else units.zones[one] for one in units.current]
    table: dict[str, Any] = {
        t("Micro-grid"): [str(one) for one in units.ids],
        t("Households"): units.size,
        t("Today"): today,
    }
    for name, draft in drafts.items():
        names, keys = named_zones(bench, draft), zone_keys(bench, draft)
        order = np.argsort(draft.ground.units.size, kind="stable")
        zone = dict(zip(draft.ground.origin[order], draft.zone[order], strict=True))
        today_zones = len(units.zones)
        table[name] = [keys[int(zone[one])] if zone[one] < today_zones else names[int(zone[one])] for one in units.ids]
    return pd.DataFrame(table)
