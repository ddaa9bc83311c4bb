"""A file looked at before it is taken: its places for the map, of areas the check and what a repair would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import streamlit as st

from data.defects import Checked, RepairOptions
from data.defects.coming import check_coming, preview_coming
from data.imports import ImportOptions, Preview
from data.imports.publish import find_store
from data.imports.shown import Shown, forget_shown, keep_shown
from geo.areas.repair.preview import RepairPreview
from geo.errors import GridError
from views.parts.texts import plain

LOOKS, MOST_LOOKS = "import_looks", 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """What there is to see of a file: `checked` and `repair` of areas only; `token` finds it for the map."""

    token: str | None
    checked: Checked | None = None
    repair: RepairPreview | None = None
    fault: GridError | None = None


def look_at(
    preview: Preview,
    options: ImportOptions,
    repair: RepairOptions | None,
    *,
    workspace: str,
    actor: str,
    stop: Callable[[], None],
    t: Any,
) -> Look:
    """
    Return the look at a file, worked out once for each file, options and extent of repair of this session.

    A check of many areas takes its time: its steps are told, and a click on Stop (which calls `stop`) ends it at the
    next of them. Nothing was changed by then.
    """
    key = (
        preview.raw.checksum if preview.raw is not None else "",
        preview.kind,
        repr(options),
        repr(repair),
        workspace,
    )
    kept: dict[Any, Look] = st.session_state.setdefault(LOOKS, {})
    working = st.empty()
    if key not in kept:
        with working.container():
            kept[key] = _look(preview, _checked(preview, options, workspace, stop, t), repair, workspace, actor)
        working.empty()
        for old in list(kept)[:-MOST_LOOKS]:
            _let_go(kept.pop(old))
    return kept[key]


def _checked(
    preview: Preview, options: ImportOptions, workspace: str, stop: Callable[[], None], t: Any
) -> Checked | GridError | None:
    """Check the areas; the check of the same file and options is used again, and nothing moves on the page."""
    if preview.kind != "areas" or preview.raw is None:
        return None
    key = (preview.raw.checksum, repr(options), workspace)
    found: tuple[Any, Checked | GridError] | None = st.session_state.get("import_checked")
    if found is None or found[0] != key:
        bar = st.progress(0.0, text=t("Looking at the file"))
        st.button(t("Stop"), key="import_look_stop", on_click=stop)

        def tell(share: float, text: str) -> None:
            bar.progress(min(max(share, 0.0), 1.0), text=plain(t(text)))

        try:
            store = find_store(workspace)
            result: Checked | GridError = check_coming(preview.raw, options, store, preview.merged, progress=tell)
        except GridError as error:
            result = error
        found = (key, result)
        st.session_state["import_checked"] = found
    return found[1]


def _look(
    preview: Preview, checked: Checked | GridError | None, repair: RepairOptions | None, workspace: str, actor: str
) -> Look:
    if isinstance(checked, GridError):
        return Look(token=None, fault=checked)
    if checked is None:
        if preview.shapes is None:
            return Look(token=None)
        shown = Shown(account_id=actor, workspace=workspace, shapes=preview.shapes, labels=preview.labels)
        return Look(token=keep_shown(shown))
    shown = Shown(
        account_id=actor,
        workspace=workspace,
        shapes=in_degrees(checked.areas),
        labels=_names(checked.areas),
        defects=checked.report.defects,
    )
    if repair is None:
        return Look(token=keep_shown(shown), checked=checked)
    found = preview_coming(checked, repair)
    if isinstance(found, GridError):
        return Look(token=keep_shown(shown), checked=checked, fault=found)
    shown = replace(
        shown,
        repaired=in_degrees(found.areas),
        repaired_labels=_names(found.areas),
        changed=(found.changes["rules"] != "").to_numpy(bool),
        left=found.after.defects,
    )
    return Look(token=keep_shown(shown), checked=checked, repair=found)


def in_degrees(areas: gpd.GeoDataFrame) -> np.ndarray:
    """Return shapes as longitude and latitude, None where a row has none."""
    return np.asarray(areas.geometry.to_crs("EPSG:4326"), dtype=object)


def _names(areas: gpd.GeoDataFrame) -> list[str]:
    return ["—" if one is None else str(one) for one in areas["area_id"]]


def _let_go(look: Look) -> None:
    if look.token is not None:
        forget_shown(look.token)


def forget_looks() -> None:
    """Let everything about the file at hand go."""
    for look in st.session_state.pop(LOOKS, {}).values():
        _let_go(look)
    for name in ("import_checked", "import_focus", "import_choice", "import_consent"):
        st.session_state.pop(name, None)
