"""Numbers, days and other people's words, made fit to stand in a sentence, a table or a link."""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
NO_DATA = "—"


def plain(text: object) -> str:
    """
    Return `text` so that Markdown shows it letter by letter: no link, picture, colour or formula.

    Examples
    --------
    >>> plain("![x](//y)")
    '\\\\!\\\\[x\\\\]\\\\(//y\\\\)'
    """
    return MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def escaped(text: object) -> str:
    """Return `text` fit to stand between two HTML tags or inside a quoted attribute."""
    return html.escape(str(text), quote=True)


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """
    Return names by code for a list to choose from: one that several things bear stands with its code.

    A list tells the service the words that were chosen, so that two equal ones would both choose the same thing.

    Examples
    --------
    >>> told_apart({"A1": "Steps", "A2": "Tower", "A3": "Steps"})
    {'A1': 'Steps · A1', 'A2': 'Tower', 'A3': 'Steps · A3'}
    """
    borne = Counter(names.values())
    return {code: name if borne[name] == 1 else f"{name} · {code}" for code, name in names.items()}


def number(value: float | None, decimals: int = 0) -> str:
    """
    Return a number with thousands separators, or a dash where there is no data.

    Examples
    --------
    >>> number(12914), number(float("nan")), number(0.256, 2), number(-0.01, 1)
    ('12,914', '—', '0.26', '0.0')
    """
    if value is None or not math.isfinite(value):
        return NO_DATA
    rounded = round(value, decimals) + 0.0
    return f"{rounded:,.{decimals}f}"


def measured(value: float | None, unit: str, decimals: int = 0, *, t: Callable[..., str]) -> str:
    """
    Return a value with its unit in the reader's language; many minutes or metres become hours or kilometres.

    Examples
    --------
    >>> measured(701732, "min", t=str), measured(54, "min", t=str), measured(None, "%", t=str)
    ('11,696 h', '54 min', '—')
    """
    if value is None or not math.isfinite(value):
        return NO_DATA
    for small, size, large in (("min", 60, "h"), ("m", 1000, "km")):
        if unit == small and abs(value) >= 10 * size:
            value, unit, decimals = value / size, large, 0 if abs(value) >= 100 * size else 1
    return f"{number(value, decimals)} {t(unit)}".strip()


def plural(word: str, count: float) -> str:
    """
    Return an English noun fit to stand behind a count; words of other scripts stay as they are.

    Examples
    --------
    >>> plural("county", 2), plural("grid", 1), plural("grid", 816), plural("网格", 816)
    ('counties', 'grid', 'grids', '网格')
    """
    if count == 1 or not word.isascii() or not word[-1:].isalpha() or word.endswith("s"):
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def change(now: float | None, before: float | None) -> str:
    """
    Return how much more or less `now` is than `before` in percent; empty where that has no meaning.

    Examples
    --------
    >>> change(110, 100), change(5, 0), change(None, 3)
    ('+10 %', '', '')
    """
    if now is None or before is None or not math.isfinite(now) or not math.isfinite(before) or before == 0:
        return ""
    return f"{(now - before) / abs(before):+.0%}".replace("%", " %")


def moment(at: datetime | None, time_zone: str) -> str:
    """Return an instant in the place's own time, to the minute."""
    return NO_DATA if at is None else at.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M")


def address(path: str, query: dict[str, str]) -> str:
    """
    Return the address of a page with its state.

    Examples
    --------
    >>> address("map", {"area": "a&b"})
    '/map?area=a%26b'
    """
    return f"/{path}?{urlencode(query)}" if query else f"/{path}"


def boundaries_text(t: Any, found: Any) -> str:
    """Say by which borders an answer is told, and on which days they changed inside the period."""
    titles = {"as_was": t("as it was"), "today": t("today's areas")}
    text = f"{t('Boundaries')}: {titles.get(found.boundaries, found.boundaries)}"
    if found.changes:
        days = ", ".join(one.isoformat() for one in found.changes)
        text += " · " + t("borders changed on {days}: areas of before and after stand side by side", days=days)
    return text
