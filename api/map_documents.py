"""/map/view: a map as an HTML page under a strict policy: one nonce in our own template, configuration only."""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import folium
from branca.element import CssLink, Element, JavascriptLink
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.ask import find_workspace, open_desk, read_names, read_text
from api.csp import document_policy
from api.early import early_script
from api.features import catalogue
from api.kept import Kept, scope_key
from api.map_scripts import BUNDLES, bundle_url, read_script
from api.replies import answers, read_language
from api.tiles import describe_tiles
from data.language import LANGUAGES, ONE, translate
from data.language import catalogue as catalogue_of
from geo.crowd.event.ground import AreaKind, CheckKind, ExitKind, PlaceKind, RouteKind
from geo.crowd.event.times import FrontKind
from layers._element import StartElement
from layers._offline import keep_vendored

TOTALS = Kept(50)
ASSETS = Path(__file__).resolve().parent.parent / "assets"
STYLES = ("vendor/noto-sans-sc/index.css", "wangge/wangge.css", "wangge/live.css", "wangge/plan.css")
STATE = (
    "level", "area", "pick", "metric", "start", "end", "category", "classes", "palette",
    "layers", "view", "click", "boundaries", "borders",
)  # fmt: skip
PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="{{ lang }}" data-theme="{{ theme }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<link rel="icon" type="image/svg+xml" href="{{ icon }}">
<script nonce="{{ nonce }}">{{ early|safe }}</script>
{% for url in styles %}<link rel="stylesheet" href="{{ url }}">
{% endfor %}{% for url in scripts %}<script src="{{ url }}"></script>
{% endfor %}<style nonce="{{ nonce }}">{{ css|safe }}</style></head><body>{{ body|safe }}
<script nonce="{{ nonce }}">{{ script|safe }}</script></body></html>""")


@lru_cache(maxsize=256)
def asset_url(path: str) -> str:
    """Return the address of one of our files with the seal of its content, so that browsers may keep it for good."""
    return f"/assets/{path}?v={sha256((ASSETS / path).read_bytes()).hexdigest()[:12]}"


@lru_cache
def script_texts() -> dict[str, dict[str, str]]:
    """
    Return every text our scripts show, in each language: t("...") of the scripts, and kinds of things of events.

    `one` holds the English of those that read otherwise where `count` is 1.
    """
    found: set[str] = {*WORDS, *EVENT_LISTS}.union(*(get_args(kind) for kind in EVENT_KINDS))
    for name in {name for scripts in BUNDLES.values() for name in scripts}:
        found |= set(re.findall(r"\bt\(\s*\"([^\"]+)\"", read_script(name)))
    texts = {language: {text: translate(text, language) for text in sorted(found)} for language in LANGUAGES}
    return texts | {"one": {text: one for text, one in catalogue_of(ONE).items() if text in found}}


def t(text: str) -> str:
    """Mark a text for the translators."""
    return text


EVENT_KINDS = (AreaKind, ExitKind, RouteKind, CheckKind, PlaceKind, FrontKind)
EVENT_LISTS = ("barriers", "hazards")
WORDS = (
    t("quantile"), t("natural"), t("equal"), t("manual"),
    t("governance_station"), t("police_post"), t("checkpoint"), t("camera"), t("shelter"), t("parking"), t("school"),
    t("firm"), t("market"), t("station"), t("viewing_point"), t("household"), t("hazard"), t("rental"), t("route"),
    t("crowd"), t("traffic"), t("telecom"), t("reported"), t("accepted"), t("dispatched"), t("arrived"),
    t("handled"), t("verified"), t("closed"), t("void"),
    t("category"), t("occurred at"), t("status"), t("kind"), t("capacity"), t("purpose"), t("started at"), t("time"),
    t("value"), t("place"), t("address"), t("urgent"), t("normal"), t("critical"), t("returned"),
    t("grid head"), t("full time"), t("part time"), t("reserve"), t("adviser"), t("micro grid head"), t("police"),
    t("volunteer"), t("tracker"), t("future"), t("zero"), t("too_fast"), t("inaccurate"), t("late"), t("unknown_unit"),
)  # fmt: skip
"""Values of the tables that a map shows as words."""


def _titles(text: str) -> dict[str, str]:
    return {language: translate(text, language) for language in LANGUAGES}


def layer_configs(desk: Any, shown: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return (name, configuration) of every layer, from the ground up; `shown` names those on (none = as they say)."""
    totals = TOTALS.get((*scope_key(desk), "layer totals"), lambda: _totals(desk))
    configs = []
    for name, spec in sorted(catalogue().items(), key=lambda item: (item[1].order, item[0])):
        config = {
            "name": name,
            "title": _titles(spec.title),
            "group": _titles(spec.group),
            "order": spec.order,
            "feed": spec.feed,
            "min_zoom": spec.min_zoom,
            "rows": min(totals[kind] for kind in spec.needs),
            "shown": name in shown if shown else spec.shown_at_start,
        }
        configs.append((name, config))
    return configs


def _totals(desk: Any) -> dict[str, int]:
    """Return how many rows there are of each kind a layer needs; kept for the edition and scope."""
    kinds = {kind for spec in catalogue().values() for kind in spec.needs}
    return {kind: len(desk.areas(geometry=False)) if kind == "areas" else desk.total(kind) for kind in sorted(kinds)}


def document_config(desk: Any, *, workspace: str, language: str, theme: str, state: dict[str, Any]) -> dict[str, Any]:
    """Return everything a document must know before its first request; no row of any table but the levels."""
    areas = desk.areas(geometry=False)
    lon, lat = areas["lon"].dropna(), areas["lat"].dropna()
    bounds = [lon.min(), lat.min(), lon.max(), lat.max()] if len(lon) else [73.0, 18.0, 135.0, 53.0]
    if len(lon) and (bounds[0] == bounds[2] or bounds[1] == bounds[3]):
        bounds = [bounds[0] - 0.01, bounds[1] - 0.01, bounds[2] + 0.01, bounds[3] + 0.01]
    levels = desk.levels()
    default_level = levels[min(1, len(levels) - 1)].key if levels else ""
    return {
        "ws": workspace,
        "title": desk.store.title,
        "synthetic": bool(desk.store.is_synthetic),
        "edition": desk.store.edition,
        "time_zone": desk.store.time_zone,
        "lang": language,
        "theme": theme,
        "levels": [{"key": one.key, "title": _titles(one.title), "count": one.count} for one in levels],
        "bounds": [float(one) for one in bounds],
        "texts": script_texts(),
        "attribution": _attribution(desk),
        "tiles": describe_tiles(desk, None),
        "state": {"level": default_level, **state, "lang": language, "theme": theme},
    }


def _attribution(desk: Any) -> list[str]:
    sources = desk.sources()
    if not len(sources):
        return []
    named = sources.loc[~sources["is_undone"].astype(bool), "attribution"].dropna().astype(str)
    return list(dict.fromkeys(one for one in named if one))[:4]


def build_map(desk: Any, config: dict[str, Any]) -> folium.Map:
    """Return the folium map of a document: no tiles, one element a layer (none without a desk), one that starts it."""
    keep_vendored()
    options: dict[str, Any] = {"zoom_control": False, "attribution_control": False, "max_zoom": 20, "zoom_snap": 0.25}
    canvas = folium.Map(tiles=None, **options)
    shown = [one for one in str(config["state"].get("layers", "")).split(",") if one]
    specs = catalogue()
    for name, layer in layer_configs(desk, shown) if desk is not None else ():
        specs[name].build(layer).add_to(canvas)
    StartElement(config).add_to(canvas)
    return canvas


def render_parts(canvas: folium.Map) -> dict[str, Any]:
    """Render a folium map and return its styles, scripts, body and script apart, to be put into our own template."""
    figure: Any = canvas.get_root()
    figure.render()
    header = list(figure.header._children.values())
    inline = "".join(part.render() for part in header if type(part) is Element)
    return {
        "styles": [part.url for part in header if isinstance(part, CssLink)],
        "scripts": [part.url for part in header if isinstance(part, JavascriptLink)],
        "css": "\n".join(re.findall(r"<style>(.*?)</style>", inline, re.DOTALL)).replace("</", "<\\/"),
        "body": figure.html.render(),
        "script": figure.script.render().replace("</", "<\\/"),
    }


def read_state(request: Request) -> dict[str, str]:
    """Return the map's state that stands in an address, each a short checked text."""
    state = {name: read_text(request, name) for name in STATE if name != "layers" and request.query_params.get(name)}
    return {**state, "layers": read_names(request, "layers")} if request.query_params.get("layers") else state


def read_theme(request: Request) -> str:
    """Return light or dark."""
    return "dark" if request.query_params.get("theme") == "dark" else "light"


def render_document(
    canvas: folium.Map, config: dict[str, Any], *, bundle: str = "map", early: str = "window.WanggeEarly={};"
) -> Response:
    """Return a map document: our template with one nonce, our styles, the scripts of this bundle, `early` first."""
    parts = render_parts(canvas)
    nonce = secrets.token_urlsafe(16)
    html = PAGE.render(
        nonce=nonce,
        early=early,
        lang="en" if config["lang"] == "en" else "zh-CN",
        theme=config["theme"],
        title=config["title"],
        icon=asset_url("wangge/icon.svg"),
        styles=[*parts["styles"], *(asset_url(path) for path in STYLES)],
        scripts=[*parts["scripts"], bundle_url(bundle)],
        css=parts["css"],
        body=parts["body"],
        script=parts["script"],
    )
    headers = {"Content-Security-Policy": document_policy(nonce), "Cache-Control": "no-store"}
    return HTMLResponse(html, headers=headers)


def asked_config(request: Request, desk: Any, **state: str) -> dict[str, Any]:
    """Return the configuration of the document an address asks for; `state` is what it shows if untold."""
    return document_config(
        desk,
        workspace=find_workspace(request),
        language=read_language(request),
        theme=read_theme(request),
        state={**state, **read_state(request)},
    )


@answers
def view(request: Request) -> Response:
    """Answer with the map document."""
    desk = open_desk(request)
    config = asked_config(request, desk)
    return render_document(build_map(desk, config), config, early=early_script(config))
