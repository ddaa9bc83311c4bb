"""The demonstration event at its full size and runs."""

import json
import time

import pytest

from tests.conftest import ROOT, run_wangge

pytestmark = pytest.mark.prove


def test_yanguan_capacity_and_egress_band_in_ten_seconds(proof, tmp_path):
    run_wangge("egress", ROOT / "docs" / "samples" / "yanguan.json", "--report", tmp_path / "warm.json", home=tmp_path)
    began = time.perf_counter()
    done = run_wangge(
        "egress", ROOT / "docs" / "samples" / "yanguan.json", "--report", tmp_path / "r.json", home=tmp_path
    )
    seconds = time.perf_counter() - began
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert done.returncode == 1
    assert report["egress"]["total"]["runs"] == 60
    told = f"{seconds:.1f} s, 37,600 people, 60 runs and {len(report['egress']['variants'])} variants"
    proof.note("Yanguan: capacity and egress band, whole command", "at most 10 s", told)
    assert seconds <= 10
