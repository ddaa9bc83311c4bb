"""Repairing an area file: the preview of a checked file, and the repaired file with every column it had."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.defects.checking import Checked
from data.formats import write_file
from data.settings import DEFAULTS
from geo.areas.repair.preview import RepairPreview, preview_repair
from geo.errors import SchemaError, name_few, say


@dataclass(frozen=True, kw_only=True)
class RepairOptions:
    """
    How far a repair may go; the setting where nothing is told.

    `max_change_share` of an area's ground, and at most `max_change_m2`, may change without consent; corners may move
    by `snap_m` to meet another area's border; `consent` names areas that may change by more;
    `parents_follow` rebuilds the level above from the areas instead of cutting them to it.
    """

    max_change_share: float | None = None
    max_change_m2: float | None = None
    snap_m: float | None = None
    consent: Collection[str] = ()
    parents_follow: bool = False


def repair_checked(checked: Checked, options: RepairOptions) -> RepairPreview:
    """
    Return what a repair of a checked file would do; nothing is changed.

    Raises
    ------
    SchemaError
        If an area that consents is not in the file, or parents are to follow and there are none.
    """
    known = set(checked.areas["area_id"].dropna().astype(str))
    unknown = sorted(set(map(str, options.consent)) - known)
    if unknown:
        raise SchemaError(
            say("ids of areas that consent"), say("not in the file: {ids}", ids=name_few(unknown)), say("correct them")
        )
    if options.parents_follow and checked.parents is None:
        raise SchemaError(say("--parent with --parents-follow"), say("no level above"), say("give --parent FILE"))
    share, most, snap = options.max_change_share, options.max_change_m2, options.snap_m
    return preview_repair(
        checked.areas,
        limits=checked.report.limits,
        max_change_share=float(DEFAULTS["repair_max_change_share"] if share is None else share),
        max_change_m2=float(DEFAULTS["repair_max_change_m2"] if most is None else most),
        snap_m=float(DEFAULTS["repair_snap_m"] if snap is None else snap),
        parents=checked.parents,
        parents_follow=options.parents_follow,
        consent=options.consent,
    )


def repaired_table(checked: Checked, preview: RepairPreview) -> gpd.GeoDataFrame:
    """Return the repaired areas with every column of the file; parts of one area have the columns of the first."""
    rows = preview.areas["row"].to_numpy()
    table = checked.frame.iloc[rows].reset_index(drop=True)
    shapes = gpd.GeoSeries(preview.areas.geometry.to_numpy(), crs=preview.areas.crs)
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=shapes, crs=preview.areas.crs)


def write_repaired(checked: Checked, preview: RepairPreview, path: str | Path) -> int:
    """Write the repaired areas in the format of the path's ending, and rebuilt parents as NAME-parents beside them."""
    target = Path(path)
    if preview.parents is not None:
        beside = target.with_name(f"{target.stem}-parents{target.suffix}")
        write_file(preview.parents, beside, layer="parents", description="parents rebuilt from their areas")
    return write_file(repaired_table(checked, preview), target, layer="areas", description="repaired areas")
