"""Every route, as different people: nothing outside their scope, and no traceback whatever is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import layers
from geo.catalogue import discover
from tests.api.ground import PERIOD

LAYERS = discover(layers)
LEVELS = ("town", "village", "grid")


def addresses() -> Iterator[str]:
    """Each address a map asks, for each level and layer."""
    for level in LEVELS:
        for name in LAYERS:
            yield f"/api/features/{name}?ws=ground&level={level}&{PERIOD}&zoom=13&detail=2"
        yield f"/api/values?ws=ground&metric=incident_count&level={level}&{PERIOD}"
        yield f"/map/export?ws=ground&metric=incident_count&level={level}&{PERIOD}&layers={','.join(LAYERS)}"
    yield "/map/view?ws=ground"
    yield "/map/live?ws=ground"
    yield "/api/replay/frame?ws=ground"
    yield "/api/replay?ws=ground&at=2026-11-20T00:00:00Z"
    yield "/api/replay?ws=ground&at=2026-11-19T20:00:00Z&to=2026-11-20T00:00:00Z"
    for town in "AB":
        yield f"/api/trail?ws=ground&unit=unit-{town}10&at=2026-11-20T00:00:00Z"
    yield "/api/area_names?ws=ground&id=A10&id=B10"
    yield "/api/search?ws=ground&q=-&limit=50"
    yield "/api/search?ws=ground&q=%E5%8C%BA%E5%9F%9F&limit=50"
    yield "/api/search?ws=ground&q=%E5%92%8C%E5%B9%B3&limit=50"


def outside(town: str) -> list[str]:
    """The ids and row numbers of the other town, as they would stand in an answer."""
    other = "B" if town == "A" else "A"
    return [
        f'"{other}"', f'"{other}1"', f'"{other}10"', f"incidents-{other}", f"places-{other}", f"visits-{other}",
        f"buildings-{other}", f"counts-{other}", f"unit-{other}", f"区域{other}",
    ]  # fmt: skip


@pytest.mark.parametrize(("account", "town"), [("duty_a", "A"), ("viewer_b", "B")])
def test_nothing_outside_the_scope_is_answered(client, account, town):
    browser, seen = client(account), 0
    for address in addresses():
        answer = browser.get(address)
        assert answer.status_code in (200, 404), (address, answer.text[:300])
        assert not [mark for mark in outside(town) if mark in answer.text], address
        seen += f"{town}10" in answer.text
    assert seen > len(LEVELS), "their own area is answered"


def test_the_other_towns_rows_are_really_there(client):
    text = "".join(client("admin").get(address).text for address in addresses())
    assert [mark for mark in outside("A") if mark not in text] == []
    assert [mark for mark in outside("B") if mark not in text] == []


@pytest.mark.parametrize("name", [*LAYERS, "values", "export"])
def test_an_area_of_others_sounds_like_one_that_is_not(client, name):
    browser = client("duty_a")
    base = {"values": "/api/values?metric=incident_count&", "export": "/map/export?metric=incident_count&"}.get(
        name, f"/api/features/{name}?"
    )
    for area in ("B1", "nowhere"):
        answer = browser.get(f"{base}ws=ground&level=grid&area={area}&{PERIOD}")
        if name not in ("values", "export") and LAYERS[name].feed in ("lines", "shapes"):
            assert answer.status_code == 200
            continue
        assert answer.status_code == 404
        assert set(answer.json()) == {"error", "message", "expected", "found", "to_do"}
        assert answer.json()["found"] == area


def test_personal_text_is_masked_for_a_viewer(client):
    address = f"/api/features/incidents?ws=ground&{PERIOD}"
    clear = client("duty_a").get(address).json()["points"]["columns"]["title"]
    masked = client("viewer_b").get(address).json()["points"]["columns"]["title"]
    assert all(one.startswith("名称") for one in clear)
    assert not [one for one in masked if one and one.startswith("名称")]


HOSTILE_QUERIES = (
    "bbox=NaN,NaN,NaN,NaN", "bbox=1,2,3", "bbox=180,90,-180,-90", "bbox=inf,0,1,1", "bbox=1e9,0,1e9,1",
    "zoom=1e9", "zoom=-1", "zoom=NaN", "detail=9", "detail=0x10", "detail=--1", "level=galaxy", "level=%00",
    "level=grid'%20OR%201=1--", "area=A'%3BDROP%20TABLE%20areas", "area=%3Cscript%3E", "start=yesterday",
    "start=2026-11-01", "start=2026-11-01T00:00:00", "start=2026-12-01T00:00:00Z&end=2026-11-01T00:00:00Z",
    "end=9999-12-31T23:59:59Z", "start=0001-01-01T00:00:00%2B14:00", "category=" + "x" * 200, "ws=..%2F..%2Fetc",
    "ws=%2e%2e", "ws=nowhere", "metric=__class__", "metric=", "classes=quantile-99", "classes=manual-",
    "classes=manual-1e400", "palette=%3Cimg%3E", "palette=nosuch", "q=%00", "q=" + "a" * 500, "limit=0", "limit=1e3",
)  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
def test_hostile_parameters_get_one_message(client, query):
    browser = client("admin")
    name = query.split("=", 1)[0]
    routes = {
        "/api/features/incidents": {"bbox", "zoom", "level", "area", "start", "end", "category", "ws"} - {"level"},
        "/api/features/areas": {"detail", "level", "area", "ws"},
        "/api/values": {"metric", "classes", "palette", "level", "area", "start", "end", "category", "ws"},
        "/map/export": {"level", "area", "classes", "palette", "start", "ws"},
        "/api/search": {"q", "limit", "ws"},
        "/map/view": {"ws"},
        "/map/live": {"ws", "at"},
        "/api/replay": {"at", "to", "step", "ws"},
        "/api/trail": {"at", "hours", "unit", "ws"},
        "/api/area_ids": {"area", "ws"},
    }
    asked = 0
    for route, names in routes.items():
        if name not in names:
            continue
        defaults = {"ws": "ground", "metric": "incident_count", "level": "grid", "at": "2026-11-20T00:00:00Z"}
        if name == "step":
            defaults["to"] = "2026-11-20T01:00:00Z"
        if route == "/map/live" and query == "at=":
            continue
        base = "&".join(f"{k}={v}" for k, v in defaults.items() if k != name)
        answer = browser.get(f"{route}?{base}&{query}", headers={"X-Wangge-Language": "en"})
        assert 400 <= answer.status_code < 500, (route, query, answer.status_code, answer.text[:200])
        assert answer.headers["content-type"] == "application/json"
        assert "Traceback" not in answer.text
        assert {"expected", "found", "to_do"} <= set(answer.json())
        asked += 1
    assert asked


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(
        st.sampled_from(["bbox", "zoom", "level", "area", "start", "end", "detail", "classes", "palette", "q", "view"]),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    values=st.lists(st.text(max_size=40), min_size=3, max_size=3),
    route=st.sampled_from(
        ["/api/features/incidents", "/api/features/areas", "/api/values", "/api/search", "/map/view"]
    ),
)
def test_no_parameter_breaks_a_route(client, names, values, route):
    query = {"ws": "ground", "metric": "incident_count"} | dict(zip(names, values, strict=False))
    answer = client("admin").get(route, params=query)
    assert answer.status_code < 500, (route, query, answer.text[:300])


def test_an_unknown_address_answers_as_the_others_do(client):
    for path in ("/api/", "/api/features/nosuch?ws=ground", "/api/nosuch/deep"):
        answer = client("admin").get(path)
        assert answer.status_code == 404, path
        assert "to_do" in answer.json()


def test_messages_come_in_the_callers_language(client):
    path = "/api/features/areas?ws=ground&level=galaxy"
    assert "您辖区内" in client("admin").get(path).json()["message"]
    assert "inside your area" in client("admin").get(path, headers={"X-Wangge-Language": "en"}).json()["message"]


@pytest.mark.parametrize(
    "path", ["/api/features/areas?ws=ground&level=grid", f"/api/features/incidents?ws=ground&{PERIOD}"]
)
def test_an_answer_is_kept_by_its_edition_and_person(client, path):
    browser = client("admin")
    first = browser.get(path)
    seal = first.headers["etag"]
    again = browser.get(path, headers={"If-None-Match": seal})
    assert again.status_code == 304
    assert not again.content
    assert client("duty_a").get(path, headers={"If-None-Match": seal}).status_code == 200
    assert first.headers["content-encoding"] == "gzip"
    plain = browser.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == first.json()


def test_values_add_up_to_the_total(client):
    for level in LEVELS:
        body = client("admin").get(f"/api/values?ws=ground&metric=incident_count&level={level}&{PERIOD}").json()
        assert sum(row[3] for row in body["values"].values()) + body["unassigned"] == body["total"] == 48
        legend = body["legend"]
        assert sum(legend["counts"]) + legend["no_data"] == len(body["values"])
        assert len(legend["colours"]) == len(legend["breaks"]) - 1 == len(legend["counts"])


def test_saved_map_holds_only_what_the_person_may_see(client):
    text = client("duty_a").get(f"/map/export?ws=ground&metric=incident_count&level=grid&{PERIOD}").text
    start = text.index("Wangge.start(")
    config = json.loads(text[text.index("{", start) : text.index(");", start)])
    assert sorted(config["inline"]["areas|grid|"]["ids"]) == ["A10", "A11", "A12", "A13", "A20", "A21", "A22", "A23"]
