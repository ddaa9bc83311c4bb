"""`wangge bench plan` at its small size, and that its checker can say no."""

import json

import pytest

from bench._plan_check import check_plan
from tests.conftest import run_wangge

ROW = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)]


def test_the_small_benchmark_agrees_with_the_exact_solver(tmp_path):
    done = run_wangge("bench", "plan", "--size", "small", "--json", home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["differences"] == []
    assert report["figures"]["exact"]["refuted"] >= 1
    assert len(report["figures"]["exact"]["above"]) >= 3


@pytest.mark.parametrize(
    ("zone", "parent", "faults"),
    [
        ([0, 0, 1, 1], None, (0, 0, 0)),
        ([0, 1, 0, 1], None, (0, 2, 0)),
        ([0, 0, 0, 1], None, (2, 0, 0)),
        ([0, 0, 1, 1], ["p", "q", "q", "q"], (0, 0, 1)),
    ],
)
def test_the_checker_finds_each_fault(zone, parent, faults):
    verdict = check_plan(ROW, [1, 1, 1, 1], zone, 2, 2, parent)
    assert (verdict.out_of_band, verdict.pieces, verdict.crossing) == faults
    assert verdict.is_valid == (not any(faults))
