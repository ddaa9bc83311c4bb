"""Text to values, field by field: whole numbers, numbers, yes and no, days, instants and allowed words."""

from __future__ import annotations

import unicodedata
import zoneinfo

import numpy as np
import pandas as pd

from data.imports.columns import HOUR, column_values
from data.imports.faults import WRONG_COLUMN_SHARE, Faults
from data.imports.times import in_zone, parse_dates, parse_times, with_hour
from data.imports.vocabulary import NO, YES, allowed_value
from data.kinds._spec import Field, KindSpec
from geo.errors import Say, SchemaError, name_few, say

MISSING_WORDS = ("null", "none", "nan", "n/a", "na", "-", "--", "—", "无", "空", "不详", "未知")


def read_values(
    spec: KindSpec, frame: pd.DataFrame, columns: dict[str, str], faults: Faults, zone: zoneinfo.ZoneInfo | None
) -> pd.DataFrame:
    """
    Return the kind's fields that the file fills, each of its own type; rows that cannot be used go to `faults`.

    Raises
    ------
    SchemaError
        If more than one value in twenty of a column is not of its type (the column is the wrong one), or times
        without a zone come with no `zone`: all such columns at once.
    """
    wrong: list[Say] = []
    naive: list[Say] = []
    table: dict[str, pd.Series] = {}
    for one in spec.fields:
        if one.name not in columns:
            continue
        texts = column_values(frame, columns[one.name])
        if one.dtype == "time":
            hours = column_values(frame, columns[HOUR]) if HOUR in columns and one.name == spec.time_field else None
            values, unread, unzoned = read_times(texts, hours, zone)
            if unzoned.any():
                naive.append(
                    say("{column}: {values}", column=columns[one.name], values=name_few(texts[unzoned].head(6)))
                )
        else:
            values, unread = read_field(one, texts)
        wrong += wrong_column(one, columns[one.name], texts, unread, faults)
        add_faults(one, texts, values, unread, faults)
        table[one.name] = values
    refuse_columns(wrong, naive)
    return pd.DataFrame(table, index=frame.index)


def refuse_columns(wrong: list[Say], naive: list[Say]) -> None:
    """Refuse columns that do not hold what their field needs."""
    from geo.contracts import raise_faults

    raise_faults(
        SchemaError,
        say("columns that hold what their fields need"),
        wrong,
        say("correct these values, or name the right column with --map field=COLUMN"),
    )
    raise_faults(
        SchemaError,
        say("times that say their zone"),
        naive,
        say("say where the clock stood, for example --time-zone Asia/Shanghai"),
    )


def wrong_column(one: Field, column: str, texts: pd.Series, unread: pd.Series, faults: Faults) -> list[Say]:
    """Return what is wrong with a column where more than one value in twenty is not of the field's type."""
    if one.dtype == "text" or not unread.sum() > WRONG_COLUMN_SHARE * max(texts.notna().sum(), 1):
        return []
    at = unread.to_numpy()
    return [
        say(
            "column {column} ({field}): {count} values are not {type}: {values} in rows {rows}",
            column=column,
            field=one.title,
            count=int(at.sum()),
            type=type_title(one),
            values=name_few(texts[at].drop_duplicates()),
            rows=name_few(faults.labels[at]),
        )
    ]


def type_title(one: Field) -> Say:
    """Return what a field's values are called."""
    titles = {
        "int": say("whole numbers"),
        "float": say("numbers"),
        "bool": say("yes or no"),
        "date": say("dates"),
        "time": say("times"),
        "text": say("text"),
    }
    return titles[one.dtype]


def add_faults(one: Field, texts: pd.Series, values: pd.Series, unread: pd.Series, faults: Faults) -> None:
    """Note the rows of one field that cannot be used."""
    if one.required and one.name not in ("lon", "lat"):
        faults.add(texts.isna(), say("no {field}", field=one.title))
    if one.allowed:
        allowed, found = ", ".join(filter(None, one.allowed)), name_few(texts[unread.to_numpy()].unique())
        faults.add(
            unread, say("{field} is not one of {allowed}: {values}", field=one.title, allowed=allowed, values=found)
        )
    else:
        faults.add(unread, say("{field} is not {type}", field=one.title, type=type_title(one)))
    if one.name in ("lon", "lat") or one.dtype not in ("int", "float"):
        return
    if one.low is not None:
        faults.add((values < one.low).fillna(False), say("{field} is below {low}", field=one.title, low=one.low))
    if one.high is not None:
        faults.add((values > one.high).fillna(False), say("{field} is above {high}", field=one.title, high=one.high))


def read_field(one: Field, texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the values of a field and which texts could not be read; texts that mean "nothing" are missing."""
    if one.dtype == "text":
        return read_words(one, texts) if one.allowed else (texts, pd.Series(False, texts.index))
    known = texts.mask(texts.str.lower().isin(MISSING_WORDS)) if one.dtype != "bool" else texts
    if one.dtype == "bool":
        lower = known.str.lower()
        values = lower.isin(YES).astype("boolean").mask(~lower.isin(YES + NO))
        return values, known.notna() & values.isna()
    if one.dtype == "date":
        days = parse_dates(known)
        return days, known.notna() & days.isna()
    numbers = read_numbers(known)
    unread = known.notna() & numbers.isna()
    if one.dtype == "int":
        unread |= numbers.notna() & (numbers != np.floor(numbers))
        return numbers.mask(unread).astype("Int64"), unread
    return numbers, unread


def read_numbers(texts: pd.Series) -> pd.Series:
    """
    Return numbers as float64; NaN where the text is none. Thousands separators and full-width digits are read.

    Examples
    --------
    >>> read_numbers(pd.Series(["1,234", "１２", "-0.5", "3人"])).tolist()
    [1234.0, 12.0, -0.5, nan]
    """
    numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
    rest = numbers.isna() & texts.notna()
    if rest.any():
        tidy = texts[rest].map(lambda text: unicodedata.normalize("NFKC", text)).astype("str")
        is_grouped = tidy.str.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?").fillna(False).astype(bool)
        tidy = tidy.where(~is_grouped, tidy.str.replace(",", ""))
        numbers = numbers.where(~rest, pd.to_numeric(tidy, errors="coerce").reindex(texts.index))
    return numbers.where(np.isfinite(numbers))


def read_words(one: Field, texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return allowed words and which texts stand for none of them."""
    known = {text: allowed_value(one.name, text, one.allowed) for text in texts.dropna().unique()}
    values = texts.map(known).astype("str")
    values = values.where(values.notna() & texts.notna())
    return values, texts.notna() & texts.map(lambda text: known.get(text) is None, na_action="ignore").eq(True)


def read_times(
    texts: pd.Series, hours: pd.Series | None, zone: zoneinfo.ZoneInfo | None
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return instants, which texts are no times, and which would need a zone that nobody told."""
    instants, naive = parse_times(texts)
    unread = texts.notna() & instants.isna()
    if hours is not None and zone is None:
        raise SchemaError(
            say("the time zone in which the hour column counts"),
            say("none"),
            say("say where the clock stood, for example --time-zone Asia/Shanghai"),
        )
    if zone is None:
        return instants, unread, naive
    instants = in_zone(instants, naive, zone)
    if hours is not None:
        instants = with_hour(instants, hours, zone)
        unread |= texts.notna() & instants.isna()
    return instants, unread, pd.Series(False, texts.index)
