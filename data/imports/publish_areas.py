"""Putting areas in force: those that end, lineage, and the rows placed anew, in one edition."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from data.imports.dated import Dated, find_lineage, fit_into_time
from data.imports.levels import COLUMNS, Merged
from data.imports.publish import find_store, hand_over, replace_all, stage_kind
from data.store import stage
from data.store.boundaries import SET, areas_in, require_boundaries
from data.store.opening import Store
from data.store.reading import to_microseconds
from geo.errors import Say, StoreError, say

Progress = Callable[[float, str], None]


def publish_dated(
    store: Store,
    dated: Dated,
    source: dict[str, Any],
    notices: list[Say],
    *,
    actor: str,
    is_new: bool = False,
    progress: Progress,
    drops_set: str | None = None,
    inside: set[str] | None = None,
    verb: str = "publish_areas",
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """
    Hand areas over to the writer with everything that changes with them, worked out from the store as it is.

    With `inside` only rows that lie in these areas are placed anew: no other border moves. `verb` is one that takes
    what `publish_areas` takes, and `more`.
    """
    merged, workspace = dated.merged, store.workspace
    placements: dict[str, pd.DataFrame] = {}
    if not is_new:
        progress(0.0, "placing rows")
        placements = replace_all(
            store,
            merged.all_areas,
            merged.order,
            lambda share, text: progress(0.55 * share, text),
            past=dated.past,
            since=dated.since,
            inside=inside,
        )
    payload: dict[str, Any] = {
        "table": stage_kind(workspace, merged.staged),
        "levels": [{"key": key, "title": merged.titles[key]} for key in merged.order],
        "replaces": merged.replaced,
        "placements": {kind: stage(workspace, table) for kind, table in placements.items()},
        "source": source,
        "notices": [str(one) for one in notices],
        "based_on": store.edition,
    }
    if dated.since is not None:
        payload["fixes_since"] = to_microseconds(dated.since)
    if len(dated.past):
        payload["past"] = stage_kind(workspace, dated.past)
        links = find_lineage(store, dated, least_share=float(store.setting("lineage_share")))
        if len(links):
            payload["lineage"] = stage(workspace, links, "lineage")
    if drops_set is not None:
        payload["drops_set"] = drops_set
    payload |= dict(more or {})
    return hand_over(workspace, verb, payload, actor=actor, progress=lambda s, text: progress(0.55 + 0.45 * s, text))


def publish_set(
    workspace: str, name: str, *, valid_from: str, actor: str, progress: Progress | None = None
) -> dict[str, Any]:
    """
    Put a named boundary set in force from a day on, as an import with `valid_from` would; the set itself is let go.

    Returns what `publish_areas` gives.

    Raises
    ------
    GridError
        If there is no such set, or its areas cannot follow those in force on that day; nothing has been changed.
    """
    store = find_store(workspace)
    if store is None:
        raise StoreError(
            say("a workspace that exists"), say("{ws}", ws=workspace), say("name it with --workspace NAME")
        )
    require_boundaries(store, name)
    areas = areas_in(store, SET + name).reset_index()
    coming = pd.DataFrame(areas)[list(COLUMNS)].astype(object)
    rows = store.level_rows()
    merged = Merged(
        new=coming,
        staged=coming,
        all_areas=coming,
        order=[key for key, _, _ in rows],
        titles={key: title for key, _, title in rows},
        replaced=[key for key, _, _ in rows],
    )
    dated = fit_into_time(merged, store.table("areas"), valid_from=valid_from, time_zone=store.time_zone)
    source = {"import_id": uuid.uuid4().hex, "file": name, "rows": len(coming), "options": {"set": name}}
    tell = progress or (lambda _share, _text: None)
    return publish_dated(store, dated, source, dated.notices, actor=actor, progress=tell, drops_set=name)
