"""What people call a thing finds it, the nearest match first."""

from __future__ import annotations

import pandas as pd
import pytest

from data.store import open_store
from tests.store.conftest import kind_table, publish

pytestmark = pytest.mark.usefixtures("bare_place")


def ids(text: str, account: str = "administrator", limit: int = 20) -> list[str]:
    return [hit.id for hit in open_store().desk(account).search(text, limit)]


def test_names_codes_prefixes_and_middles():
    assert ids("东山镇") == ["T1"]
    assert ids("山") == ["T1"]
    assert ids("T") == ["T1", "T2"]
    assert ids("t1") == ["T1"]
    assert ids("G1") == ["G11", "G12"]
    assert ids("县") == ["C"]
    assert ids("") == ids("  ") == ids("nowhere") == ids("镇", limit=0) == []
    assert ids("%") == ids("_") == ids("'; DROP TABLE areas") == []


def test_exact_comes_before_prefix_before_middle_and_coarse_before_fine():
    names = ["老东山镇", "东山镇小学", "东山镇"]
    places = pd.DataFrame({"place_id": ["p1", "p2", "p3"], "kind": "shelter", "name": names, "lon": 0.5, "lat": 0.5})
    publish("places", places)
    assert ids("东山镇") == ["T1", "p3", "p2", "p1"]
    hit = open_store().desk("administrator").search("东山镇小学")[0]
    assert (hit.kind, hit.title, hit.subtitle, hit.lon, hit.lat, hit.level) == (
        "places",
        "东山镇小学",
        "shelter",
        0.5,
        0.5,
        "",
    )


def test_buildings_are_found_by_address_inside_the_readers_area():
    buildings = kind_table("buildings").assign(address=lambda t: "硖石街道人民路" + t["building_id"].str[-5:] + "号")
    publish("buildings", buildings)
    assert len(ids("人民路", limit=50)) == 10
    assert ids("人民路", "viewer@G22") == ["buildings-G22-0", "buildings-G22-1"]
    assert ids("东山", "viewer@G22") == []


def test_a_hit_lies_inside_its_area():
    hit = open_store().desk("administrator").search("G22")[0]
    assert (hit.kind, hit.level, hit.title, hit.subtitle) == ("areas", "grid", "G22网格", "西河镇 G22")
    assert 1 < hit.lon < 2
    assert 1 < hit.lat < 2
