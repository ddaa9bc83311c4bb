"""/api/values: a metric of every area of a level, with its classes, colours and legend."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from api.ask import open_desk, read_boundaries, read_level, read_period, read_text, read_time, read_within
from api.kept import reply_kept
from api.replies import MissingError, answers
from data.coverage import Question, answer, metrics
from data.language import LANGUAGES, translate
from data.store.boundaries import keys_of
from geo.errors import SchemaError, say
from layers._classes import cut_classes, read_scheme
from layers._palettes import DIVERGING, PALETTES, colours

DEFAULT_CLASSES, DEFAULT_PALETTE, DEFAULT_DIVERGING = "quantile-5", "ylgnbu", "puor"


def _both(text: str) -> dict[str, str]:
    return {language: translate(text, language) for language in LANGUAGES}


def is_diverging(values: np.ndarray) -> bool:
    """Say whether values lie on both sides of zero, which then is the meaningful middle of the palette."""
    known = values[np.isfinite(values)]
    return bool(known.size and known.min() < 0 < known.max())


def build_legend(
    values: np.ndarray, unsure: np.ndarray, *, classes: str, palette: str, decimals: int
) -> dict[str, Any]:
    """
    Return class limits, one colour a class, how many areas each class has, and how many have no data.

    Examples
    --------
    >>> legend = build_legend(np.array([1.0, 2, np.nan]), np.array([False, True, False]),
    ...                       classes="equal-2", palette="blues", decimals=0)
    >>> legend["counts"], legend["no_data"], legend["unsure"]
    ([1, 1], 1, 1)
    """
    diverging = is_diverging(values) and not classes.startswith("manual")
    breaks, counts = cut_classes(values, classes, decimals=decimals, around_zero=diverging)
    if diverging and palette not in DIVERGING:
        palette = DEFAULT_DIVERGING
    count = max(0, len(breaks) - 1)
    return {
        "breaks": breaks,
        "colours": colours(palette, count) if count else [],
        "counts": counts,
        "kind": "diverging" if palette in DIVERGING else "sequential",
        "no_data": int((~np.isfinite(values)).sum()),
        "unsure": int((unsure & np.isfinite(values)).sum()),
        "decimals": decimals,
    }


def build_values(
    desk: Any,
    *,
    metric: str,
    level: str,
    within: str | None,
    start: datetime,
    end: datetime,
    now: datetime | None,
    category: str,
    classes: str,
    palette: str,
    boundaries: str = "as_was",
) -> dict[str, Any]:
    """Return {area: [value, low, high, records, is uncertain]} with everything a legend must say."""
    spec = metrics()[metric]
    question = Question(
        metric, level, start, end, within=within, category=category or None, boundaries=boundaries, now=now
    )
    found = answer(desk, question)
    table = found.table
    value, low, high = (table[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    unsure = found.is_unsure.reindex(table.index).fillna(False).to_numpy(dtype=bool)
    records = table["records"].fillna(0).to_numpy(dtype=float).astype(int)
    legend = build_legend(value, unsure, classes=classes, palette=palette, decimals=spec.decimals)
    rows = zip(value.tolist(), low.tolist(), high.tolist(), records.tolist(), unsure.astype(int).tolist(), strict=True)
    return {
        "metric": metric,
        "title": _both(spec.title),
        "unit": _both(found.unit),
        "source": _both(found.source),
        "decimals": spec.decimals,
        "edition": found.edition,
        "boundaries": found.boundaries,
        "boundaries_changed": [one.isoformat() for one in found.changes],
        "start": found.start,
        "end": found.end,
        "as_of": found.question.now,
        "scheme": read_scheme(classes)[0],
        "unassigned": int(found.unassigned),
        "total": int(found.total),
        "legend": legend,
        "values": dict(zip([str(one) for one in table.index], rows, strict=True)),
    }


def read_choice(request: Request) -> tuple[str, str]:
    """Return (classes, palette) of a request, both checked."""
    classes = read_text(request, "classes") or DEFAULT_CLASSES
    read_scheme(classes)
    palette = read_text(request, "palette") or DEFAULT_PALETTE
    if palette not in PALETTES:
        raise SchemaError(
            say("a palette of the list: {names}", names=", ".join(PALETTES)),
            say("{text!r}", text=palette[:40]),
            say("choose one of these"),
        )
    return classes, palette


def read_question(request: Request, desk: Any) -> dict[str, Any]:
    """Return the options of `build_values` that a request asks for."""
    metric = read_text(request, "metric")
    if metric not in metrics():
        raise MissingError(
            say("the name of a coverage metric"),
            say("{metric!r}", metric=metric[:40]),
            say("choose one of: {names}", names=", ".join(metrics())),
        )
    start, end = read_period(request, desk)
    chosen = read_boundaries(request, desk)
    classes, palette = read_choice(request)
    return {
        "metric": metric,
        "level": read_level(request, desk),
        "within": read_within(request, desk, keys_of(desk.store, chosen, start, end)[-1]),
        "boundaries": chosen,
        "start": start,
        "end": end,
        "now": min(read_time(request, "now") or datetime.now(UTC).replace(second=0, microsecond=0), end),
        "category": read_text(request, "category"),
        "classes": classes,
        "palette": palette,
    }


@answers
def values(request: Request) -> Response:
    """Answer with the values of one metric for one level."""
    desk = open_desk(request)
    options = read_question(request, desk)
    key = tuple((name, str(one)) for name, one in sorted(options.items()))
    return reply_kept(request, desk, ("values", key), lambda: build_values(desk, **options))
