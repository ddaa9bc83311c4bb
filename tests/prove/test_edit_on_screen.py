"""An edit by the mouse in Chromium, in a town of 1,000 micro-grids: painted in time, with the numbers of a recount."""

import numpy as np
import pytest

from bench.redraw import LIMIT_MS, UNITS, on_the_screen, town

pytestmark = pytest.mark.prove


def test_an_edit_is_on_the_screen_with_its_numbers(proof):
    _, checks, took, untrue = on_the_screen(town(np.random.default_rng(11), UNITS["full"]))
    told = "; ".join(f"{act} {np.median(each):.0f}, at most {max(each):.0f}" for act, each in took.items())
    line = f"An edit on the screen with its numbers, town of {UNITS['full']:,} micro-grids"
    proof.note(line, f"at most {LIMIT_MS:.0f} ms from mouse-up, the numbers those of a recount", f"median ms: {told}")
    assert untrue == []
    assert len(checks) == len(took) == 3
    assert all(check.is_met for check in checks)
