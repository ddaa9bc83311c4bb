"""The numbers and lists of an area card, as tables that print whole."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import data.kinds
from geo.catalogue import discover
from views.parts.answers import ask
from views.parts.static_table import show_table
from views.parts.texts import escaped, moment, number, plain
from views.scene import Scene

MOST_ROWS = 30
CODED = ("kind", "purpose", "status", "urgency")
KEY_METRICS = (
    "incident_count",
    "incidents_per_1000_households",
    "open_share",
    "overdue_share",
    "hours_since_last_visit",
    "closure_rate",
    "visit_count",
    "workers_per_1000_households",
)


def show_counts(scene: Scene, facts: dict[str, Any]) -> None:
    """Households, residents, rentals, firms, places and open items, each as one number."""
    t = scene.t
    names = {
        "households": t("Households"),
        "residents": t("Residents"),
        "rentals": t("Rented"),
        "firms": t("Firms"),
        "places_count": t("Places"),
        "open_count": t("Open items"),
    }
    cells = "".join(
        f"<div><b>{number(facts[name])}</b><span>{escaped(title)}</span></div>" for name, title in names.items()
    )
    st.html(f'<div class="wg-facts">{cells}</div>')


def show_key_metrics(scene: Scene, area_id: str) -> None:
    """Key metrics with the parent's value beside."""
    t, rows = scene.t, []
    above = scene.path(area_id)[-2:-1]
    for name in [one for one in KEY_METRICS if one in scene.metrics]:
        spec = scene.metrics[name]
        here = _value(scene, name, area_id)
        parent = _value(scene, name, above[0]) if above else None
        rows.append(
            {
                t("Metric"): scene.titled(name),
                t("Here"): number(here, spec.decimals),
                scene.area_name(above[0]) if above else t("Above"): number(parent, spec.decimals),
            }
        )
    st.markdown(f"**{plain(t('Key metrics'))}** · {scene.state.start} – {scene.state.end}")
    frame = pd.DataFrame(rows)
    show_table(frame, right=frame.columns[1:])


def _value(scene: Scene, metric: str, area_id: str) -> float | None:
    table = ask(scene, metric=metric, level=scene.areas.at[area_id, "level"], within=area_id).table
    return float(table.at[area_id, "value"]) if area_id in table.index else None


def show_rows(scene: Scene, title: str, kind: str, rows: pd.DataFrame) -> None:
    """One table of rows with the kind's own headings, times in the place's own time; nothing where there are none."""
    st.markdown(f"**{plain(title)}** · {number(len(rows))}")
    if rows.empty:
        return
    t, spec = scene.t, discover(data.kinds)[kind]
    shown = rows.head(MOST_ROWS).copy()
    for name in shown.columns:
        if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
            shown[name] = [moment(one, scene.store.time_zone) if pd.notna(one) else "" for one in shown[name]]
        elif pd.api.types.is_numeric_dtype(shown[name].dtype):
            shown[name] = [number(one) if pd.notna(one) else "" for one in shown[name]]
        elif name in CODED:
            shown[name] = [t(str(one).replace("_", " ")) if pd.notna(one) else "" for one in shown[name]]
    shown = shown.rename(columns={one: t(spec.field(one).title) for one in shown})
    show_table(shown)
    if len(rows) > MOST_ROWS:
        st.caption(t("the first {count} of {total}", count=MOST_ROWS, total=number(len(rows))))
