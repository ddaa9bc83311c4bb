"""`wangge bench cover` at its small size: never beaten by spopt, the published optimum reached."""

import json

from tests.conftest import run_wangge


def test_the_small_benchmark_is_never_beaten(tmp_path):
    done = run_wangge("bench", "cover", "--size", "small", "--json", home=tmp_path)
    report = json.loads(done.stdout)
    assert report["differences"] == []
    reached = {check["what"]: check["is_met"] for check in report["checks"]}
    assert reached["OR-Library pmed1"]
    assert all(one["status"] == "optimal" for one in report["figures"]["literature"].values())
