"""What the coordinate guard found is shown with its two answers, and each answer reaches the import's options."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import numpy as np
    import streamlit as st

    from geo.crs.detectors import Evidence
    from geo.errors import say
    from views.importing.evidence import answers, show_evidence

    points = np.array([[120.5, 30.5], [120.6, 30.6]])
    found = Evidence(
        detector="swapped_axes",
        verdict="refuse",
        found=say(
            "the two exchanged: {given} % of the points fit as given, {exchanged} % when exchanged",
            given=0,
            exchanged=99,
        ),
        remedy=say("nothing to do"),
        numbers={},
        correction=("correct", "axes"),
        before=points[:, ::-1],
        after=points,
    )
    show_evidence([found], "en", lambda text, **values: text.format(**values))
    st.text(str(answers()))


def test_an_answer_is_a_persons_and_reaches_the_options():
    shown = AppTest.from_function(page, default_timeout=120).run()
    assert not shown.exception
    assert "99 % when exchanged" in shown.markdown[0].value
    assert shown.text[0].value == "{'correct': (), 'accept': ()}"
    shown.button("correct_swapped_axes").click().run()
    shown.button("accept_swapped_axes").click().run()
    assert shown.text[0].value == "{'correct': ('axes',), 'accept': ('swapped_axes',)}"
