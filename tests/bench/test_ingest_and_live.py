"""The benchmarks of ingest and of the live feed at their small size: nothing lost, every map shows the same."""

from __future__ import annotations

import json

import pytest

from tests.conftest import run_wangge


@pytest.mark.parametrize("name", ["ingest", "live"])
def test_small_runs_agree(name, tmp_path):
    done = run_wangge("bench", name, "--size", "small", "--json", home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["differences"] == []
    assert report["passed"]
    assert {check["is_met"] for check in report["checks"]} == {None}
