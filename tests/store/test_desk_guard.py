"""Whoever asks, whatever they ask: no row outside their area, no personal text in clear unless their role needs it."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest

from data.store import Desk, open_store, rights
from data.store.accounts import ROLES
from data.store.masks import personal_fields
from data.store.scope import PUBLIC_KINDS
from data.store.tables import KINDS
from geo.errors import ScopeError
from tests.store.conftest import GRIDS, SECRET, START

END = START + pd.Timedelta(days=2)
SUBTREES = {"": {"C", "T1", "T2", *GRIDS}, "T1": {"T1", "G11", "G12"}, "G22": {"G22"}}
PEOPLE = [(role, area) for role in ROLES for area in SUBTREES]


def everything(desk: Desk) -> dict[str, object]:
    """What each public method of a desk gives; a new method must be added here, so that it is walked too."""
    answers = {
        "account": desk.account,
        "store": None,
        "sees_personal": desk.sees_personal,
        "levels": desk.levels(),
        "areas": desk.areas(),
        "hierarchy": list(desk.hierarchy().area_ids),
        "rows": {kind: desk.rows(kind) for kind in KINDS if kind != "fixes"},
        "fixes": desk.fixes(START, END, columns=["fix_id", "unit_id", "at", "lon", "lat", "area_id"]),
        "total": {kind: desk.total(kind) for kind in KINDS},
        "count_by_reason": {kind: desk.count_by_reason(kind) for kind in KINDS},
        "search": [
            hit for text in ("镇", "网格", "places", "buildings", "G", SECRET) for hit in desk.search(text, 500)
        ],
        "sources": desk.sources(),
        "disagreements": desk.disagreements(),
        "notices": desk.notices(),
        "boundary_sets": desk.boundary_sets(),
        "lineage": desk.lineage(),
        "setting": desk.setting("small_count"),
        "reveal": None,
    }
    assert set(answers) == {name for name, _ in inspect.getmembers(Desk) if not name.startswith("_")} | {
        "account",
        "store",
    }
    return answers


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    from tests.store.conftest import make_place

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(tmp_path_factory.mktemp("guard")))
        make_place()
        store = open_store()
        yield {
            (role, area): (store.desk(f"{role}@{area}"), everything(store.desk(f"{role}@{area}")))
            for role, area in PEOPLE
        }


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: f"{p[0]}@{p[1] or 'all'}")
def test_no_row_outside_the_subtree(walked, person):
    _, found = walked[person]
    mine = SUBTREES[person[1]]
    unlimited = person[1] == ""
    assert set(found["areas"].index) == mine
    assert set(found["hierarchy"]) == mine
    for kind, rows in [*found["rows"].items(), ("fixes", found["fixes"])]:
        key = KINDS[kind].key
        if kind == "areas":
            assert set(rows["area_id"]) == mine
            continue
        placed_in = rows[key].str.split("-").str[1].replace("None", None)
        expected = {*GRIDS, None} if unlimited or kind in PUBLIC_KINDS else mine & set(GRIDS)
        assert {None if pd.isna(one) else one for one in placed_in} == expected, kind
        assert len(rows) == 2 * len(expected) == found["total"][kind] == found["count_by_reason"][kind].sum(), kind
    hits = {hit.id for hit in found["search"]}
    assert {hit.id for hit in found["search"] if hit.kind == "areas"} <= mine
    assert not {
        one for one in hits if one.startswith(("places", "buildings")) and one.split("-")[1] not in mine | {"None"}
    }
    assert unlimited == any("None" in one for one in hits)
    assert sum(level.count for level in found["levels"]) == len(mine)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: f"{p[0]}@{p[1] or 'all'}")
def test_personal_text_in_clear_only_where_needed(walked, person):
    desk, found = walked[person]
    clear = rights(desk.account).sees_personal
    assert clear == (person[0] in {"administrator", "duty_officer", "village_officer", "grid_worker"})
    for kind, rows in found["rows"].items():
        for name in personal_fields(KINDS[kind]):
            assert rows[name].str.contains(SECRET).all() == clear, (kind, name)
            assert clear or not rows[name].str.contains(SECRET).any(), (kind, name)
        others = rows.drop(columns=[*personal_fields(KINDS[kind]), *(["geometry"] if "geometry" in rows else [])])
        assert SECRET not in others.to_csv(), kind
    assert not any(SECRET in f"{hit}" for hit in found["search"])
    for part in ("levels", "areas", "sources", "disagreements", "notices", "fixes"):
        shown = found[part]
        assert SECRET not in (shown.to_csv() if isinstance(shown, pd.DataFrame) else f"{shown}")


@pytest.mark.parametrize("person", [p for p in PEOPLE if p[1]], ids=lambda p: f"{p[0]}@{p[1]}")
def test_asking_for_another_area_is_refused(walked, person):
    desk, _ = walked[person]
    for within in ({"C", "T1", "T2", *GRIDS} - SUBTREES[person[1]]) | {"nowhere"}:
        for ask in (
            lambda area=within: desk.areas(within=area),
            lambda area=within: desk.rows("incidents", within=area),
            lambda area=within: desk.fixes(START, END, within=area),
        ):
            with pytest.raises(ScopeError):
                ask()


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: f"{p[0]}@{p[1] or 'all'}")
def test_a_condition_cannot_guess_personal_text(walked, person):
    desk, _ = walked[person]
    name = f"张{SECRET}people-G11-0"
    if not rights(desk.account).sees_personal:
        with pytest.raises(ScopeError):
            desk.rows("people", columns=["person_id"], where={"name": name})
    else:
        seen = desk.rows("people", columns=["person_id"], where={"name": name})
        assert len(seen) == ("G11" in SUBTREES[person[1]])


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: f"{p[0]}@{p[1] or 'all'}")
def test_where_and_bbox_do_not_widen_the_area(walked, person):
    desk, _ = walked[person]
    mine = SUBTREES[person[1]]
    rows = desk.rows("incidents", where={"area_id": [*GRIDS, None]}, bbox=(-180, -90, 180, 90))
    assert set(rows["area_id"].dropna()) == mine & set(GRIDS)
    assert rows["area_id"].isna().any() == (person[1] == "")
    assert len(desk.rows("incidents", bbox=(1.2, 1.2, 2, 2))) == (2 if "G22" in mine else 0)


@pytest.mark.usefixtures("place")
def test_reveal_is_audited_before_it_shows():
    store = open_store()
    organizer = store.desk("organizer@T1")
    assert organizer.rows("people", where={"person_id": "people-G11-0"})["name"].item() == "张**"
    assert organizer.reveal("people", "people-G11-0", "name", "call the grid head") == f"张{SECRET}people-G11-0"
    row = audit(store)[-1]
    assert row[:2] == ("organizer@T1", "reveal")
    assert "people-G11-0" in row[2]
    assert "call the grid head" in row[2]
    assert SECRET not in row[2]


@pytest.mark.parametrize(
    ("account", "row", "reason"),
    [
        ("viewer@", "people-G11-0", "curious"),
        ("planner@", "people-G11-0", "curious"),
        ("organizer@T1", "people-G22-0", "not mine"),
        ("organizer@T1", "nobody", "not there"),
        ("organizer@T1", "people-None-0", "in no area"),
        ("organizer@T1", "people-G11-0", "  "),
    ],
)
@pytest.mark.usefixtures("place")
def test_a_refused_reveal_shows_and_writes_nothing(account, row, reason):
    store = open_store()
    before = len(audit(store))
    with pytest.raises(ScopeError):
        store.desk(account).reveal("people", row, "name", reason)
    assert len(audit(store)) == before


@pytest.mark.usefixtures("place")
def test_nothing_is_shown_if_the_audit_cannot_be_written(monkeypatch):
    from geo.errors import StoreError, say

    def refuse(*_args, **_kwargs):
        raise StoreError(say("a"), say("b"), say("c"))

    monkeypatch.setattr("data.writer.write", refuse)
    with pytest.raises(StoreError):
        open_store().desk("duty_officer@").reveal("people", "people-G11-0", "name", "needed")


@pytest.mark.usefixtures("place")
def test_an_account_of_a_vanished_area_sees_nothing():
    store = open_store()
    from data.store.accounts import Account

    desk = Desk(store, Account("x", "x", "duty_officer", "gone"))
    assert len(desk.areas()) == 0
    assert desk.total("incidents") == 0
    assert desk.levels() == []
    assert len(desk.rows("incidents")) == 0


def audit(store) -> list[tuple]:
    with store.reading() as connection:
        return connection.execute("SELECT actor, verb, what FROM audit ORDER BY audit_number").fetchall()
