"""`wangge cover` from files to a report: the published result, every way of giving distances, refusals, exit codes."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cli import app

REAL = Path(os.environ.get("WANGGE_REAL") or Path(__file__).resolve().parents[3] / "shared" / "real") / "spopt" / "data"
MEAN_M = 2982.127
"""spopt's mean distance with four stores."""
POINTS = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "people": [10, 20, 30, 40],
        "x": [300000, 300800, 301600, 309000],
        "y": [3400000] * 4,
    }
)


def run(folder, *options, code=0):
    done = CliRunner().invoke(app, ["cover", "--report", str(folder / "r.json"), *map(str, options)])
    assert done.exit_code == code, done.stderr
    return json.loads((folder / "r.json").read_text()) if code < 2 else done.stderr


def write(folder, name, table):
    table.to_csv(folder / name, index=False)
    return folder / name


def test_points_in_metres_and_the_edge_of_the_radius(tmp_path):
    """b lies exactly 800 m from a and from c: one post there reaches all three."""
    file = write(tmp_path, "d.csv", POINTS)
    words = ("--demand", file, "--weight", "people", "--crs", "EPSG:32651")
    report = run(tmp_path, *words, "--radius", 800, "--posts", 1)
    assert (report["chosen"], report["objective"], report["uncovered"]) == (["b"], 60, ["d"])
    assert (report["status"], report["gap"], report["bound"]) == ("optimal", 0, 60)
    assert report["check"] == {"sound": True, "faults": []}
    assert report["full_cover"]["posts"] == 2
    assert report["smallest_radius_m"] == 7400
    assert report["binding"] == ["d"]
    assert run(tmp_path, *words, "--radius", 799.9, "--posts", 1)["objective"] == 40
    assert run(tmp_path, *words, "--radius", 800)["chosen"] == ["b", "d"]


def test_degrees_come_within_a_metre(tmp_path):
    table = POINTS.assign(lon=[120.5, 120.508, 120.516, 120.6], lat=30.4).drop(columns=["x", "y"])
    file = write(tmp_path, "d.csv", table)
    words = ("--demand", file, "--weight", "people", "--crs", "EPSG:4326", "--posts", 1)
    step = 0.008 * 96_118
    assert run(tmp_path, *words, "--radius", step + 2)["chosen"] == ["b"]
    assert run(tmp_path, *words, "--radius", step - 2)["objective"] == 40


def test_a_matrix_long_wide_and_of_yes_and_no(tmp_path):
    demand = write(tmp_path, "d.csv", POINTS.drop(columns=["x", "y"]))
    wide = pd.DataFrame({"id": list("dcba"), "s1": [9, 9, 2, 1], "s2": [9, 5, 5, 9], "s3": [4, 9, 9, 9]})
    long = wide.melt("id", var_name="site", value_name="distance")
    words = ("--demand", demand, "--weight", "people", "--posts", 1)
    for name, table in (("wide.csv", wide), ("long.csv", long)):
        report = run(tmp_path, *words, "--matrix", write(tmp_path, name, table), "--radius", 5)
        assert (report["chosen"], report["objective"]) == (["s2"], 50), name
        median = run(tmp_path, *words, "--matrix", tmp_path / name)
        assert median["model"] == "least distance"
        assert median["objective"] == min(10 * a + 20 * b + 30 * c + 40 * d for a, b, c, d in
                                          ((1, 2, 9, 9), (9, 5, 5, 9), (9, 9, 9, 4)))  # fmt: skip
    flags = wide.assign(**{name: (wide[name] <= 5).astype(int) for name in ("s1", "s2", "s3")})
    report = run(tmp_path, *words, "--matrix", write(tmp_path, "flags.csv", flags))
    assert (report["chosen"], report["objective"], report["radius_m"]) == (["s2"], 50, None)


def test_fixed_forbidden_capacity_and_backup(tmp_path):
    demand = write(tmp_path, "d.csv", POINTS)
    sites = write(
        tmp_path, "s.csv", POINTS.assign(id=list("pqrs"), here=["1", "", "", ""], never=["", "1", "", ""], room=25)
    )
    words = ("--demand", demand, "--weight", "people", "--sites", sites, "--crs", "EPSG:32651", "--radius", 800)
    assert run(tmp_path, *words, "--posts", 2, "--fixed", "here")["chosen"] == ["p", "s"]
    assert run(tmp_path, *words, "--posts", 2, "--forbidden", "never")["objective"] == 90
    served = run(tmp_path, *words, "--posts", 2, "--capacity", "room")
    assert served["objective"] == served["served"] == 50
    backup = run(tmp_path, *words, "--posts", 3, "--backup", "--backup-weight", 0.5)
    assert backup["objective"] == 100 + 0.5 * 50
    short = run(tmp_path, *words, "--capacity", "room", code=1)
    assert short["status"] == "infeasible"
    assert short["reasons"] == ["at most 85 of 100 can be served"]


def test_time_and_density_make_the_radius(tmp_path):
    file = write(tmp_path, "d.csv", POINTS.assign(crowd=[0, 0, 2, 2]))
    words = ("--demand", file, "--crs", "EPSG:32651", "--within", 300, "--call", 60, "--posts", 1)
    assert run(tmp_path, *words)["radius_m"] == pytest.approx(287.74, abs=0.01)
    assert run(tmp_path, *words, "--density", 2)["radius_m"] == pytest.approx(157.25, abs=0.01)
    assert run(tmp_path, *words, "--density", "crowd")["radius_m"] == pytest.approx([157.25, 287.74], abs=0.01)


def test_busy_units_and_alternatives_are_told(tmp_path):
    file = write(tmp_path, "d.csv", POINTS)
    words = ("--demand", file, "--weight", "people", "--crs", "EPSG:32651", "--radius", 800, "--posts", 2)
    report = run(tmp_path, *words, "--calls", 6, "--busy-minutes", 10, "--alternatives", 2)
    response = report["response"]
    assert response["method"] == "hypercube, exact"
    assert sum(response["busy_share"].values()) == pytest.approx(1.0)
    assert set(response["in_time_by_point"]) == set("abcd")
    assert report["alternatives"]["in_all"] == ["d"] or report["alternatives"]["plans"] == []
    lost = {one["site"]: one["lost_if_forbidden"] for one in report["sites_chosen"]}
    assert lost == {"b": 10, "d": 40}
    expected = run(tmp_path, *words, "--calls", 6, "--busy-minutes", 10, "--model", "expected")
    assert expected["objective"] == pytest.approx(50)
    assert expected["chosen"] == ["b", "d"]


@pytest.mark.skipif(not REAL.exists(), reason=f"no real input in {REAL}")
def test_the_published_result_of_san_francisco(tmp_path):
    """spopt's own example: four stores within 5,000 m reach 89.756 % of the tracts, 21 do not."""
    words = ("--demand", REAL / "SF_demand_205_centroid_uniform_weight.csv", "--weight", "POP2000", "--matrix",
             REAL / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")  # fmt: skip
    report = run(tmp_path, *words, "--radius", 5000, "--posts", 4)
    assert report["status"] == "optimal"
    assert len(report["uncovered"]) == 21
    assert round(report["points_covered_share"] * 100, 3) == 89.756
    assert report["covered"] == 875_247
    median = run(tmp_path, *words, "--posts", 4)
    assert median["status"] == "optimal"
    assert median["objective"] / median["weight"] == pytest.approx(MEAN_M, abs=0.001)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--posts", 1), "--radius M, --matrix FILE"),
        (("--radius", 5, "--posts", 9), "4 sites that are not forbidden"),
        (("--radius", 5, "--weight", "nobody"), "columns id, people, x, y"),
        (("--radius", 5, "--weight", "id"), "none in a, b, c, d"),
        (("--radius", 5, "--model", "best"), "most, least, median, center, expected"),
        (("--radius", 5, "--posts", 1, "--calls", 5), "give both"),
        (("--matrix", "other.csv", "--radius", 5, "--posts", 1), "none for a, b, c, d"),
    ],
)
def test_bad_questions_are_refused(tmp_path, options, words):
    file = write(tmp_path, "d.csv", POINTS)
    write(tmp_path, "other.csv", pd.DataFrame({"id": ["z"], "s": [1]}))
    options = [tmp_path / one if one == "other.csv" else one for one in options]
    told = run(tmp_path, "--demand", file, "--crs", "EPSG:32651", *options, code=2)
    assert words in told
    assert not (tmp_path / "r.json").exists()
