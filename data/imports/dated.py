"""Areas that hold from a day on: which ones end, which go on, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.imports.levels import COLUMNS, Merged
from data.store.opening import Store
from geo.areas.crosswalk import crosswalk
from geo.areas.lineage import lineage
from geo.contracts import raise_faults
from geo.crs.metric import choose_metric_crs
from geo.errors import Say, SchemaError, name_few, say

SAME = ("level", "name", "parent_id", "area_class", "dedicated_kind", "households")
NO_PAST = pd.DataFrame(columns=[*COLUMNS])


@dataclass(frozen=True, kw_only=True)
class Dated:
    """
    New areas fitted into the time before them.

    `past` are the versions that end (with `valid_to`), `begun` and `ended` the ids of each whose areas changed,
    `since` the moment from which rows are placed anew (None: all of them), `day` the first day of the new areas.
    """

    merged: Merged
    past: pd.DataFrame
    begun: list[str]
    ended: list[str]
    since: datetime | None
    day: date | None
    notices: list[Say]


def require_day(text: str | pd.Timestamp, time_zone: str) -> date:
    """Return the first day of areas; a day yet to come is refused, since today's areas are those in force."""
    from data.imports.areas import require_date

    day = require_date(str(text)).date() if isinstance(text, str) else text.date()
    today = datetime.now(UTC).astimezone(ZoneInfo(time_zone)).date()
    if day > today:
        raise SchemaError(
            say("areas that hold today, {today}, or held before", today=today.isoformat()),
            say("first day {day}", day=day.isoformat()),
            say("keep them as a named set with --plan NAME, and publish it when the day has come"),
        )
    return day


def fit_into_time(merged: Merged, present: pd.DataFrame | None, *, valid_from: str | None, time_zone: str) -> Dated:
    """
    Give each coming area its dates, and say which present ones end.

    With a first day, an area that stays as it is goes on; one that is replaced holds until that day. Without one the
    import corrects the present areas: an area keeps the first day of its id, a new id gets the latest of its level.

    Raises
    ------
    SchemaError
        If the day is yet to come, or an area to be replaced begins after it; or dated rows of the file do not hold
        today.
    """
    if present is None or not len(present):
        present = NO_PAST
    day = None if valid_from is None else require_day(valid_from, time_zone)
    _require_holding(merged.new, time_zone)
    if day is None:
        return Dated(
            merged=_inherit(merged, present), past=NO_PAST, begun=[], ended=[], since=None, day=None, notices=[]
        )
    same = _same_areas(merged.staged, present)
    replaced = present["level"].isin(merged.replaced) | present["area_id"].isin(merged.staged["area_id"])
    ending = present[replaced & ~present["area_id"].isin(same)]
    later = ending[pd.to_datetime(ending["valid_from"]) > pd.Timestamp(day)]
    raise_faults(
        SchemaError,
        say("areas that begin on or before {day} to be replaced on it", day=day.isoformat()),
        [say("{count} begin later: {ids}", count=len(later), ids=name_few(later["area_id"]))] if len(later) else [],
        say("give a later --valid-from, or undo the later import first"),
    )
    kept_from = dict(zip(present["area_id"], present["valid_from"], strict=True))
    is_same = merged.staged["area_id"].isin(same)
    begun = merged.staged.loc[~is_same, "area_id"].tolist()
    first = dict.fromkeys(begun, pd.Timestamp(day)) | {one: kept_from[one] for one in same}
    dated = _with_dates(merged, first)
    held = ending[pd.to_datetime(ending["valid_from"]).fillna(pd.Timestamp(1, 1, 1)) < pd.Timestamp(day)]
    midnight = pd.Timestamp(day).tz_localize(time_zone, nonexistent="shift_forward", ambiguous=True)
    return Dated(
        merged=dated,
        past=held.assign(valid_to=pd.Timestamp(day))[list(COLUMNS)],
        begun=begun,
        ended=ending["area_id"].tolist(),
        since=midnight.tz_convert("UTC").to_pydatetime() if merged.replaced else None,
        day=day,
        notices=_tell(day, len(begun), len(held), len(same)),
    )


def _tell(day: date, begun: int, ended: int, same: int) -> list[Say]:
    return [
        say(
            "from {day} on: {begun} areas begin, {ended} end, {same} go on as they were",
            day=day.isoformat(),
            begun=begun,
            ended=ended,
            same=same,
        )
    ]


def _require_holding(new: pd.DataFrame, time_zone: str) -> None:
    """A file gives the areas of one time: those that ended or are yet to come have imports of their own."""
    today = pd.Timestamp(datetime.now(UTC).astimezone(ZoneInfo(time_zone)).date())
    first, last = pd.to_datetime(new["valid_from"]), pd.to_datetime(new["valid_to"])
    said = (
        ("{count} ended before: {ids}", new.loc[(last <= today).to_numpy(), "area_id"]),
        ("{count} begin later: {ids}", new.loc[(first > today).to_numpy(), "area_id"]),
    )
    raise_faults(
        SchemaError,
        say("areas that hold on {day}", day=today.date().isoformat()),
        [say(template, count=len(ids), ids=name_few(ids)) for template, ids in said if len(ids)],
        say("leave these rows out; import the areas of another time by themselves with --valid-from"),
    )


def _same_areas(staged: pd.DataFrame, present: pd.DataFrame) -> list[str]:
    """Return the ids whose coming area is the present one in all that is kept about it."""
    both = present.set_index("area_id", drop=False).reindex(staged["area_id"])
    known = both["area_id"].notna().to_numpy(copy=True)
    for name in SAME:
        left, right = (one[name].astype(object).where(one[name].notna().to_numpy(), None) for one in (staged, both))
        known &= left.to_numpy() == right.to_numpy()
    rows = np.flatnonzero(known)
    shapes = [np.asarray(one["geometry"], dtype=object)[rows] for one in (staged, both)]
    rows = rows[shapely.equals(*shapes)]
    return [str(one) for one in staged["area_id"].to_numpy(object)[rows]]


def _inherit(merged: Merged, present: pd.DataFrame) -> Merged:
    """Keep the first day of each id; a new id of a level that has dated areas begins with the latest of them."""
    if not len(present) or present["valid_from"].isna().all():
        return merged
    staged = merged.staged
    own = dict(zip(present["area_id"], pd.to_datetime(present["valid_from"]), strict=True))
    latest = pd.to_datetime(present["valid_from"]).groupby(present["level"].to_numpy(object)).max().to_dict()
    stated = pd.to_datetime(staged["valid_from"])
    rows = zip(staged["area_id"], staged["level"], stated, strict=True)
    return _with_dates(
        merged, {one: day if pd.notna(day) else own.get(one, latest.get(level)) for one, level, day in rows}
    )


def _with_dates(merged: Merged, first: Mapping[str, pd.Timestamp | None]) -> Merged:
    """Set `valid_from` of the coming areas."""

    def dated(table: pd.DataFrame) -> pd.DataFrame:
        days = [first.get(one, then) for one, then in zip(table["area_id"], table["valid_from"], strict=True)]
        return table.assign(valid_from=pd.Series(pd.to_datetime(pd.Series(days, dtype=object)).to_numpy(), table.index))

    return replace(merged, new=dated(merged.new), staged=dated(merged.staged), all_areas=dated(merged.all_areas))


def find_lineage(store: Store, dated: Dated, *, least_share: float) -> pd.DataFrame:
    """Return what became of the areas that end, level by level, in the columns of the store's lineage."""
    present, coming = store.all_areas(), dated.merged.staged.set_index("area_id")
    found = []
    for level in dict.fromkeys(coming["level"]):
        before = present.loc[[one for one in dated.ended if present.at[one, "level"] == level]]
        after = coming.loc[[one for one in dated.begun if coming.at[one, "level"] == level]]
        if not len(before) or not len(after):
            continue
        old, new = metric_tables(before, after)
        table = crosswalk(old, new, homes=homes_of(store, old))
        links = lineage(old, new, table, on=dated.day or date.min, least_share=least_share)
        found.append(links.assign(level=level))
    columns = ["from_area_id", "to_area_id", "level", "kind", "on_date", "share_of_households", "share_of_area"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def metric_tables(*tables: pd.DataFrame) -> list[gpd.GeoDataFrame]:
    """Return area tables in one metric CRS that fits them all."""
    bounds = np.array([shapely.total_bounds(np.asarray(one["geometry"], dtype=object)) for one in tables])
    crs = choose_metric_crs([*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)]).crs
    return [
        gpd.GeoDataFrame(pd.DataFrame(one).drop(columns="geometry"), geometry=list(one["geometry"]), crs=4326).to_crs(
            crs
        )
        for one in tables
    ]


def homes_of(store: Store, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """
    Return where households live, in the CRS of `like`: at their building; None where none has a place.

    From the buildings' own numbers where no household is on record.
    """
    buildings = store.table("buildings", columns=["building_id", "lon", "lat", "households"], geometry=False)
    households = store.table("households", columns=["building_id"], geometry=False)
    if len(households):
        counted = households["building_id"].value_counts()
        buildings["households"] = buildings["building_id"].map(counted).fillna(0)
    homes = buildings[buildings["lon"].notna() & (buildings["households"] > 0)]
    if not len(homes):
        return None
    points = gpd.points_from_xy(homes["lon"], homes["lat"], crs=4326)
    return gpd.GeoDataFrame({"households": homes["households"].to_numpy()}, geometry=points).to_crs(like.crs)
