"""What the browser sends a moment after a choice carries the address before it; the choice holds, a way back too."""

import pytest
import streamlit.runtime.scriptrunner as scriptrunner
from streamlit.testing.v1 import AppTest

from views import scene


def page() -> None:
    import streamlit as st

    from views.scene import choose, keep_address
    from views.state import read_state

    keep_address()
    state, _ = read_state(st.query_params)
    st.session_state["part"] = state.tab or "plan"

    def chosen() -> None:
        choose(state, tab=st.session_state["part"])

    st.radio("part", ["plan", "people", "posts"], key="part", on_change=chosen)
    st.markdown(state.tab)


def page_with_echo() -> None:
    import streamlit as st

    from views.scene import choose, is_echo, keep_address
    from views.state import read_state

    keep_address()
    state, _ = read_state(st.query_params)
    st.session_state["part"] = state.tab or "plan"

    def chosen() -> None:
        tab = st.session_state["part"]
        if not is_echo(state.change(tab=tab)):
            choose(state, tab=tab)

    st.radio("part", ["plan", "people", "posts"], key="part", on_change=chosen)
    st.markdown(state.tab)


@pytest.fixture
def browser() -> AppTest:
    app = AppTest.from_function(page)
    app.query_params["tab"] = "people"
    return app.run()


def shown(app: AppTest) -> tuple[str, str]:
    return app.markdown[0].value, app.radio[0].value


def test_a_choice_outlives_the_address_before_it(browser):
    browser.radio[0].set_value("posts").run()
    assert shown(browser) == ("posts", "posts")
    browser.query_params["tab"] = "people"
    assert shown(browser.run()) == ("posts", "posts")
    assert browser.query_params["tab"] in ("posts", ["posts"])


def test_an_address_never_left_is_followed(browser):
    browser.radio[0].set_value("posts").run()
    browser.query_params["tab"] = "plan"
    assert shown(browser.run()) == ("plan", "plan")


def test_an_address_left_long_ago_is_followed(browser, monkeypatch):
    browser.radio[0].set_value("posts").run()
    monkeypatch.setattr(scene, "LATE_S", 0.0)
    browser.query_params["tab"] = "people"
    assert shown(browser.run()) == ("people", "people")


def test_a_way_back_in_the_history_is_followed(browser, monkeypatch):
    browser.radio[0].set_value("posts").run()

    def gone_back():
        run = scriptrunner.get_script_run_ctx()
        run.is_history_navigation = True
        return run

    monkeypatch.setattr(scene, "get_script_run_ctx", gone_back)
    browser.query_params["tab"] = "people"
    assert shown(browser.run()) == ("people", "people")


def test_a_choice_that_comes_back_at_once_is_an_echo(monkeypatch):
    app = AppTest.from_function(page_with_echo)
    app.query_params["tab"] = "people"
    app.run().radio[0].set_value("posts").run()
    assert shown(app) == ("posts", "posts")
    app.radio[0].set_value("people").run()
    assert shown(app) == ("posts", "posts"), "what a run sent late is not what a person wants"
    monkeypatch.setattr(scene, "ECHO_S", 0.0)
    app.radio[0].set_value("people").run()
    assert shown(app) == ("people", "people")
