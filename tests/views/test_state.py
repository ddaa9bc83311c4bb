"""The address is the state: everything goes there and back, and nothing hostile gets through."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.language import LANGUAGES, translate_error
from layers._palettes import PALETTES
from views.state import COMMON, State, compared_days, period, read_state, to_common_query, to_query

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs")), max_size=60)


@st.composite
def states(draw):
    start, end = sorted((draw(DAYS), draw(DAYS)))
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return State(
        ws=draw(WORDS),
        lang=draw(st.sampled_from(LANGUAGES)),
        theme=draw(st.sampled_from(("", "light", "dark"))),
        level=draw(WORDS),
        area=draw(WORDS),
        pick=draw(WORDS),
        metric=draw(WORDS),
        start=start,
        end=end,
        compare=draw(st.sampled_from(("", "previous", "year", f"{first}_{last}"))),
        category=draw(WORDS),
        classes=draw(st.sampled_from(("quantile-5", "natural-3", "equal-8", "manual-1_2.5_9"))),
        palette=draw(st.sampled_from(PALETTES)),
        layers=draw(st.sampled_from(("", "areas", "areas,places"))),
        view=draw(st.sampled_from(("", "120.5,30.4,12"))),
    )


@given(states())
def test_a_state_survives_its_address(state):
    again, faults = read_state(to_query(state))
    assert again == state
    assert not faults


@given(st.dictionaries(st.sampled_from([*to_query(State(ws="x")), "from", "to", "compare", "classes", "view", "lang",
                                        "theme", "palette", "layers", "area"]), st.text(max_size=300)))  # fmt: skip
def test_any_address_gives_a_state_and_sayable_faults(params):
    state, faults = read_state(params)
    assert to_query(state) == to_query(read_state(to_query(state))[0])
    for fault in faults:
        for lang in LANGUAGES:
            assert translate_error(fault, lang)
    if state.start and state.end:
        assert state.start <= state.end


def test_reversed_days_are_swapped_and_said():
    state, faults = read_state({"from": "2026-11-30", "to": "2026-11-01"})
    assert (state.start, state.end) == (date(2026, 11, 1), date(2026, 11, 30))
    assert "2026-11-30" in str(faults[0])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("from", "2026-13-01"),
        ("to", "yesterday"),
        ("compare", "2026-02-02_2026-01-01"),
        ("classes", "manual-3_x"),
        ("classes", "quantile-99"),
        ("palette", "jet"),
        ("layers", "../../etc"),
        ("view", "200,0,3"),
        ("view", "nan,0,3"),
        ("theme", "<b>"),
        ("lang", "fr"),
    ],
)
def test_what_cannot_be_meant_is_named(name, text):
    state, faults = read_state({name: text})
    assert state == State()
    assert len(faults) == 1
    assert text in str(faults[0])


def test_the_last_day_is_included_in_the_places_own_time():
    state, _ = read_state({"from": "2026-11-01", "to": "2026-11-01"})
    start, end = period(state, "Asia/Shanghai")
    assert end - start == timedelta(days=1)
    assert start.isoformat() == "2026-11-01T00:00:00+08:00"


def test_a_day_of_changing_clocks_is_whole():
    state, _ = read_state({"from": "2026-03-29", "to": "2026-03-29"})
    start, end = period(state, "Europe/Berlin")
    assert end.timestamp() - start.timestamp() == 23 * 3600


def test_compared_periods_have_as_many_days():
    state, _ = read_state({"from": "2026-11-01", "to": "2026-11-10", "compare": "year"})
    first, last = compared_days(state)
    assert (last - first).days == 9
    assert first.weekday() == state.start.weekday()


def test_pages_share_only_the_common_part():
    state, _ = read_state({"area": "a", "pick": "b", "view": "1,2,3", "from": "2026-01-01", "to": "2026-01-02"})
    assert set(to_common_query(state)) == {"area", "from", "to"}
    assert set(to_common_query(state)) <= set(COMMON)
