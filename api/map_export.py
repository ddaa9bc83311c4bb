"""/map/export: the map as one HTML file that opens from disk, without the service and without a network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.ask import find_workspace, open_desk, read_period
from api.csp import hash_of, saved_policy
from api.features import build_feed, catalogue
from api.map_documents import ASSETS, build_map, document_config, read_state, read_theme, render_parts
from api.map_scripts import SCRIPTS
from api.replies import answers, encode, missing, read_language
from api.values import DEFAULT_CLASSES, DEFAULT_PALETTE, build_values, read_choice
from data.coverage import metrics
from data.language import LANGUAGES
from data.settings import DEFAULTS
from data.store import open_store
from layers._classes import read_scheme
from layers._palettes import PALETTES

PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="{{ lang }}" data-theme="{{ theme }}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
{% for css in styles %}<style>{{ css|safe }}</style>
{% endfor %}</head><body>{{ body|safe }}
{% for script in scripts %}<script>{{ script|safe }}</script>
{% endfor %}</body></html>""")
SAVED_ZOOM = 12.0
NEVER_SAVED = ("buildings",)
"""Layers that are drawn by the window only: a saved map would hold all of them."""


def _moment(text: Any) -> datetime | None:
    if isinstance(text, datetime):
        return text.astimezone(UTC)
    return datetime.fromisoformat(str(text).replace(" ", "+")).astimezone(UTC) if text else None


def _period(desk: Any, state: Mapping[str, Any]) -> tuple[datetime, datetime]:
    end = _moment(state.get("end")) or datetime.now(UTC)
    start = _moment(state.get("start")) or end - timedelta(days=int(desk.setting("default_period_days")))
    return start, end


def _zoom(state: Mapping[str, Any]) -> float:
    parts = str(state.get("view") or "").split(",")
    try:
        return min(20.0, max(0.0, float(parts[2]))) if len(parts) == 3 else SAVED_ZOOM
    except ValueError:
        return SAVED_ZOOM


def _shown(state: Mapping[str, Any]) -> list[str]:
    named = [one for one in str(state.get("layers") or "").split(",") if one]
    return named or [name for name, spec in catalogue().items() if spec.shown_at_start]


def _inline(desk: Any, state: Mapping[str, Any]) -> dict[str, Any]:
    """Every answer the saved document would have fetched, under the key its script asks for."""
    level, within = str(state["level"]), str(state.get("area") or "") or None
    start, end = _period(desk, state)
    detail = 1 if within is None else 2
    zoom = _zoom(state)
    options: dict[str, dict[str, Any]] = {
        "areas": {"level": level, "within": within, "detail": detail},
        "points": {
            "start": start,
            "end": end,
            "within": within,
            "category": str(state.get("category") or ""),
            "box": None,
            "zoom": zoom,
        },
        "cells": {"within": within, "box": None, "zoom": zoom},
        "shapes": {"detail": 1, "box": None},
        "tracks": {"start": start, "end": end, "within": within, "detail": 1},
    }
    options |= {"outlines": options["areas"], "labels": options["areas"], "lines": options["shapes"]}
    found: dict[str, Any] = {
        f"areas|{level}|{within or ''}": build_feed(desk, "areas", **options["areas"]),
        f"outlines|{level}|{within or ''}": build_feed(desk, "area_outlines", **options["areas"]),
    }
    for name in _shown(state):
        spec = catalogue().get(name)
        if spec and spec.feed in ("points", "cells", "shapes", "lines", "tracks") and name not in NEVER_SAVED:
            found[name] = build_feed(desk, name, **options[spec.feed])
    if state.get("metric"):
        found[f"values|{level}|{within or ''}|{state['metric']}"] = _values(desk, state, level, within, start, end)
    plain: dict[str, Any] = orjson.loads(encode(found))
    return plain


def _values(
    desk: Any, state: Mapping[str, Any], level: str, within: str | None, start: datetime, end: datetime
) -> dict[str, Any]:
    if state["metric"] not in metrics():
        raise missing(str(state["metric"]))
    classes = str(state.get("classes") or DEFAULT_CLASSES)
    read_scheme(classes)
    palette = str(state.get("palette") or DEFAULT_PALETTE)
    return build_values(
        desk,
        metric=str(state["metric"]),
        level=level,
        within=within,
        start=start,
        end=end,
        now=None,
        category=str(state.get("category") or ""),
        classes=classes,
        palette=palette if palette in PALETTES else DEFAULT_PALETTE,
    )


def render_saved(desk: Any, *, workspace: str, language: str, theme: str, state: Mapping[str, Any]) -> str:
    """Return the saved map: data, scripts and styles inside, a policy that lets nothing in or out."""
    levels = [one.key for one in desk.levels()]
    chosen = {**state, "level": state.get("level") or levels[min(1, len(levels) - 1)]}
    if chosen["level"] not in levels:
        raise missing(str(chosen["level"]))
    if chosen.get("area") and chosen["area"] not in desk.hierarchy():
        raise missing(str(chosen["area"]))
    chosen["layers"] = ",".join(one for one in _shown(chosen) if one not in NEVER_SAVED)
    config = document_config(desk, workspace=workspace, language=language, theme=theme, state=chosen)
    config["inline"] = _inline(desk, chosen)
    parts = render_parts(build_map(desk, config))
    leaflet = (ASSETS / "vendor/leaflet/leaflet.css").read_text("utf-8")
    styles = [
        re.sub(r"url\([^)]*\)", "none", leaflet),
        (ASSETS / "wangge/wangge.css").read_text("utf-8"),
        parts["css"],
    ]
    files = ["vendor/leaflet/leaflet.js", *(f"wangge/{name}.js" for name in SCRIPTS)]
    scripts = [(ASSETS / name).read_text("utf-8").replace("</", "<\\/") for name in files] + [parts["script"]]
    return PAGE.render(
        lang="en" if language == "en" else "zh-CN",
        theme=theme,
        title=desk.store.title,
        policy=saved_policy([hash_of(one) for one in scripts], [hash_of(one) for one in styles]),
        styles=styles,
        scripts=scripts,
        body=parts["body"],
    )


def export_map_html(workspace: str, account_id: str, state: Mapping[str, Any]) -> str:
    """
    Return a map as one self-contained HTML text, as the person `account_id` may see it.

    Parameters
    ----------
    workspace
        Name of the dataset.
    account_id
        Whose scope and rights decide what the file holds.
    state
        The keys of a map page's address: level, area, metric, start, end, category, classes, palette, layers, view,
        pick, lang, theme. A missing level is the second of the workspace.

    Raises
    ------
    GridError
        If the level, area or metric does not exist for this person.
    """
    desk = open_store(workspace).desk(account_id)
    language = str(state.get("lang") or DEFAULTS["language"])
    return render_saved(
        desk,
        workspace=workspace,
        language=language if language in LANGUAGES else "zh_CN",
        theme="dark" if state.get("theme") == "dark" else "light",
        state={k: v for k, v in state.items() if k not in ("lang", "theme", "ws")},
    )


@answers
def export(request: Request) -> Response:
    """Answer with the saved map as a download."""
    desk = open_desk(request)
    workspace = find_workspace(request)
    text = render_saved(
        desk,
        workspace=workspace,
        language=read_language(request),
        theme=read_theme(request),
        state=read_checked_state(request, desk),
    )
    name = re.sub(r"[^a-z0-9-]+", "-", workspace.casefold()).strip("-") or "map"
    headers = {"Content-Disposition": f'attachment; filename="wangge-{name}.html"', "Cache-Control": "no-store"}
    return HTMLResponse(text, headers=headers)


def read_checked_state(request: Request, desk: Any) -> dict[str, Any]:
    """Return the state of an address with its period read and checked; names are checked where they are used."""
    state: dict[str, Any] = dict(read_state(request))
    read_choice(request)
    state["start"], state["end"] = (one.isoformat() for one in read_period(request, desk))
    return state
