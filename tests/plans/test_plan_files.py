"""Plans on the command line, as files for GIS, and as a book to print."""

from __future__ import annotations

import io
import json

import geopandas as gpd
import numpy as np
import shapely
from docx import Document
from PIL import Image
from typer.testing import CliRunner

from cli import app
from data.plans.book_map import VillageMap, village_map
from data.plans.book_png import village_png


def plans(*words, actor="planner", code=0):
    done = CliRunner().invoke(app, ["plans", *map(str, words), "--json"], env={"WANGGE_ACTOR": actor})
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def word(path):
    """The Word book has the same: the plan's name, a picture and a table for each village, every code, no marks."""
    book = Document(str(path))
    texts = [one.text for one in book.paragraphs]
    assert "东镇 <调整>" in texts
    assert [one for one in texts if one.startswith("V")] == ["V1村 V1", "V2村 V2"]
    assert len(book.inline_shapes) == 2
    summary, *tables = ([[cell.text for cell in row.cells] for row in one.rows] for one in book.tables)
    assert ["Zones", "4"] in summary
    assert [row[:3] for row in tables[0][1:]] == [
        ["V1001", "V1001网格", "200"], ["V1002", "V1002网格", "400"], ["", "Total", "600"],
    ]  # fmt: skip
    assert [row[0] for row in tables[1][1:]] == ["V2001", "V2002", ""]
    assert "SYNTHETIC" not in "".join(run.text for run in book.sections[0].header.paragraphs)


def test_a_map_of_a_village_has_the_barriers_that_run_through_it_alone():
    hole = shapely.box(140, 40, 160, 60)
    units = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100).difference(hole), hole], dtype=object)
    far, near = shapely.LineString([(900, 0), (900, 50)]), shapely.LineString([(100, -50), (100, 150)])

    def drawn(*hard):
        lines = np.array(hard, dtype=object)
        shown = VillageMap("V", units, np.array([0, 1, 0]), units, ("001", "002", "003"), np.array([True, False, True]),
                           lines, np.array([shapely.Point(100, 50)], dtype=object))  # fmt: skip
        return Image.open(io.BytesIO(village_png(shown))).convert("RGB"), village_map(shown)

    without, _ = drawn(far)
    image, svg = drawn(far, near)
    assert svg.count("<polyline") == 1
    blue = (31, 111, 178)
    counts = [sum(count for count, colour in one.getcolors(1 << 20) if colour == blue) for one in (without, image)]
    assert counts[1] > counts[0] + 1000, "the line through the village is drawn, the one far away is not"


def test_from_a_file_to_its_day_and_into_a_book(place):
    units = place / "units.csv"
    units.write_text("area_id,zone\nV100103,V1002\n", encoding="utf-8")
    made = plans("new", "--name", "东镇 <调整>", "--units", units)
    solved = plans("new", "--name", "自动", "--solve", "scratch", "--zones", "4")
    assert plans("show", solved["plan_id"])["gate"]["passed"]
    assert plans("drop", solved["plan_id"])["state"] == "dropped"
    assert plans("list")["plans"][0]["plan_id"] == made["plan_id"]
    branch = plans("branch", made["plan_id"], "--name", "另一份")
    assert branch["branched_from"] == made["plan_id"]
    assert plans("drop", branch["plan_id"])["state"] == "dropped"
    plan = made["plan_id"]
    assert plans("submit", plan)["gate"]["passed"]
    refused = plans("approve", plan, code=2)
    assert refused["error"]["kind"] == "ScopeError"
    plans("approve", plan, actor="second")
    compared = plans("compare", plan)
    assert compared["moved"] == 100
    assert compared["handed"][0]["to_zone"] == "V1002"
    written = plans("export", plan, "--out", place / "zones.gpkg")
    zones = gpd.read_file(place / "zones.gpkg")
    assert written["rows"] == len(zones) == 4
    changed = zones.set_index("code")[["households", "parts", "change"]].T.to_dict("list")
    assert changed == {
        "V1001": [200, 1, "changed"],
        "V1002": [400, 1, "changed"],
        "V2001": [300, 1, "kept"],
        "V2002": [300, 1, "kept"],
    }
    plans("export", plan, "--of", "units", "--out", place / "units.geojson")
    assert gpd.read_file(place / "units.geojson").set_index("unit_id").loc["V100103", "coming_code"] == "V100204"
    assert plans("book", plan, "--out", place / "book.html")["villages"] == 2
    book = (place / "book.html").read_text(encoding="utf-8")
    assert "东镇 &lt;调整&gt;" in book
    assert book.count("<svg") == 2
    assert "V1村" in book
    assert "SYNTHETIC" not in book
    assert plans("book", plan, "--out", place / "book.docx", "--lang", "en")["villages"] == 2
    word(place / "book.docx")
    assert "ends in .html or .docx" in plans("book", plan, "--out", place / "book.pdf", code=2)["error"]["expected"]
    assert plans("effect", plan, "--on", "2026-11-02", actor="second")["plan"]["state"] == "in_force"
    assert plans("effect", "--due", actor="second") == {"done": [], "refused": []}
    shown = plans("show", plan)
    assert [one["act"] for one in shown["events"]] == ["make", "submit", "approve", "effect"]
    assert plans("rollback", plan, actor="second")["plan"]["state"] == "rolled_back"
    assert plans("show", "plan-9", code=2)["error"]["kind"] == "StoreError"
