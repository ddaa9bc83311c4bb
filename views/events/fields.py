"""The fields of one thing of an event plan, each with its unit and meaning, changed one at a time."""

from __future__ import annotations

from dataclasses import Field, fields
from datetime import datetime
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import shapely
import streamlit as st

from data.events.session import EventSession
from data.language import translate_say
from geo.crowd.event import Event
from geo.crowd.event.event import THINGS
from geo.crowd.event.ground import OUTSIDE, Place
from geo.crowd.event.words import field_words
from geo.crowd.roster.fixed import ROLES
from geo.errors import GridError
from views.events.words import BY_TABLE
from views.parts.texts import plain
from views.scene import Scene

OF_POSTS = ("area_id", "role", "people", "team", "is_round_the_clock")
HIDDEN = ("lon", "lat", "shape", "line", "passages", "sightings")


def show_fields(scene: Scene, session: EventSession, what: str, thing_id: str, one: Any) -> None:
    """Draw the fields of a thing in two columns; a change is taken at once and can be undone."""
    hints = _hints(type(one))
    shown = [x for x in fields(one) if x.name not in HIDDEN and not _is_shape(hints[x.name])]
    shown = [x for x in shown if _matters(one, x.name)]
    columns = st.columns(2, gap="small")
    for at, field in enumerate(shown):
        with columns[at % 2]:
            _show_field(scene, session, what, thing_id, one, field, _inner(hints[field.name]))


def _matters(one: Any, name: str) -> bool:
    """Steps are of stairs, slopes of ramps, seats of seated areas; who stands there is of duty posts."""
    kind = getattr(one, "kind", "")
    if isinstance(one, Place) and name in OF_POSTS:
        return one.is_post
    return {"tread_m": kind == "stair", "rise_m": kind == "stair", "slope": kind == "ramp",
            "seats": kind == "seated"}.get(name, True)  # fmt: skip


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _inner(hint: Any) -> Any:
    options = [one for one in get_args(hint) if one is not NoneType]
    return options[0] if NoneType in get_args(hint) and options else hint


def _is_shape(hint: Any) -> bool:
    inner = _inner(hint)
    return isinstance(inner, type) and issubclass(inner, shapely.Geometry)


def _show_field(
    scene: Scene, session: EventSession, what: str, thing_id: str, one: Any, field: Field[Any], hint: Any
) -> None:
    t, name, kind, value = scene.t, field.name, type(one), getattr(one, field.name)
    key = f"event_{what}_{thing_id}_{name}"
    is_key = name == THINGS.get(what)
    unit = field.metadata.get("unit", "")
    label = plain(t("Code") if is_key else translate_say(field_words(kind, name), scene.state.lang))

    def take() -> None:
        given = st.session_state.get(key)
        session.refusal = None
        try:
            session.set(what, thing_id, **{name: _meant(hint, given, value)})
        except GridError as error:
            session.refusal = error

    options = references(session.event, name, is_key=is_key)
    if options is not None and get_origin(hint) is tuple:
        st.session_state[key] = [one for one in value if one in options]
        st.multiselect(
            label, list(options), key=key, on_change=take, format_func=lambda one: plain(options.get(one, one))
        )
    elif options is not None:
        known = {"": "–", **options} if value in ("", None) or value not in options else options
        st.session_state[key] = value if value in known else ""
        st.selectbox(label, list(known), key=key, on_change=take, format_func=lambda one: plain(t(known.get(one, one))))
    elif get_origin(hint) is Literal:
        st.session_state[key] = value
        st.selectbox(label, list(get_args(hint)), key=key, on_change=take, format_func=t)
    elif hint is bool:
        st.session_state[key] = bool(value)
        st.checkbox(label, key=key, on_change=take)
    elif hint in (int, float):
        st.session_state[key] = None if value is None else hint(value)
        step: Any = 1 if hint is int else 0.1 if unit in ("m", "m/s", "0 to 1", "share") else 1.0
        st.number_input(label, key=key, on_change=take, step=step, min_value=hint(-1e7 if name == "chainage_m" else 0))
    elif hint is not datetime:
        st.session_state[key] = str(value)
        st.text_input(label, key=key, on_change=take, max_chars=200)


def _meant(hint: Any, given: Any, before: Any) -> Any:
    """What a box holds as the plan keeps it; an emptied number of a field that must have one stays as it was."""
    if get_origin(hint) is tuple:
        return tuple(given or ())
    if hint in (int, float):
        return (before if before is None or given is None else hint(given)) if given is None else hint(given)
    return given


def references(event: Event, name: str, *, is_key: bool) -> dict[str, str] | None:
    """Return the things a field may name, by id; None for a field that names none."""
    if is_key:
        return None
    areas = {one.area_id: f"{one.area_id} · {one.name}" for one in event.areas}
    places = {one.place_id: f"{one.place_id} · {one.name}" if one.name else one.place_id for one in event.places}
    if name in ("area_id", "area_ids"):
        return areas
    if name in ("from_id", "to_id"):
        return areas | places
    if name == "role":
        stated = sorted({one.role for one in event.places} - {"", *ROLES})
        return {"": BY_TABLE} | {one: one for one in (*ROLES, *stated)}
    if name == "leads_to":
        return {OUTSIDE: OUTSIDE} | places | areas
    return None
