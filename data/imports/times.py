"""Times as people write them, brought to aware UTC; a time that does not say its zone needs to be told it."""

from __future__ import annotations

import zoneinfo

import numpy as np
import pandas as pd

from geo.errors import SchemaError, say

ZONED = r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
CLOCK = r"\d[:时]\d"
EPOCH = r"1\d{9}(?:\d{3})?"
PADDED = (
    r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2})(\.\d+)?)?)?"
    r"\s*([Zz]|[+-]\d{2}:?\d{0,2})?$"
)


def looks_like_time(sample: pd.Series) -> bool:
    """Return whether nearly all values of a sample of text read as times of a day."""
    if sample.empty or sample.str.contains(CLOCK, regex=True).mean() < 0.95:
        return False
    return bool(parse_times(sample)[0].notna().mean() > 0.95)


def require_time_zone(name: str) -> zoneinfo.ZoneInfo:
    """
    Return a time zone by its IANA name.

    Examples
    --------
    >>> require_time_zone("Asia/Shanghai").key
    'Asia/Shanghai'
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise SchemaError(
            say("the name of a time zone, such as Asia/Shanghai"), say("{name}", name=name), say("use its IANA name")
        ) from None


def tidy(texts: pd.Series) -> pd.Series:
    """Return times as text with Chinese units, slashes and dots brought to one form."""
    tidied = texts
    if texts.str.contains(r"[年月日时時分秒/．：]", regex=True).any():
        for old, new in (("年|月|/", "-"), ("日", " "), ("时|時|分|：", ":"), ("秒", "")):
            tidied = tidied.str.replace(old, new, regex=True)
        tidied = tidied.str.strip().str.rstrip(":")
    return tidied


def parse_times(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """
    Return instants (aware UTC; NaT where the text is no time) and which of them said no zone.

    A time without a zone is given as if it were UTC, for the caller to shift. Accepted: ISO 8601 and its looser forms
    with "/" or 年月日, one-digit months and hours, seconds or milliseconds since 1970, YYYYMMDDHHMMSS.

    Examples
    --------
    >>> found, naive = parse_times(pd.Series(["2014/03/02 05:00:00+00", "2026年1月2日 3时4分", "soon"]))
    >>> [str(one) for one in found], naive.tolist()
    (['2014-03-02 05:00:00+00:00', '2026-01-02 03:04:00+00:00', 'NaT'], [False, True, False])
    """
    text = tidy(texts.astype("str"))
    is_epoch = text.str.fullmatch(EPOCH).fillna(False).astype(bool)
    instants = pd.to_datetime(text.mask(is_epoch), format="ISO8601", utc=True, errors="coerce")
    instants = instants.astype("datetime64[us, UTC]")
    rest = instants.isna() & text.notna() & ~is_epoch
    if rest.any():
        instants = instants.where(~rest, parse_loose(text[rest]).reindex(text.index))
    if is_epoch.any():
        numbers = pd.to_numeric(text.where(is_epoch), errors="coerce")
        micros = (numbers * np.where(numbers > 1e11, 1e3, 1e6)).astype("Int64")
        instants = instants.where(~is_epoch, pd.to_datetime(micros, unit="us", utc=True).astype("datetime64[us, UTC]"))
    says_zone = text.str.contains(CLOCK, regex=True).fillna(False) & text.str.contains(ZONED, regex=True).fillna(False)
    return instants, instants.notna() & ~says_zone.astype(bool) & ~is_epoch


def parse_loose(texts: pd.Series) -> pd.Series:
    """Return instants of texts that are nearly ISO: one-digit parts, or fourteen digits on end."""
    dense = texts.str.replace(r"^(\d{4})(\d{2})(\d{2})[ T]?(\d{2})(\d{2})(\d{2})$", r"\1-\2-\3 \4:\5:\6", regex=True)
    parts = dense.str.extract(PADDED)
    month, day = (parts[number].str.zfill(2) for number in (1, 2))
    hour, minute, second = (parts[number].fillna("0").str.zfill(2) for number in (3, 4, 5))
    whole = (
        parts[0]
        + "-"
        + month
        + "-"
        + day
        + "T"
        + hour
        + ":"
        + minute
        + ":"
        + second
        + parts[6].fillna("")
        + parts[7].fillna("")
    )
    return pd.to_datetime(whole, format="ISO8601", utc=True, errors="coerce").astype("datetime64[us, UTC]")


def in_zone(instants: pd.Series, naive: pd.Series, zone: zoneinfo.ZoneInfo) -> pd.Series:
    """
    Return instants with the naive ones read on the clock of `zone`.

    An hour that the clock shows twice is its second showing; one it skips is moved forward.

    Examples
    --------
    >>> found, naive = parse_times(pd.Series(["2026-01-02 08:00:00"]))
    >>> str(in_zone(found, naive, require_time_zone("Asia/Shanghai"))[0])
    '2026-01-02 00:00:00+00:00'
    """
    if not naive.any():
        return instants
    clock = instants[naive].dt.tz_localize(None)
    placed = clock.dt.tz_localize(zone, ambiguous=np.zeros(len(clock), dtype=bool), nonexistent="shift_forward")
    shifted = placed.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    return instants.where(~naive, shifted.reindex(instants.index))


def with_hour(instants: pd.Series, hours: pd.Series, zone: zoneinfo.ZoneInfo) -> pd.Series:
    """
    Return the instant at which the clock of `zone` shows `hours` on the day each instant falls on there.

    Examples
    --------
    >>> day, _ = parse_times(pd.Series(["2014/03/02 05:00:00+00"]))
    >>> str(with_hour(day, pd.Series(["8"]), require_time_zone("America/Toronto"))[0])
    '2014-03-02 13:00:00+00:00'
    """
    local = instants.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    hour = pd.to_numeric(hours, errors="coerce")
    shifted = local + pd.to_timedelta(hour.where(hour.between(0, 24)), unit="h")
    return in_zone(shifted.dt.tz_localize("UTC").astype("datetime64[us, UTC]"), shifted.notna(), zone)


def parse_dates(texts: pd.Series) -> pd.Series:
    """
    Return days (no zone); NaT where the text is no date.

    Examples
    --------
    >>> [str(day.date()) for day in parse_dates(pd.Series(["2026-01-02", "2026年1月2日", "20260102"]))]
    ['2026-01-02', '2026-01-02', '2026-01-02']
    """
    dashed = texts.astype("str").str.replace(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", regex=True)
    instants, _ = parse_times(dashed)
    return instants.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
