"""Every benchmark runs at its small size, agrees with its peers, and is kept in the page only when asked."""

import json
from datetime import date

import pytest

import bench
from bench._page import HEAD, as_markdown, as_text, write_section
from bench._spec import SIZES, BenchSpec, Check, Report, Table
from geo.catalogue import discover
from tests.conftest import ROOT, run_wangge

BENCHMARKS = discover(bench)
REPORT = Report([Table("Speed", ("engine", "points/s"), [("ours", "9")])], [Check("speed", "20", "9", None)])


@pytest.mark.parametrize(("name", "spec"), BENCHMARKS.items())
def test_benchmark_contract(name, spec):
    assert isinstance(spec, BenchSpec)
    assert spec.title
    assert name in (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def test_small_locate_agrees_with_every_peer(tmp_path):
    done = run_wangge("bench", "locate", "--size", "small", "--json", home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["differences"] == []
    assert report["passed"]
    assert report["size"] in SIZES


@pytest.mark.parametrize(
    ("words", "part"), [(("nonsense",), "nonsense"), (("locate", "--size", "small", "--write"), "--size small")]
)
def test_bad_questions_are_refused(words, part, tmp_path):
    page = ROOT / "docs" / "benchmarks.md"
    before = page.read_bytes()
    done = run_wangge("bench", *words, home=tmp_path)
    assert done.returncode == 2
    assert part in done.stderr
    assert page.read_bytes() == before


def test_a_section_is_replaced_and_no_other(tmp_path):
    page = tmp_path / "benchmarks.md"
    for name in ("tiles", "locate"):
        write_section(name, "Title", REPORT, today=date(2026, 11, 25), page=page)
    kept = page.read_text(encoding="utf-8")
    assert kept.startswith(HEAD.rstrip())
    assert kept.index("bench locate") < kept.rindex("bench tiles")
    write_section("locate", "Another", REPORT, today=date(2026, 11, 26), page=page)
    new = page.read_text(encoding="utf-8")
    assert new.split("## `wangge bench tiles`")[1] == kept.split("## `wangge bench tiles`")[1]
    assert "Another" in new
    assert "2026-11-26" in new
    assert [p.name for p in tmp_path.iterdir()] == ["benchmarks.md"]


def test_what_was_missed_shows():
    missed = Report([], [Check("speed", "20", "9", False)], ["3 points against a peer"])
    assert not missed.is_passed
    assert not Report([], differences=["one"]).is_passed
    assert Report([], [Check("speed", "20", "?", None)]).is_passed
    for text in (as_markdown(missed), as_text(missed)):
        assert "no" in text
        assert "3 points against a peer" in text
