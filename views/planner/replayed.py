"""The year replayed on a draft: work, ways and visits per grid before and after, and who gets more or less of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.planning.editor.bench import to_drawn
from data.planning.editor.session import EditSession
from data.planning.editor.shown import named_zones
from data.plans.replay import Consequences, consequences
from views.parts.texts import number, plain
from views.scene import Scene

FIGURES = (("households", "Households"), ("incidents", "Incidents"), ("arrival_min", "Way there (min)"),
           ("visits", "Visits"))  # fmt: skip


def show_replayed(scene: Scene, session: EditSession) -> None:
    """Offer the replay; once asked for it follows every edit."""
    t = scene.t
    if not session.bench.has_workload:
        return
    if not st.toggle(t("Replay the past year on this draft"), key="plan_replay"):
        return
    draft = session.draft
    found = consequences(
        scene.desk, to_drawn(session.bench, draft), level=session.bench.level, within=session.bench.within
    )
    names = named_zones(session.bench, draft)
    told = {name: names.get(zone, name) for zone, name in enumerate(session.bench.units.zones)}
    told |= {f"new-{zone}": name for zone, name in names.items()}
    words = t(
        "{start} to {end}: {count} incidents, {lost} of them in no micro-grid",
        start=found.start.date().isoformat(), end=found.end.date().isoformat(),
        count=number(found.incidents), lost=number(found.unplaced),
    )  # fmt: skip
    st.caption(plain(words))
    st.dataframe(_zones(t, found, told), hide_index=True, height=230, key="plan_replayed_zones")
    workers = _workers(t, found, told)
    if len(workers):
        st.caption(plain(t("Workers whose grid or work changes")))
        st.dataframe(workers, hide_index=True, height="content", key="plan_replayed_workers")
    if found.vacant:
        vacant = ", ".join(told.get(str(one), str(one)) for one in found.vacant[:20])
        st.warning(plain(t("Nobody answers for: {zones}", zones=vacant)))


def _zones(t: Any, found: Consequences, names: dict[str, str]) -> pd.DataFrame:
    table = found.zones
    shown: dict[str, Any] = {t("Grid"): [names.get(str(one), str(one)) for one in table.index]}
    for figure, title in FIGURES:
        if f"{figure}_before" not in table:
            continue
        decimals = 1 if figure == "arrival_min" else 0
        pairs = zip(table[f"{figure}_before"], table[f"{figure}_after"], strict=True)
        shown[t(title)] = [_step(was, now, decimals) for was, now in pairs]
    return pd.DataFrame(shown)


def _step(was: Any, now: Any, decimals: int) -> str:
    texts = ["–" if pd.isna(one) else number(float(one), decimals) for one in (was, now)]
    return texts[0] if texts[0] == texts[1] else " → ".join(texts)


def _workers(t: Any, found: Consequences, names: dict[str, str]) -> pd.DataFrame:
    table = found.workers
    changed = table[
        (table["change"] != "stays") | (table["households_before"] != table["households_after"])
    ]  # fmt: skip
    return pd.DataFrame(
        {
            t("Name"): changed["name"],
            t("Before"): [names.get(str(one), str(one)) for one in changed["zone_before"]],
            t("After"): ["–" if pd.isna(one) else names.get(str(one), str(one)) for one in changed["zone_after"]],
            t("Households"): [_step(a, b, 0) for a, b in zip(changed["households_before"],
                              changed["households_after"], strict=True)],
            t("Incidents"): [_step(a, b, 0) for a, b in zip(changed["incidents_before"],
                             changed["incidents_after"], strict=True)],
        }
    ).head(200)  # fmt: skip
