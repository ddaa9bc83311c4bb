"""Which column of a file is which field: as told, by its name in Chinese or English, then by what it holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from data.imports.options import ImportOptions
from data.imports.times import looks_like_time
from data.kinds._spec import Field, KindSpec
from geo.errors import Say, SchemaError, name_few, say

LITERAL = re.compile(r"""^(['"])(.*)\1$""")
HOUR = "hour"
SAMPLE_ROWS = 500


@dataclass(kw_only=True)
class Matched:
    """`columns` gives the file's column for each field; `unknown` are the columns no field took."""

    columns: dict[str, str]
    unknown: list[str]
    notices: list[Say] = field(default_factory=list)


def plain(name: str) -> str:
    """
    Return a header in the form it is compared in: half width, lower case, without spaces, `_` and `-`.

    Examples
    --------
    >>> plain("Occurrence_Date "), plain("事件　编号（必填）")
    ('occurrencedate', '事件编号')
    """
    text = unicodedata.normalize("NFKC", name).lower()
    text = re.sub(r"[(\[].*?[)\]]", "", text)
    return re.sub(r"[\s_\-:*]+", "", text)


def match_columns(spec: KindSpec, frame: pd.DataFrame, options: ImportOptions) -> Matched:
    """
    Match the columns of a file to the fields of a kind.

    What the caller says comes first and must exist; then a field's own name and its synonyms, each column used once;
    then what a column holds, for a required time and for coordinates, only where exactly one column fits.

    Raises
    ------
    SchemaError
        If a named field or column does not exist: all of them at once.
    """
    told = require_told(spec, frame, told_columns(spec, options))
    columns = dict(told)
    taken = {part for told_column in told.values() for part in parts_of(told_column) if part in frame.columns}
    by_plain = {plain(name): name for name in reversed(frame.columns)}
    for one in importable(spec):
        for word in (one.name, *one.synonyms):
            found = by_plain.get(plain(word))
            if one.name not in columns and found is not None and found not in taken:
                columns[one.name] = found
                taken.add(found)
    notices = match_by_content(spec, frame, columns, taken)
    return Matched(columns=columns, unknown=[name for name in frame.columns if name not in taken], notices=notices)


def importable(spec: KindSpec) -> list[Field]:
    """Return the fields a file may fill; polygons may come as points, so a derived lon and lat may be given too."""
    return [one for one in spec.fields if not one.derived] + [
        one for one in spec.fields if one.derived and one.name in ("lon", "lat")
    ]


def told_columns(spec: KindSpec, options: ImportOptions) -> dict[str, str]:
    """Return the columns the caller named, by field."""
    told = dict(options.map)
    names = {one.name for one in spec.fields}
    area = "stated_area_id" if "stated_area_id" in names else "area_id"
    given = (
        (spec.key, options.id),
        ("name", options.name),
        ("parent_id", options.parent),
        ("lon", options.lon),
        ("lat", options.lat),
        (area, options.area),
        ("address", options.address),
    )
    return told | {name: column for name, column in given if column}


def parts_of(expression: str) -> list[str]:
    """
    Return the parts of a joined column: names, and text in quotes.

    Examples
    --------
    >>> parts_of("district+'-'+sector")
    ['district', "'-'", 'sector']
    """
    return [part.strip() for part in expression.split("+")]


def require_told(spec: KindSpec, frame: pd.DataFrame, told: Mapping[str, str]) -> dict[str, str]:
    """Return the named columns as the file spells them; refuse unknown fields and columns, all at once."""
    fields = {one.name for one in importable(spec)} | {HOUR}
    missing_fields = [name for name in told if name not in fields]
    resolved: dict[str, str] = {}
    missing: list[str] = []
    for name, expression in told.items():
        found = find_column(frame, expression)
        if found is not None:
            resolved[name] = found
        elif name in fields:
            missing.append(expression)
    if missing_fields:
        raise SchemaError(
            say("a field of {kind}: {fields}", kind=spec.title, fields=", ".join(sorted(fields))),
            say("{names}", names=name_few(missing_fields)),
            say("name one of these fields"),
        )
    if missing:
        raise SchemaError(
            say("the column {names}", names=name_few(missing)),
            say("a file with the columns {columns}", columns=", ".join(map(str, frame.columns[:30]))),
            say("name one of these columns"),
        )
    return resolved


def find_column(frame: pd.DataFrame, expression: str) -> str | None:
    """Return a column, or a join of columns, as the file spells it; None if a part is missing."""
    if expression in frame.columns:
        return expression
    by_lower = {str(name).lower(): str(name) for name in reversed(frame.columns)}
    parts = []
    for part in parts_of(expression):
        if LITERAL.match(part):
            parts.append(part)
        elif part in frame.columns or part.lower() in by_lower:
            parts.append(part if part in frame.columns else by_lower[part.lower()])
        else:
            return None
    return "+".join(parts)


def column_values(frame: pd.DataFrame, expression: str) -> pd.Series:
    """
    Return the text of a column or of joined columns, stripped; missing where any part is missing or blank.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": ["1", " 2", ""], "b": ["x", "y", "z"]})
    >>> column_values(frame, "a+'-'+b").fillna("-").tolist()
    ['1-x', '2-y', '-']
    """
    if expression in frame.columns:
        return blank_to_missing(frame[expression])
    joined: pd.Series | None = None
    for part in parts_of(expression):
        literal = LITERAL.match(part)
        piece = pd.Series(literal[2], frame.index, dtype="str") if literal else blank_to_missing(frame[part])
        joined = piece if joined is None else joined + piece
    assert joined is not None
    return joined


def blank_to_missing(values: pd.Series) -> pd.Series:
    """Return stripped text, missing where nothing is left; an export's apostrophe before a formula is taken off."""
    text = values.astype("str")
    if text.str.startswith("'").any():
        text = text.str.replace(r"^'(?='*[=+\-@＝＋－＠\t\r\n])", "", regex=True)
    stripped = text.str.strip()
    return stripped.mask(stripped == "")


def match_by_content(spec: KindSpec, frame: pd.DataFrame, columns: dict[str, str], taken: set[str]) -> list[Say]:
    """Match what names did not tell by what the columns hold, and say so."""
    notices = []
    free = [name for name in frame.columns if name not in taken]
    sample = {name: blank_to_missing(frame[name].head(SAMPLE_ROWS)).dropna() for name in free}
    for one in spec.fields:
        if one.dtype == "time" and one.required and one.name not in columns:
            found = [name for name in free if name not in taken and looks_like_time(sample[name])]
            notices += take_only(one, found, columns, taken)
    names = {one.name for one in spec.fields}
    if {"lon", "lat"} <= names and not {"lon", "lat"} & set(columns):
        for name, fits in (("lon", looks_like_longitude), ("lat", looks_like_latitude)):
            found = [column for column in free if column not in taken and fits(sample[column])]
            notices += take_only(spec.field(name), found, columns, taken)
        if not {"lon", "lat"} <= set(columns):
            for name in ("lon", "lat"):
                taken.discard(columns.pop(name, ""))
    return notices


def take_only(one: Field, found: list[str], columns: dict[str, str], taken: set[str]) -> list[Say]:
    """Take the column if it is the only one that fits."""
    if len(found) != 1:
        return []
    columns[one.name] = found[0]
    taken.add(found[0])
    return [say("column {column} was taken for {field} because of what it holds", column=found[0], field=one.title)]


def looks_like_longitude(sample: pd.Series) -> bool:
    """Return whether a column holds longitudes of China with decimals."""
    return holds_degrees(sample, 73, 136)


def looks_like_latitude(sample: pd.Series) -> bool:
    """Return whether a column holds latitudes of China with decimals."""
    return holds_degrees(sample, 17, 54)


def holds_degrees(sample: pd.Series, low: float, high: float) -> bool:
    """Return whether nearly all values are numbers between the bounds with four decimals or more."""
    if sample.empty or not sample.str.fullmatch(r"\d+\.\d{4,}").mean() > 0.95:
        return False
    return bool(pd.to_numeric(sample, errors="coerce").between(low, high).mean() > 0.95)
