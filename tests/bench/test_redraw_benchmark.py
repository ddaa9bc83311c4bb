"""`wangge bench redraw` at its small size: every act is timed, and none leaves a wrong number."""

import json

from tests.conftest import run_wangge


def test_every_act_is_timed_and_true(tmp_path):
    done = run_wangge("bench", "redraw", "--size", "small", "--json", home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["differences"] == []
    assert len(report["figures"]) == 8
    assert all(one["median_ms"] > 0 for one in report["figures"].values())
