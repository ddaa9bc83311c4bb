"""The page's whole state, read from its URL and written back to it: nothing a reader sees hides anywhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.language import LANGUAGES
from geo.errors import GridError, SchemaError, say
from layers._classes import read_scheme
from layers._palettes import PALETTES

THEMES = ("light", "dark")
LAYER_NAME = re.compile(r"[a-z0-9_]{1,40}")
MAX_TEXT = 200
COMMON = ("ws", "lang", "theme", "level", "area", "metric", "from", "to", "category", "boundaries")


@dataclass(frozen=True)
class State:
    """
    What a page shows. Empty text means "the page decides"; dates are local days, `end` included.

    `area` is the scope everything is counted inside, `pick` one area held against the others of its level.
    In the URL `start` and `end` are called `from` and `to`.

    Examples
    --------
    >>> state, faults = read_state({"ws": "main", "level": "town", "from": "2026-10-01", "to": "2026-10-31"})
    >>> state.level, (state.end - state.start).days, faults
    ('town', 30, [])
    >>> to_query(state)["from"]
    '2026-10-01'
    """

    ws: str = ""
    lang: str = "zh_CN"
    theme: str = ""
    level: str = ""
    area: str = ""
    pick: str = ""
    metric: str = ""
    start: date | None = None
    end: date | None = None
    compare: str = ""
    category: str = ""
    classes: str = "quantile-5"
    palette: str = "ylgnbu"
    layers: str = ""
    view: str = ""
    boundaries: str = "as_was"
    stage: str = ""
    unit: str = ""
    at: str = ""
    speed: str = ""
    sound: str = ""
    kiosk: str = ""
    plan: str = ""
    event: str = ""
    tab: str = ""
    board: str = ""
    minute: str = ""
    band: str = ""

    def change(self, **values: Any) -> State:
        """Return this state with some values changed."""
        return replace(self, **values)


URL_NAMES = {one.name: {"start": "from", "end": "to"}.get(one.name, one.name) for one in fields(State)}


def to_query(state: State) -> dict[str, str]:
    """Return the URL parameters of `state`; what stands at its default is left out."""
    texts = {name: _text(getattr(state, name)) for name in URL_NAMES}
    return {URL_NAMES[name]: text for name, text in texts.items() if text and text != _text(getattr(State, name))}


def to_common_query(state: State) -> dict[str, str]:
    """Return the part of the URL that every page shares, for links from page to page."""
    return {name: text for name, text in to_query(state).items() if name in COMMON}


def read_state(params: Mapping[str, str]) -> tuple[State, list[GridError]]:
    """
    Read a state from URL parameters; what cannot be meant becomes the default, with one message each.

    Whether a level, area or metric exists is asked later, of the workspace.

    Examples
    --------
    >>> state, faults = read_state({"from": "2026-02-30", "lang": "xx"})
    >>> state.start, state.lang, len(faults)
    (None, 'zh_CN', 2)
    """
    faults: list[GridError] = []
    values: dict[str, Any] = {}
    for name, url_name in URL_NAMES.items():
        text = str(params.get(url_name, ""))[:MAX_TEXT].strip()
        if not text:
            continue
        value = READERS.get(name, _any_text)(text)
        if value is None:
            faults.append(_fault(url_name, text))
        else:
            values[name] = value
    state = State(**values)
    if state.start and state.end and state.start > state.end:
        faults.append(
            SchemaError(
                say("a period whose first day comes before its last"),
                say("from {start} to {end}", start=state.start, end=state.end),
                say("swap the two days; until then they are read the other way round"),
            )
        )
        state = state.change(start=state.end, end=state.start)
    return state, faults


def period(state: State, time_zone: str) -> tuple[datetime, datetime]:
    """Return the period as aware instants in the place's own time, the last day included."""
    if state.start is None or state.end is None:
        raise SchemaError(
            say("a period"), say("no first or last day in the address"), say("choose a period on the page")
        )
    zone = ZoneInfo(time_zone)
    first = datetime(state.start.year, state.start.month, state.start.day, tzinfo=zone)
    after = state.end + timedelta(days=1)
    return first, datetime(after.year, after.month, after.day, tzinfo=zone)


def compared_days(state: State) -> tuple[date, date] | None:
    """
    Return the first and last day `state` is held against; None where nothing is compared.

    Examples
    --------
    >>> state, _ = read_state({"from": "2026-03-01", "to": "2026-03-07", "compare": "previous"})
    >>> compared_days(state)
    (datetime.date(2026, 2, 22), datetime.date(2026, 2, 28))
    """
    if not state.compare or state.start is None or state.end is None:
        return None
    days = (state.end - state.start).days + 1
    if state.compare == "previous":
        return state.start - timedelta(days=days), state.start - timedelta(days=1)
    if state.compare == "year":
        return state.start - timedelta(days=364), state.end - timedelta(days=364)
    first, last = state.compare.split("_")
    return date.fromisoformat(first), date.fromisoformat(last)


def _any_text(text: str) -> str:
    return text


def _one_of(*allowed: str) -> Any:
    return lambda text: text if text in allowed else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def _compare(text: str) -> str | None:
    if text in ("previous", "year"):
        return text
    first, _, last = text.partition("_")
    days = _day(first), _day(last)
    return text if days[0] and days[1] and days[0] <= days[1] else None


def _classes(text: str) -> str | None:
    try:
        read_scheme(text)
    except GridError:
        return None
    return text


def _layers(text: str) -> str | None:
    return text if all(LAYER_NAME.fullmatch(one) for one in text.split(",")) else None


def _band(text: str) -> str | None:
    low, _, high = text.partition("-")
    return text if low.isdigit() and high.isdigit() and 0 < int(low) <= int(high) < 1_000_000 else None


def _minute(text: str) -> str | None:
    return text if text.isdecimal() and text.isascii() and len(text) <= 3 else None


def _moment(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return text if moment.tzinfo is not None and 1900 <= moment.year <= 2200 else None


def _view(text: str) -> str | None:
    try:
        lon, lat, zoom = (float(one) for one in text.split(","))
    except ValueError:
        return None
    return text if -180 <= lon <= 180 and -90 <= lat <= 90 and 0 <= zoom <= 24 else None


READERS = {
    "lang": _one_of(*LANGUAGES),
    "theme": _one_of(*THEMES),
    "start": _day,
    "end": _day,
    "compare": _compare,
    "classes": _classes,
    "palette": _one_of(*PALETTES),
    "layers": _layers,
    "view": _view,
    "at": _moment,
    "speed": _one_of("1", "10", "60", "600"),
    "sound": _one_of("1"),
    "kiosk": _one_of("1"),
    "minute": _minute,
    "band": _band,
}
EXPECTED = {
    "lang": say("zh_CN or en"),
    "theme": say("light or dark"),
    "from": say("a day like 2026-11-22"),
    "to": say("a day like 2026-11-22"),
    "compare": say("previous, year or two days like 2026-10-01_2026-10-31"),
    "classes": say("quantile-5, natural-5, equal-5 (2 to 8 classes) or manual-10_20_30 with rising breaks"),
    "palette": say("one of {names}", names=", ".join(PALETTES)),
    "layers": say("names of layers with commas between them"),
    "view": say("longitude, latitude and zoom"),
    "at": say("a time with its zone, as 2026-11-22T00:00:00Z"),
    "speed": say("1, 10, 60 or 600"),
    "sound": say("1"),
    "kiosk": say("1"),
    "minute": say("a whole number of minutes, at most three digits"),
    "band": say("a band like 300-500, the smaller number first"),
}


def _fault(url_name: str, text: str) -> GridError:
    return SchemaError(
        EXPECTED.get(url_name, say("another value")),
        say("{name}={text} in the address", name=url_name, text=text),
        say("the page uses its default instead; choose again on the page"),
    )


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
