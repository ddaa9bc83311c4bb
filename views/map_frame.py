"""The map on a page: an iframe of this service's own map document, fed with state and heard for clicks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from views.scene import restore_address

FRAME_HTML = '<div class="wg-frame"></div>'
FRAME_CSS = """
.wg-frame { width: 100%; height: 100%; min-height: 240px; }
.wg-frame iframe { display: block; width: 100%; height: 100%; border: 1px solid rgba(128,138,146,.28);
  border-radius: 8px; box-sizing: border-box; background: transparent; }
"""
FRAME_JS = """
export default function (component) {
  const { data, parentElement, setTriggerValue, setStateValue } = component;
  const box = parentElement.querySelector(".wg-frame");
  const held = (box.wangge = box.wangge || { ready: false, view: "" });
  held.component = component;
  box.style.height = data.height;
  const post = () => {
    if (held.ready && held.frame.contentWindow)
      held.frame.contentWindow.postMessage({ wangge: 1, state: held.component.data.state }, window.location.origin);
  };
  const place = () => held.component.data.src + "|" + held.component.data.state.area;
  /* View and minute stand in the address for whoever reloads or shares it; no run of the page is asked for. */
  const keep = () => {
    const address = new URL(window.location.href), { data } = held.component;
    const told = { view: data.keeps_view && held.viewOf === place() ? held.view : "",
      minute: data.state.event && data.state.event.frames ? held.minute : "" };
    const fresh = Object.entries(told).filter(([name, value]) => value && address.searchParams.get(name) !== value);
    if (!fresh.length) return;
    for (const [name, value] of fresh) address.searchParams.set(name, value);
    window.history.replaceState(window.history.state, "", address);
  };
  if (held.src !== data.src) {
    held.src = data.src; held.ready = false; held.view = held.minute = "";
    if (held.frame) held.frame.remove();
    const frame = (held.frame = document.createElement("iframe"));
    frame.title = data.title;
    frame.allow = "fullscreen";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-downloads");
    frame.src = data.src;
    box.append(frame);
  }
  if (!held.listen) {
    held.listen = (event) => {
      if (!held.frame || event.source !== held.frame.contentWindow || event.origin !== window.location.origin) return;
      const told = event.data;
      if (!told || told.wangge !== 1) return;
      const now = held.component;
      if (told.event === "ready") { held.ready = true; post(); }
      else if (told.event === "clicked") now.setTriggerValue("clicked", told.detail);
      else if (told.event === "act") now.setTriggerValue("act", told.detail);
      else if (told.event === "numbers")
        window.dispatchEvent(new CustomEvent("wangge:numbers", { detail: told.detail }));
      else if (told.event === "key" && /^[0-9]$/.test(told.detail))
        for (const kind of ["keydown", "keyup"])
          document.body.dispatchEvent(new KeyboardEvent(kind, { key: told.detail, bubbles: true }));
      else if (told.event === "layers") now.setStateValue("layers", told.detail);
      else if (told.event === "live") now.setStateValue("live", told.detail);
      else if (told.event === "minute") { held.minute = String(Number(told.detail) || 0); keep(); }
      else if (told.event === "view" && now.data.keeps_view) {
        const here = place();
        const isFit = !now.data.state.view && held.fitted !== here;
        held.fitted = held.viewOf = here;
        held.view = isFit ? "" : [told.detail.lon.toFixed(5), told.detail.lat.toFixed(5), told.detail.zoom].join();
        keep();
      }
    };
    window.addEventListener("message", held.listen);
    held.keys = (event) => {
      const at = document.activeElement, isTyping = at && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName);
      const letter = event.key.toLowerCase();
      const isStep = (event.ctrlKey || event.metaKey) && (letter === "z" || letter === "y");
      if (isStep && held.ready && (held.component.data.state.plan || held.component.data.state.event) && !isTyping) {
        event.preventDefault();
        const act = letter === "y" || event.shiftKey ? "redo" : "undo";
        held.frame.contentWindow.postMessage({ wangge: 1, act }, window.location.origin);
        return;
      }
      const isPlayed = held.component.data.state.event && held.component.data.state.event.frames;
      if (event.key === " " && held.ready && isPlayed && (!at || at === document.body)) {
        event.preventDefault();
        held.frame.contentWindow.postMessage({ wangge: 1, act: "play" }, window.location.origin);
        return;
      }
      if (event.key !== "/" || !held.ready || (at && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName))) return;
      event.preventDefault();
      held.frame.contentWindow.focus();
      held.frame.contentWindow.postMessage({ wangge: 1, act: "search" }, window.location.origin);
    };
    window.addEventListener("keydown", held.keys);
  }
  post();
  keep();
  return () => {
    window.removeEventListener("message", held.listen);
    window.removeEventListener("keydown", held.keys);
    held.listen = null;
  };
}
"""
STATE_KEYS = (
    "lang", "theme", "level", "area", "pick", "metric", "start", "end", "category", "classes", "palette",
    "layers", "view", "edition", "click", "values", "title", "boundaries", "borders", "live", "coming",
    "plan", "event",
)  # fmt: skip


def frame_height(height: int | str) -> str:
    """
    Return the CSS height of a frame: pixels, `page` for the rest of the window, `window` for all of it.

    Examples
    --------
    >>> frame_height(520), frame_height("page")
    ('520px', 'max(420px, calc(100vh - var(--wg-top, 7.5rem)))')
    """
    if height == "window":
        return "100vh"
    return "max(420px, calc(100vh - var(--wg-top, 7.5rem)))" if height == "page" else f"{int(height)}px"


def frame_source(state: dict[str, Any], document: str = "/map/view") -> str:
    """
    Return the address of the map document: it names the workspace and nothing that changes while one looks.

    Examples
    --------
    >>> frame_source({"ws": "main", "lang": "en", "level": "town"})
    '/map/view?ws=main'
    """
    return f"{document}?" + urlencode({"ws": state.get("ws", "main")})


def map_frame(
    state: dict[str, Any],
    *,
    key: str,
    height: int | str = 560,
    keeps_view: bool = True,
    title: str = "map",
    document: str = "/map/view",
) -> dict[str, Any]:
    """
    Show the map and return what the person did on it since the last run.

    The document stays the same through every rerun; only what changed in `state` is done again there.

    Parameters
    ----------
    state
        ws, lang, theme, level, area, pick, metric, start, end, category, classes, palette, layers, view, edition,
        boundaries, borders;
        docs/maps.md says what each means. Unknown keys are left out.
    key
        The frame's key on its page.
    height
        Pixels, or "page" for the rest of the window.
    keeps_view
        Whether a pan or zoom is written into the address of the page; it does not run the page again.
    title
        What a screen reader calls the frame.
    document
        The map document it holds: /map/view, /map/live for the wall, or /map/coming for a file before it is taken.

    Returns
    -------
    done
        `clicked`: {"kind", "id", "level", "name", "action", "seq"} or None, given once; of a defect, `id` is its key.
        `layers`: names joined by commas, or None.
        `live`: what the wall shows (docs/live.md), or None.
        `act`: {"acts": [...]}, what the planner's or organizer's tools did (docs/maps.md), given once.
    """
    data = {
        "src": frame_source(state, document),
        "height": frame_height(height),
        "title": title,
        "keeps_view": keeps_view,
        "state": {name: state[name] for name in STATE_KEYS if name in state},
    }
    frame = st.components.v2.component("wangge_map", html=FRAME_HTML, css=FRAME_CSS, js=FRAME_JS)
    done = frame(
        data=data,
        key=key,
        on_clicked_change=_heard,
        on_layers_change=_heard,
        on_live_change=_heard,
        on_act_change=_heard,
    )
    return {name: getattr(done, name, None) for name in ("clicked", "layers", "live", "act")}


def _heard() -> None:
    """Streamlit asks for a callback where a value is to come back; a map says nothing about the address."""
    restore_address()
