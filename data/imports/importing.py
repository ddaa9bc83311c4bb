"""The door: preview a file, or import it whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from data.formats import RawTable, read_file
from data.imports.areas import LevelTable, read_level
from data.imports.columns import column_values
from data.imports.dated import fit_into_time
from data.imports.ground import known_ground
from data.imports.guard import evidence_of
from data.imports.kinds import kind_spec
from data.imports.levels import Merged, merge_levels
from data.imports.options import ImportOptions, ImportReport, Preview
from data.imports.publish import (
    find_store,
    hand_over,
    making_store,
    place_new,
    placer_for,
    publish_kind,
    rejects_path,
    replace_addressed,
    source_of,
    stage_kind,
    write_rejects,
)
from data.imports.publish_areas import publish_dated
from data.imports.rows import KindTable, read_rows
from data.settings import DEFAULTS
from data.store.opening import Store
from geo.errors import ChangedError, GridError, Say, StoreError, say

Progress = Callable[[float, str], None]
Bounds = tuple[float, float, float, float]
SAMPLE_ROWS = 20
TRIES = 4


def import_file(
    path: str | Path,
    kind: str,
    options: ImportOptions,
    *,
    workspace: str,
    actor: str,
    progress: Progress | None = None,
) -> ImportReport:
    """
    Import a file of one kind into a workspace, made if it does not exist: the whole file, or nothing and a refusal.

    Areas come one level a file, all or nothing. Of other kinds, rows that cannot be used are set aside in a reject
    file with their reason. A row whose key is there already replaces it, so a corrected file corrects.

    Raises
    ------
    GridError
        With what was expected, what was found and what to do; nothing has been changed.
    """
    tell = progress or silent
    kind_spec(kind)
    find_store(workspace)
    raw = read_raw(path, kind, options, part(tell, 0.0, 0.3))

    def take() -> ImportReport:
        """Work it out against the workspace as it is now, and hand it over."""
        store = find_store(workspace)
        if kind == "areas":
            return import_areas(raw, options, store, workspace, actor, part(tell, 0.3, 1.0))
        return import_rows(raw, kind, options, store, workspace, actor, part(tell, 0.3, 1.0))

    return again_if_changed(take)


def again_if_changed(work: Callable[[], Any]) -> Any:
    """Do `work`, and again where another write has come between; a few times, then the refusal stands."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except ChangedError:
            continue
    return work()


def silent(share: float, text: str) -> None:
    """Report progress to nobody."""


def part(tell: Progress, low: float, high: float) -> Progress:
    """Return a progress function for one part of the work."""
    return lambda share, text: tell(low + (high - low) * share, text)


def read_raw(path: str | Path, kind: str, options: ImportOptions, tell: Progress) -> RawTable:
    """Read the file in its own process."""
    raw: RawTable = read_file(
        path, layer=options.layer, encoding=options.encoding, kind=kind, header=options.header, progress=tell
    )
    return raw


def bounds_of(store: Store | None) -> Bounds | None:
    """Return west, south, east and north of the areas there are."""
    if store is None:
        return None
    areas = store.all_areas()
    return tuple(areas.total_bounds.tolist()) if len(areas) else None  # type: ignore[return-value]


def import_areas(
    raw: RawTable, options: ImportOptions, store: Store | None, workspace: str, actor: str, tell: Progress
) -> ImportReport:
    """Import one level of areas with a report of its defects, and place the located rows again."""
    from data.defects.following import check_level, drop_report, keep_report, report_path

    tell(0.05, "checking areas")
    level, merged, repaired = prepare_repaired(raw, options, store)
    if options.plan is not None:
        return keep_plan(raw, options, level, merged, store, workspace, actor)
    zone = store.time_zone if store is not None else options.time_zone or str(DEFAULTS["time_zone"])
    present = store.table("areas") if store is not None else None
    dated = fit_into_time(merged, present, valid_from=options.valid_from, time_zone=zone)
    notices = [*level.notices, *merged.notices, *dated.notices]
    source = source_of(raw, options, level.crs, len(merged.new))
    source["options"] |= repaired
    found = check_level(merged.new, merged.all_areas, str(options.level), store)
    asked: dict[str, Any] = {"actor": actor, "is_new": store is None, "progress": part(tell, 0.3, 1.0)}
    with making_store(store, workspace, options, actor) as ready:
        keep_report(ready.workspace, source["import_id"], found)
        try:
            result = publish_dated(ready, dated, source, notices, **asked)
        except BaseException:
            drop_report(ready.workspace, source["import_id"])
            raise
    report = areas_report(raw, level, merged, notices, workspace, result["edition"], source["import_id"])
    report.defects, report.defect_file = found.counts(), report_path(workspace, source["import_id"])
    report.changes = result.get("changes", {}).get(options.level, {})
    return report


def areas_report(
    raw: RawTable,
    level: LevelTable,
    merged: Merged,
    notices: list[Say],
    workspace: str,
    edition: int,
    import_id: str,
) -> ImportReport:
    """Return what an import of areas did."""
    return ImportReport(
        workspace=workspace,
        kind="areas",
        file=raw.file,
        rows_read=level.rows_read,
        rows_taken=len(merged.new),
        notices=notices,
        columns=level.matched.columns,
        unknown_columns=level.matched.unknown,
        file_columns=[str(name) for name in raw.frame.columns],
        edition=edition,
        import_id=import_id,
    )


def keep_plan(
    raw: RawTable,
    options: ImportOptions,
    level: LevelTable,
    merged: Merged,
    store: Store | None,
    workspace: str,
    actor: str,
) -> ImportReport:
    """Keep one level of areas, with the others as they are, as a named set that is not in force."""
    if store is None:
        raise StoreError(
            say("a workspace with areas to plan on"),
            say("no workspace {name!r}", name=workspace),
            say("import the areas in force first"),
        )
    notices = [*level.notices, *merged.notices]
    source = source_of(raw, options, level.crs, len(merged.new))
    payload = {
        "name": options.plan,
        "table": stage_kind(workspace, merged.all_areas),
        "source": source,
        "based_on": store.edition,
    }
    result = hand_over(workspace, "keep_boundaries", payload, actor=actor)
    return areas_report(raw, level, merged, notices, workspace, result["edition"], source["import_id"])


def prepare_areas(raw: RawTable, options: ImportOptions, store: Store | None) -> tuple[LevelTable, Merged]:
    """Check the areas of a file and fit them into those that are there."""
    level = read_level(raw, options, known_ground(store, without_level=options.level))
    present = store.table("areas") if store is not None else None
    rows = store.level_rows() if store is not None else []
    return level, merge_levels(level, options, present, rows)


def prepare_repaired(
    raw: RawTable, options: ImportOptions, store: Store | None
) -> tuple[LevelTable, Merged, dict[str, Any]]:
    """Prepare areas as they are, or as the repair that was asked for leaves them, with what it did for the record."""
    from data.defects.coming import repaired_raw

    if options.repair is None:
        return *prepare_areas(raw, options, store), {}
    merged = prepare_areas(raw, options, store)[1]
    fixed, told, record = repaired_raw(raw, options, store, merged)
    return *prepare_areas(fixed, told, store), {"repair": record}


def import_rows(
    raw: RawTable, kind: str, options: ImportOptions, store: Store | None, workspace: str, actor: str, tell: Progress
) -> ImportReport:
    """Import the rows of one kind."""
    spec = kind_spec(kind)
    tell(0.05, "checking rows")
    found = read_rows(raw, kind, options, known_ground(store, with_roads=spec.shape == "point"))
    table, notices = found.table, list(found.notices)
    tell(0.35, "placing rows")
    placement = None
    if spec.located:
        placement = place_new(table, kind, placer_for(store, without=kind))
        table["area_id"] = pd.Series(placement.area_id, index=table.index, dtype=object)
        table["reason"] = pd.Series(placement.reason, index=table.index, dtype=object)
        notices += placement_notices(placement, has_areas=bounds_of(store) is not None)
    elif "area_id" in table.columns:
        notices += resolve_areas(table, store)
    source = source_of(raw, options, found.crs, len(table))
    with making_store(store, workspace, options, actor) as ready:
        reject_file = write_rejects(ready.workspace, source["import_id"], raw, found.faults)
        asked: dict[str, Any] = {"actor": actor, "based_on": ready.edition, "progress": part(tell, 0.5, 0.95)}
        try:
            result = publish_kind(ready.workspace, kind, table, placement, source, notices, **asked)
        except BaseException:
            if reject_file is not None:
                reject_file.unlink(missing_ok=True)
            raise
    if reject_file is not None:
        reject_file = rejects_path(workspace, source["import_id"])
    if kind in ("buildings", "households"):
        again_if_changed(lambda: replace_addressed(workspace, actor=actor))
    tell(1.0, "published")
    if result.get("repeated_rows"):
        notices.append(say("{count} rows were there already and were left out", count=result["repeated_rows"]))
    report = build_report(
        raw, kind, workspace, found, notices, placement, result["edition"], source["import_id"], reject_file
    )
    report.changes = result.get("changes", {})
    return report


def build_report(
    raw: RawTable,
    kind: str,
    workspace: str,
    found: KindTable,
    notices: list[Say],
    placement: Any,
    edition: int,
    import_id: str,
    reject_file: Path | None,
) -> ImportReport:
    """Return what the import of a kind did."""
    rejected = found.faults.counts()
    if raw.rejects:
        rejected.append((say("another number of columns than the header"), len(raw.rejects)))
    reasons = pd.Series(placement.reason).value_counts().to_dict() if placement is not None else {}
    return ImportReport(
        workspace=workspace,
        kind=kind,
        file=raw.file,
        rows_read=len(raw.frame) + len(raw.rejects),
        rows_taken=len(found.table),
        rejected=rejected,
        reject_file=reject_file,
        notices=notices,
        reasons={str(reason): int(count) for reason, count in reasons.items()},
        disagreements=len(placement.disagreements) if placement is not None else 0,
        columns=found.matched.columns,
        unknown_columns=found.matched.unknown,
        file_columns=[str(name) for name in raw.frame.columns],
        edition=edition,
        import_id=import_id,
    )


def placement_notices(placement: Any, *, has_areas: bool) -> list[Say]:
    """Say what a reader should know about where the rows lie."""
    notices = []
    if not has_areas:
        notices.append(say("there are no areas yet: rows are placed when areas are imported"))
    if len(placement.disagreements):
        notices.append(
            say(
                "{count} rows state another area than the one they lie in; they are listed",
                count=len(placement.disagreements),
            )
        )
    if placement.unknown_stated and has_areas:
        notices.append(say("{count} rows state an area that is not known", count=placement.unknown_stated))
    return notices


def resolve_areas(table: pd.DataFrame, store: Store | None) -> list[Say]:
    """Turn the areas that people and duties name into codes; what no area is called stays as it is, counted."""
    from data.imports.stated import StatedAreas

    if store is None or not len(store.all_areas()):
        return []
    stated = column_values(table, "area_id")
    found, unknown = StatedAreas.build(store.table("areas", geometry=False)).find(stated)
    known = np.array([one is not None for one in found], dtype=bool)
    table["area_id"] = pd.Series(np.where(known, found, stated.astype(object)), index=table.index, dtype=object)
    return [say("{count} rows name an area that is not known", count=unknown)] if unknown else []


def preview_file(path: str | Path, kind: str, options: ImportOptions, *, workspace: str = "main") -> Preview:
    """
    Show what an import would do with a file: format, encoding, CRS, columns, first rows, rejects; changes nothing.

    A file that can be read but would be refused has the refusal in `error`; one that cannot be read raises it.

    Raises
    ------
    FormatError
        If the file cannot be read at all.
    """
    spec = kind_spec(kind)
    raw = read_raw(path, kind, options, silent)
    preview = Preview(
        file=raw.file,
        kind=kind,
        format=raw.title,
        encoding=raw.encoding,
        crs=options.crs or raw.crs,
        layer=raw.layer,
        row_count=len(raw.frame),
        file_columns=[str(name) for name in raw.frame.columns],
        rows=raw.frame.head(SAMPLE_ROWS),
        raw=raw,
    )
    try:
        fill_preview(preview, raw, kind, options, workspace)
    except GridError as error:
        preview.error, preview.evidence = error, evidence_of(error)
        if not preview.columns:
            preview.columns = quiet_match(spec, raw, options)
            used = set(preview.columns.values())
            preview.unknown_columns = [name for name in preview.file_columns if name not in used]
    return preview


def fill_preview(preview: Preview, raw: RawTable, kind: str, options: ImportOptions, workspace: str) -> None:
    """Run every check of the import and keep what it found."""
    store = find_store(workspace)
    if kind == "areas":
        level, merged = prepare_areas(raw, options, store)
        preview.columns, preview.unknown_columns = level.matched.columns, level.matched.unknown
        preview.table, preview.rows_taken = merged.new.drop(columns="geometry").head(SAMPLE_ROWS), len(merged.new)
        preview.notices, preview.evidence = [*level.notices, *merged.notices], level.evidence
        preview.merged, preview.labels = merged, merged.new["area_id"].astype(str).tolist()
        preview.shapes = merged.new["geometry"].to_numpy(object)
        return
    found = read_rows(raw, kind, options, known_ground(store, with_roads=kind_spec(kind).shape == "point"))
    preview.columns, preview.unknown_columns = found.matched.columns, found.matched.unknown
    preview.table = found.table.drop(columns="geometry", errors="ignore").head(SAMPLE_ROWS)
    preview.rows_taken, preview.rejected = len(found.table), found.faults.counts()
    preview.notices, preview.evidence = found.notices, found.evidence
    preview.shapes = places_of(found.table)
    preview.labels = found.table[kind_spec(kind).key].astype(str).tolist()


def places_of(table: pd.DataFrame) -> np.ndarray | None:
    """Return where the rows of a kind lie, None for one without a place; a row's shape is None where it has none."""
    if "geometry" in table.columns:
        return table["geometry"].to_numpy(object)
    if "lon" not in table.columns:
        return None
    lon, lat = (table[name].to_numpy(float, na_value=np.nan) for name in ("lon", "lat"))
    known = np.isfinite(lon) & np.isfinite(lat)
    found = np.full(len(table), None, dtype=object)
    found[known] = shapely.points(lon[known], lat[known])
    return found


def quiet_match(spec: Any, raw: RawTable, options: ImportOptions) -> dict[str, str]:
    """Return the columns found, or none where the caller named one that does not exist."""
    from data.imports.columns import match_columns

    try:
        return match_columns(spec, raw.frame, options).columns
    except GridError:
        return {}
