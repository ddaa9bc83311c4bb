"""Every command as a process of its own: what it prints where, what it leaves, how it ends."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from tests.conftest import ROOT, WANGGE, run_wangge

SAMPLES = ROOT / "docs" / "samples"
IMPORTS = (
    ("towns.geojson", "--as", "areas", "--level", "town", "--id", "code", "--name", "name"),
    ("grids.geojson", "--as", "areas", "--level", "grid", "--id", "code", "--name", "name", "--parent", "town"),
    ("incidents.csv", "--as", "incidents", "--crs", "4326", "--time-zone", "Asia/Shanghai"),
)
PERIOD = ("--from", "2026-11-01", "--to", "2026-11-20")


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory) -> Path:
    """A home with the small files of docs/samples in the workspace `sample`."""
    home = tmp_path_factory.mktemp("sample")
    for file, *words in IMPORTS:
        done = run_wangge("import", SAMPLES / file, *words, "--workspace", "sample", home=home)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
    return home


def refusal(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The three lines of a refusal; nothing on stdout, exit code 2."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert [line.split(":")[0] for line in lines[-3:]] == ["expected", "found", "to do"], done.stderr
    return lines[-3:]


@pytest.mark.parametrize(
    "words", [(), ("nonsense",), ("import",), ("coverage", "--level", "grid"), ("serve", "--port", "x")]
)
def test_bad_usage_is_refused(words, tmp_path):
    done = run_wangge(*words, home=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_help_does_not_load_the_heavy_libraries():
    code = (
        "import sys, cli\nprint(sorted({'pandas', 'geopandas', 'numpy', 'streamlit', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_workspaces(sample_home, tmp_path):
    listed = run_wangge("workspaces", "--json", home=sample_home)
    assert [(w["name"], w["synthetic"]) for w in json.loads(listed.stdout)["workspaces"]] == [("sample", False)]
    assert run_wangge("workspaces", home=sample_home).stdout.startswith("sample\t")
    empty = run_wangge("workspaces", home=tmp_path)
    assert empty.returncode == 0
    assert empty.stdout == ""
    assert "wangge demo" in empty.stderr


def test_import_reports_and_adds_up(tmp_path):
    for file, *words in IMPORTS:
        done = run_wangge("import", SAMPLES / file, *words, "--json", home=tmp_path)
    report = json.loads(done.stdout)
    assert report["rows_read"] == 40
    assert sum(report["reasons"].values()) == report["rows_taken"] == 40
    assert report["reasons"] == {"inside": 36, "boundary": 1, "outside": 1, "stated": 1, "no_location": 1}


def test_import_takes_several_columns_after_one_map(tmp_path):
    table = tmp_path / "odd.csv"
    table.write_text("n,when,what,east,north\nA1,2026-11-03 08:00,矛盾纠纷,120.605,30.405\n", encoding="utf-8")
    words = ("--map", "incident_id=n", "occurred_at=when", "category=what", "--lon", "east", "--lat", "north")
    common = ("--as", "incidents", "--crs", "4326", "--time-zone", "Asia/Shanghai", "--workspace", "odd", "--json")
    for file, *rest in IMPORTS[:2]:
        run_wangge("import", SAMPLES / file, *rest, "--workspace", "odd", home=tmp_path)
    done = run_wangge("import", table, *words, *common, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["reasons"]["inside"] == 1


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("import", "missing.csv", "--as", "incidents"), "missing.csv"),
        (("import", "INCIDENTS", "--as", "nonsense"), "nonsense"),
        (("import", "INCIDENTS", "--as", "incidents", "--map", "category"), "category"),
        (("import", "INCIDENTS", "--as", "incidents", "--time-zone", "Asia/Shanghai"), "none declared"),
        (("import", "INCIDENTS", "--as", "incidents", "--crs", "4326"), "--time-zone"),
        (("import", "INCIDENTS", "--as", "areas", "--level", "grid"), ""),
        (("coverage", "--level", "grid", "--from", "yesterday", "--to", "2026-11-20"), "yesterday"),
        (("coverage", "--level", "grid", "--from", "2026-11-20", "--to", "2026-11-01"), "2026-11-01"),
        (("coverage", "--level", "galaxy", *PERIOD), "galaxy"),
        (("coverage", "--level", "grid", *PERIOD, "--metric", "happiness"), "happiness"),
        (("coverage", "--level", "grid", *PERIOD, "--actor", "nobody"), "nobody"),
        (("export", "incidents", "--out", "x.doc"), ".doc"),
        (("export", "dreams", "--out", "x.csv"), "dreams"),
        (("export", "incidents", "--out", "no/such/folder/x.csv"), "no/such/folder"),
        (("export", "map", "--out", "x.png"), "x.png"),
        (("undo", "no-such-import"), "no-such-import"),
        (("coverage", "--level", "grid", *PERIOD, "--workspace", "elsewhere"), "elsewhere"),
    ],
    ids=lambda value: " ".join(value[:6]) if isinstance(value, tuple) else value,
)
def test_refusals_name_what_was_found_and_change_nothing(words, part, sample_home):
    before = json.loads(run_wangge("workspaces", "--json", home=sample_home).stdout)
    named = [SAMPLES / "incidents.csv" if word == "INCIDENTS" else word for word in words]
    workspace = () if "--workspace" in words else ("--workspace", "sample")
    done = run_wangge(*named, *workspace, home=sample_home)
    assert done.stdout == ""
    assert part in " ".join(refusal(done))
    assert json.loads(run_wangge("workspaces", "--json", home=sample_home).stdout) == before
    assert not list(sample_home.glob("x.*"))


def test_a_refusal_is_json_too(sample_home):
    done = run_wangge("coverage", "--level", "galaxy", *PERIOD, "--workspace", "sample", "--json", home=sample_home)
    refusal_lines = done.stderr.strip().splitlines()
    error = json.loads(done.stdout)["error"]
    assert set(error) == {"kind", "expected", "found", "to_do"}
    assert refusal_lines[-3] == f"expected: {error['expected']}"


def test_coverage_adds_up(sample_home):
    totals = set()
    for level in ("town", "grid"):
        words = ("--level", level, *PERIOD, "--metric", "incident_count", "open_share", "--workspace", "sample")
        done = run_wangge("coverage", *words, "--json", home=sample_home)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        counted = sum(area["incident_count"] or 0 for area in answer["areas"])
        assert counted + answer["unassigned"]["incident_count"] == answer["total"]["incident_count"] == 40
        totals.add((len(answer["areas"]), answer["unassigned"]["incident_count"]))
    assert totals == {(2, 2), (8, 2)}


def test_coverage_prints_csv_and_writes_files(sample_home, tmp_path):
    words = ("coverage", "--level", "grid", *PERIOD, "--metric", "incident_count", "--workspace", "sample")
    printed = run_wangge(*words, home=sample_home).stdout
    assert printed.splitlines()[0].startswith("row,area_id,name,")
    for ending, read in ((".csv", pd.read_csv), (".parquet", pd.read_parquet), (".xlsx", pd.read_excel)):
        done = run_wangge(*words, "--out", tmp_path / f"table{ending}", home=sample_home)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        assert len(read(tmp_path / f"table{ending}")) == 8 + 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["table.csv", "table.parquet", "table.xlsx"]


def test_export_rows(sample_home, tmp_path):
    done = run_wangge("export", "incidents", "--workspace", "sample", "--out", tmp_path / "i.gpkg", home=sample_home)
    assert done.returncode == 0, done.stderr
    assert len(pyogrio.read_dataframe(tmp_path / "i.gpkg")) == 40
    done = run_wangge(
        "export", "areas", "--level", "grid", "--workspace", "sample", "--out", tmp_path / "a.geojson", home=sample_home
    )
    assert done.returncode == 0, done.stderr
    assert len(pyogrio.read_dataframe(tmp_path / "a.geojson")) == 8


def test_export_map_is_one_file(sample_home, tmp_path):
    done = run_wangge("export", "map", "--workspace", "sample", "--out", tmp_path / "m.html", home=sample_home)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert r"\u897f\u9547" in text, "the names are in it, escaped"
    assert "<script src=" not in text


def test_export_map_keeps_the_period_asked_for(sample_home, tmp_path):
    words = ("--workspace", "sample", "--from", "2026-11-02", "--to", "2026-11-03", "--metric", "incident_count")
    done = run_wangge("export", "map", *words, "--out", tmp_path / "m.html", home=sample_home)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert '"start": "2026-11-01T16:00:00+00:00"' in text
    assert '"end": "2026-11-03T16:00:00+00:00"' in text


def test_coverage_hands_out_no_formula(tmp_path):
    features = json.loads((SAMPLES / "grids.geojson").read_text(encoding="utf-8"))
    features["features"][0]["properties"]["name"] = "=1+1"
    (tmp_path / "g.geojson").write_text(json.dumps(features), encoding="utf-8")
    words = ("--as", "areas", "--level", "grid", "--id", "code", "--name", "name", "--crs", "4326")
    assert run_wangge("import", tmp_path / "g.geojson", *words, home=tmp_path).returncode == 0
    words = ("coverage", "--level", "grid", *PERIOD, "--metric", "incident_count")
    assert run_wangge(*words, "--out", tmp_path / "c.csv", home=tmp_path).returncode == 0
    names = pd.read_csv(tmp_path / "c.csv")["name"].dropna().tolist()
    assert "'=1+1" in names
    assert "marking" not in pd.read_csv(tmp_path / "c.csv")


def test_coverage_of_the_demonstration_says_so(demo_home, tmp_path):
    words = ("coverage", "--level", "town", *PERIOD, "--metric", "incident_count")
    assert run_wangge(*words, "--out", tmp_path / "c.csv", home=demo_home).returncode == 0
    assert set(pd.read_csv(tmp_path / "c.csv")["marking"]) == {"SYNTHETIC"}
    assert json.loads(run_wangge(*words, "--json", home=demo_home).stdout)["synthetic"] is True


def test_undo_takes_the_last_import_out(tmp_path):
    for file, *words in IMPORTS:
        run_wangge("import", SAMPLES / file, *words, home=tmp_path)
    words = ("coverage", "--level", "grid", *PERIOD, "--metric", "incident_count", "--json")
    assert json.loads(run_wangge(*words, home=tmp_path).stdout)["total"]["incident_count"] == 40
    done = run_wangge("undo", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not json.loads(run_wangge(*words, home=tmp_path).stdout)["total"]["incident_count"]


def test_locate_answers_every_row_in_order(tmp_path):
    words = (
        "--areas",
        SAMPLES / "grids.geojson",
        "--id",
        "code",
        "--points",
        SAMPLES / "incidents.csv",
        "--crs",
        "4326",
    )
    done = run_wangge("locate", *words, "--out", tmp_path / "o.parquet", "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    found = pd.read_parquet(tmp_path / "o.parquet")
    assert found["reason"].value_counts().to_dict() == json.loads(done.stdout)["reasons"]
    assert found.loc[[6, 12, 20, 29], "reason"].tolist() == ["no_location", "outside", "boundary", "no_location"]
    assert found.loc[20, "area_id"] == "T1-02"
    assert found.loc[[6, 12, 29], "area_id"].isna().all()
    assert len(found) == 40
    assert done.stderr.strip().endswith("points/s")


@pytest.mark.parametrize(
    ("areas", "words", "part"),
    [
        ("grids.geojson", ("--id", "nonsense"), "code"),
        ("incidents.csv", ("--id", "事件编号", "--crs", "4326"), "without geometry"),
        ("grids.geojson", ("--id", "code"), "none declared"),
        ("grids.geojson", ("--id", "code", "--crs", "4326", "--lon", "纬度", "--lat", "经度"), "exchanged"),
        ("grids.geojson", ("--id", "code", "--crs", "4326", "--lon", "x"), "事件编号"),
        ("grids.geojson", ("--id", "code", "--crs", "moon"), "moon"),
    ],
)
def test_locate_refuses(areas, words, part, tmp_path):
    given = ("--areas", SAMPLES / areas, "--points", SAMPLES / "incidents.csv", "--out", tmp_path / "o.parquet")
    assert part in " ".join(refusal(run_wangge("locate", *given, *words, home=tmp_path)))
    assert not list(tmp_path.iterdir())


def test_locate_joins_parts_and_refuses_overlaps(tmp_path):
    def square(code: str, x: float) -> dict:
        ring = [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]
        return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    (tmp_path / "p.csv").write_text("lon,lat\n0.5,0.5\n5.5,0.5\n", encoding="utf-8")
    for second, code in ((5, 0), (0.5, 2)):
        features = {"type": "FeatureCollection", "features": [square("A", 0), square("A", second)]}
        (tmp_path / "a.geojson").write_text(json.dumps(features), encoding="utf-8")
        words = ("--areas", "a.geojson", "--id", "code", "--points", "p.csv", "--crs", "4326", "--out", "o.parquet")
        done = run_wangge("locate", *words, home=tmp_path)
        assert done.returncode == code, done.stderr
    assert pd.read_parquet(tmp_path / "o.parquet")["area_id"].tolist() == ["A", "A"]


def test_serve_refuses_a_taken_port(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert str(port) in " ".join(refusal(run_wangge("serve", "--port", str(port), home=tmp_path)))


def test_serve_wants_certificate_and_key(tmp_path):
    assert "--tls-key" in " ".join(refusal(run_wangge("serve", "--tls-cert", "c.pem", home=tmp_path)))


def test_the_service_answers_and_stops(service):
    status, body = service.get("/_stcore/health")
    assert (status, body.strip()) == (200, b"ok")
    assert f"Wangge: {service.url}" in service.text()


def test_progress_shows_on_a_terminal_and_not_in_a_pipe(tmp_path):
    """The same command under a pseudo-terminal and in a pipe."""
    words = ["locate", "--areas", SAMPLES / "grids.geojson", "--id", "code", "--points", SAMPLES / "incidents.csv"]
    words += ["--crs", "4326", "--out", tmp_path / "o.parquet"]
    piped = run_wangge(*words, home=tmp_path)
    assert "\x1b" not in piped.stderr
    main, terminal = os.openpty()
    process = subprocess.Popen(
        [str(WANGGE), *map(str, words)], stderr=terminal, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    assert process.wait(60) == 0
    process.stdout.close()
    os.close(main)
    assert b"\x1b[" in shown
    assert b"points/s" in shown
