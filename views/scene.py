"""What one run of a page stands on: workspace, signed-in account, resolved state, and the cached reads they share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.coverage import Question, metrics
from data.language import translator
from data.store import open_store, workspaces
from data.store.accounts import LOCAL_ADMINISTRATOR
from data.store.boundaries import AS_WAS, TODAY, keys_of
from geo.errors import GridError, SchemaError, name_few, say
from geo.metrics._spec import MetricSpec
from views.state import State, period, to_query

ACCOUNTS_HEADER = "X-Wangge-Accounts"
FIRST_METRIC = "incident_count"
ADDRESS = "address"
LEFT = "addresses_left"
LATE_S = 3.0
"""How long what the browser sends may still carry the address before a choice."""
ECHO_S = 1.0
"""How soon after a choice the one before it is no wish of a person, but a run's answer that came late."""


@dataclass(frozen=True)
class Scene:
    """Everything a page may use. `state` has every default filled in from this workspace."""

    state: State
    store: Any
    desk: Any
    levels: tuple[Any, ...]
    metrics: Mapping[str, MetricSpec]
    categories: tuple[str, ...]
    areas: pd.DataFrame
    t: Callable[..., str]

    @property
    def key(self) -> tuple[str, str, int]:
        """What cached answers depend on: workspace, account and edition."""
        return self.state.ws, self.desk.account.account_id, self.desk.store.edition

    @property
    def borders(self) -> str:
        """The key of the boundaries a map draws: those at the end of the period, today's, or a named set's."""
        asked = self.question()
        return keys_of(self.store, asked.boundaries, asked.start, asked.end)[-1]

    @property
    def metric(self) -> MetricSpec:
        """The metric the page is about."""
        return self.metrics[self.state.metric]

    def titled(self, metric: str) -> str:
        """Title of a metric with its unit, unless both are one word."""
        spec = self.metrics[metric]
        title, unit = self.t(spec.title), self.t(spec.unit)
        return title if not unit or unit == title else f"{title} ({unit})"

    @property
    def level_keys(self) -> list[str]:
        """Levels from coarse to fine, by key."""
        return [one.key for one in self.levels]

    def level_title(self, key: str) -> str:
        """Title of a level as this place calls it."""
        return self.t(next((one.title for one in self.levels if one.key == key), key))

    def area_name(self, area_id: str) -> str:
        """Name of an area, its code where it has none."""
        if area_id not in self.areas.index:
            return area_id
        name = self.areas.at[area_id, "name"]
        return str(name) if isinstance(name, str) and name else area_id

    def path(self, area_id: str) -> list[str]:
        """The areas above `area_id` from coarse to fine, itself last."""
        found: list[str] = []
        while area_id and area_id in self.areas.index and area_id not in found:
            found.append(area_id)
            parent = self.areas.at[area_id, "parent_id"]
            area_id = parent if isinstance(parent, str) else ""
        return found[::-1]

    def finer(self, level: str) -> str:
        """The next finer level; the level itself where it is the finest."""
        keys = self.level_keys
        return keys[min(keys.index(level) + 1, len(keys) - 1)]

    def question(self, *, days: tuple[date, date] | None = None, **changes: Any) -> Question:
        """The question the page's state asks, of other days or with some parts changed."""
        state = self.state.change(start=days[0], end=days[1]) if days else self.state
        start, end = period(state, self.store.time_zone)
        asked = {
            "metric": self.state.metric,
            "level": self.state.level,
            "start": start,
            "end": end,
            "within": self.state.area or None,
            "category": self.state.category or None,
            "boundaries": self.state.boundaries,
        }
        return Question(**(asked | changes))


def choose(state: State, **values: Any) -> None:
    """Write a changed state into the address; the next run of the page reads it from there."""
    _stand_at(to_query(state.change(**values)))


def keep_address() -> None:
    """
    Remember the address this session stands at; an address it has just left is taken back.

    What a person does a moment after a choice can carry the address the browser knew before it. A way back in the
    browser's history is no such thing, and is followed.
    """
    stated, kept = st.query_params.to_dict(), st.session_state.get(ADDRESS)
    if kept is not None and stated != kept and _is_late(stated):
        _stand_at(kept)
        return
    st.session_state[ADDRESS] = stated


def restore_address() -> None:
    """
    Go back to the address this session stands at.

    What a person does on a map or types in a table is sent a moment later, with the address the browser knew then. When
    a choice is still on its way, that is the address already left, and the choice would be lost.
    """
    kept = st.session_state.get(ADDRESS)
    if kept is not None and kept != st.query_params.to_dict():
        _stand_at(kept)


def is_echo(state: State) -> bool:
    """
    Return whether this is the address left a moment ago.

    A run that was on its way when somebody chose sends the browser the choice before; the next message brings it back.
    """
    return _was_left(to_query(state), ECHO_S)


def _is_late(stated: dict[str, str]) -> bool:
    run = get_script_run_ctx()
    if run is None or run.is_history_navigation:
        return False
    return _was_left(stated, LATE_S)


def _was_left(query: dict[str, str], within_s: float) -> bool:
    return any(one == query and time.monotonic() - at < within_s for one, at in st.session_state.get(LEFT, ()))


def _stand_at(query: dict[str, str]) -> None:
    """Remember first: writing the address may end this run for the next one."""
    kept, now = st.session_state.get(ADDRESS), time.monotonic()
    if kept is not None and kept != query:
        left = [(one, at) for one, at in st.session_state.get(LEFT, ()) if now - at < LATE_S and one != query]
        st.session_state[LEFT] = [*left, (kept, now)]
    st.session_state[ADDRESS] = query
    st.query_params.from_dict(query)


def find_workspace(state: State) -> tuple[str, list[GridError]]:
    """Return the workspace to open: the one asked for, else `main`, else the first; '' where there is none."""
    known = workspaces()
    if state.ws in known:
        return state.ws, []
    fallback = "main" if "main" in known else (known[0] if known else "")
    if not state.ws or not known:
        return fallback, []
    fault = SchemaError(
        say("a workspace that exists"),
        say("{ws}", ws=state.ws),
        say("choose one of: {names}; shown now: {shown}", names=name_few(known), shown=fallback),
    )
    return fallback, [fault]


def signed_in(store: Any, headers: Mapping[str, str]) -> str:
    """Return the account the gate vouches for; without a gate the first one that sees the whole workspace."""
    stated = parse_qs(headers.get(ACCOUNTS_HEADER, "")).get(store.workspace, [""])[0]
    accounts = store.accounts()
    if stated in {one.account_id for one in accounts}:
        return stated
    whole = [one.account_id for one in accounts if one.area_id is None]
    return (whole or [one.account_id for one in accounts])[0]


def actor_in(workspace: str) -> str:
    """Return who the signed-in person is in another workspace; its first administrator where it is yet to be made."""
    if workspace not in workspaces():
        return LOCAL_ADMINISTRATOR.account_id
    return signed_in(open_store(workspace), _headers())


def open_scene(state: State) -> tuple[Scene, list[GridError]]:
    """Open the workspace of `state` as the signed-in account and fill in every default."""
    store = open_store(state.ws)
    desk = store.desk(signed_in(store, _headers()))
    key = (state.ws, desk.account.account_id, desk.store.edition)
    levels = tuple(sorted(desk.levels(), key=lambda one: one.rank))
    areas, categories, last_day = read_frame(key, desk)
    known = metrics()
    today = datetime.now(ZoneInfo(store.time_zone)).date()
    dated = fill_period(state, last_day or today, int(desk.setting("default_period_days")))
    areas = areas_of(desk, areas, dated)
    state, faults = resolve(
        state, levels=levels, areas=areas, metrics=known, categories=categories, sets=desk.boundary_sets()
    )
    state = fill_period(state, last_day or today, int(desk.setting("default_period_days")))
    t = translator(state.lang)
    return Scene(state, store, desk, levels, known, categories, areas, t), faults


def areas_of(desk: Any, areas: pd.DataFrame, state: State) -> pd.DataFrame:
    """Return the areas a page speaks of: those of the boundaries it counts by, each as it was last."""
    if state.boundaries == TODAY or state.boundaries not in (AS_WAS, *desk.boundary_sets()):
        return areas
    keys = keys_of(desk.store, state.boundaries, *period(state, desk.store.time_zone))
    if keys == (TODAY,):
        return areas
    tables = pd.concat([pd.DataFrame(desk.areas(geometry=False, key=key)) for key in reversed(keys)])
    return tables[~tables.index.duplicated()].sort_index()


def resolve(
    state: State,
    *,
    levels: tuple[Any, ...],
    areas: pd.DataFrame,
    metrics: Mapping[str, MetricSpec],
    categories: tuple[str, ...],
    sets: Sequence[str] = (),
) -> tuple[State, list[GridError]]:
    """Replace what this workspace does not have by its default, with one message each."""
    faults: list[GridError] = []
    known = {
        "level": [one.key for one in levels],
        "area": areas.index,
        "pick": areas.index,
        "metric": list(metrics),
        "category": list(categories),
        "boundaries": [AS_WAS, TODAY, *sets],
    }
    for name, allowed in known.items():
        value = getattr(state, name)
        if value and value not in allowed:
            faults.append(
                SchemaError(
                    EXPECTED_NAMES[name],
                    say("{name}={text} in the address", name=name, text=value),
                    say("one of {names}; the page shows its default", names=name_few(allowed)),
                )
            )
            state = state.change(**{name: getattr(State, name)})
    if not state.metric and metrics:
        state = state.change(metric=FIRST_METRIC if FIRST_METRIC in metrics else next(iter(metrics)))
    return _fit_level(state, levels, areas), faults


def fill_period(state: State, last_day: date, days: int) -> State:
    """Give a state without a period the `days` days up to `last_day`; a given first or last day is kept."""
    end = state.end or last_day
    if state.start and not state.end:
        end = max(end, state.start)
    start = state.start or end - timedelta(days=days - 1)
    return state.change(start=start, end=end)


@st.cache_resource(max_entries=32, show_spinner=False)
def read_frame(edition_key: tuple[str, str, int], _desk: Any) -> tuple[pd.DataFrame, tuple[str, ...], date | None]:
    """Read once per edition and account: areas without geometry, categories, the last day with an incident."""
    del edition_key
    areas = pd.DataFrame(_desk.areas(geometry=False))
    incidents = _desk.rows("incidents", columns=["category", "occurred_at"])
    categories = tuple(sorted(str(one) for one in incidents["category"].dropna().unique() if one))
    times = incidents["occurred_at"].dropna()
    last = times.max() if len(times) else None
    zone = ZoneInfo(_desk.store.time_zone)
    return areas, categories, last.astimezone(zone).date() if isinstance(last, datetime) else None


def _fit_level(state: State, levels: tuple[Any, ...], areas: pd.DataFrame) -> State:
    """A scope is shown by areas finer than itself; without a level the page opens on the first that divides it."""
    if not levels:
        return state
    ranks = {one.key: index for index, one in enumerate(levels)}
    scope_rank = ranks.get(areas.at[state.area, "level"], 0) if state.area else -1
    if not state.level:
        first = 1 if len(levels) > 1 and levels[0].count <= 1 else 0
        return state.change(level=levels[min(max(scope_rank + 1, first), len(levels) - 1)].key)
    if ranks[state.level] <= scope_rank:
        return state.change(level=levels[min(scope_rank + 1, len(levels) - 1)].key)
    return state


def _headers() -> Mapping[str, str]:
    try:
        return st.context.headers
    except (AttributeError, RuntimeError):
        return {}


EXPECTED_NAMES = {
    "boundaries": say("as_was, today or the name of a boundary set"),
    "level": say("a level of this workspace"),
    "area": say("an area of this workspace, inside what you may see"),
    "pick": say("an area of this workspace, inside what you may see"),
    "metric": say("a metric of the catalogue"),
    "category": say("a category of incidents on record"),
}
