"""The preview of a file as a map: for the person who dropped it, with every text as text and nothing rounded away."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from api.coming_document import UNIT, encode_shown
from data.imports.shown import Shown, keep_shown
from geo.areas.defects import Defect
from geo.errors import say

HOSTILE = "<img src=x onerror=alert(1)>"
SQUARE = shapely.box(120.0, 30.0, 120.01, 30.01)


def shown(**more):
    sliver = shapely.box(120.0, 30.0, 120.000001, 30.01)
    defect = Defect(
        kind="overlap",
        ids=(HOSTILE, "B"),
        area_m2=106.8,
        households=3,
        lon=120.0,
        lat=30.005,
        message=say("{one} and {other} overlap", one=HOSTILE, other="B"),
        shape=sliver,
    )
    facts = {"account_id": "administrator", "workspace": "new", "labels": [HOSTILE, "point"], "defects": (defect,)}
    return Shown(**facts | {"shapes": np.array([SQUARE, shapely.Point(120.005, 30.005)], dtype=object)} | more)


def test_a_sliver_keeps_its_width_and_every_shape_its_name():
    body = encode_shown(shown(), "en")
    (line,) = body["defects"][0]["shape"]
    assert abs(line[2]) + abs(line[4]) + abs(line[6]) >= round(0.000001 / UNIT)
    assert body["as_is"]["ids"] == [HOSTILE]
    assert body["as_is"]["point_ids"] == ["point"]
    assert body["kinds"] == [{"kind": "overlap", "title": "Areas that overlap", "mark": "2"}]
    assert body["repaired"] is None
    assert body["bounds"] == [120.0, 30.0, 120.01, 30.01]


def test_a_large_file_is_thinned_and_says_so(monkeypatch):
    monkeypatch.setitem(__import__("data.settings", fromlist=["DEFAULTS"]).DEFAULTS, "preview_points", 50)
    circle = shapely.Point(120, 30).buffer(0.01, quad_segs=200)
    body = encode_shown(shown(shapes=np.array([circle], dtype=object), labels=["c"]), "en")
    assert body["as_is"]["is_less"]
    assert len(body["as_is"]["shapes"][0][0]) / 2 < 100


def test_a_map_of_nothing_but_the_file(client):
    """The workspace is yet to be made: the document holds no row and no hostile text."""
    token = keep_shown(shown())
    page = client("").get("/map/coming?ws=new")
    assert page.status_code == 200
    assert "nonce-" in page.headers["content-security-policy"]
    assert "/assets/scripts/coming.js" in page.text
    assert HOSTILE not in page.text
    rows = client("").get(f"/api/coming/{token}?ws=new")
    assert rows.status_code == 200
    assert rows.headers["content-type"].startswith("application/json")
    assert rows.json()["as_is"]["count"] == 2


@pytest.mark.parametrize("path", ["/api/coming/nothing?ws=new", "/api/coming/nothing?ws=ground"])
def test_an_unknown_word_gives_nothing(client, path):
    assert client("").get(path).status_code == 404


def test_another_persons_file_is_not_shown(client):
    token = keep_shown(shown(workspace="ground", account_id="admin"))
    assert client("admin").get(f"/api/coming/{token}?ws=ground").status_code == 200
    assert client("duty_a").get(f"/api/coming/{token}?ws=ground").status_code == 404
    assert client("duty_a").get("/map/coming?ws=ground").status_code == 404
