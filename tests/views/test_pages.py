"""Every page, in both languages, for every person, with hostile addresses and with nothing loaded."""

import re
from types import SimpleNamespace

import pytest

from tests.views.conftest import texts
from views.frame import PAGES
from views.parts.controls import calm_layers
from views.state import State

PATHS = [name for name, _, _ in PAGES]
HAN = re.compile("[\u4e00-\u9fff]")
HOSTILE = "<img src=x onerror=alert(1)>${1}![x](http://e.example/x.png)"


def is_sound(page):
    assert not page.exception, [one.message for one in page.exception]
    assert not [one.value for one in page.error if "number" in one.value or "编号" in one.value]
    return texts(page)


@pytest.mark.usefixtures("demo_home")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_page_shows_itself_marked_and_in_its_language(path, lang, open_page):
    page = open_page(path, ws="main", lang=lang)
    shown = is_sound(page)
    assert not page.error
    assert not page.warning or path == "about"
    assert 'data-mark="synthetic"' in shown
    assert "SYNTHETIC" in shown
    head = next(one.proto.body for one in page.get("html") if "wg-head" in one.proto.body)
    assert bool(HAN.search(re.search(r"<h1>(.*?)</h1>", head).group(1))) == (lang == "zh_CN")


@pytest.mark.usefixtures("demo_home")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "params",
    [
        {"ws": HOSTILE},
        {"level": HOSTILE, "metric": HOSTILE},
        {"area": HOSTILE, "pick": HOSTILE},
        {"category": HOSTILE},
        {"from": "2026-11-30", "to": "2026-11-01"},
        {"from": HOSTILE, "to": "0000-00-00"},
        {"classes": "manual-9_1", "palette": HOSTILE, "layers": HOSTILE, "view": HOSTILE},
    ],
    ids=lambda params: "-".join(params),
)
def test_hostile_addresses_give_one_message(path, params, open_page):
    page = open_page(path, **params)
    shown = is_sound(page)
    assert len(page.warning) >= 1
    assert "![x](http" not in shown.replace("\\", "|"), "a picture from outside would be fetched"
    for one in page.get("html"):
        assert "<img" not in one.proto.body


@pytest.mark.parametrize("path", PATHS)
def test_no_workspace_says_what_to_do(path, open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    page = open_page(path, lang="en")
    shown = is_sound(page)
    assert not page.error
    if path == "import":
        assert "No workspace yet" in shown
    else:
        assert "Begin with your own data" in shown
        assert [one.value for one in page.code] == ["wangge demo"]


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_workspace_says_what_to_do(path, open_page, monkeypatch, tmp_path):
    from data.writer import write

    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    write("bare", "create_workspace", {"title": "Bare"}, actor="administrator")
    page = open_page(path, ws="bare", lang="en")
    shown = is_sound(page)
    assert not page.error
    assert "SYNTHETIC" not in shown
    assert "This workspace has no areas yet" in shown or path in ("import", "about")


@pytest.mark.usefixtures("demo_home")
def test_sums_are_conserved_on_every_level(open_page):
    from data.store import open_store

    totals = set()
    for level in open_store("main").level_rows():
        page = open_page("map", ws="main", level=level[0], lang="en")
        shown = is_sound(page)
        found = re.search(r"([\d,]+) placed \+ ([\d,]+) unassigned = ([\d,]+) records", shown)
        placed, unassigned, total = (int(one.replace(",", "")) for one in found.groups())
        assert placed + unassigned == total
        totals.add(total)
    assert len(totals) == 1


@pytest.mark.usefixtures("demo_home")
def test_choices_go_into_the_address(open_page):
    page = open_page("coverage", ws="main")
    page.selectbox(key="w_level").set_value("village").run()
    page.selectbox(key="w_metric").set_value("open_share").run()
    page.selectbox(key="w_compare").set_value("previous").run()
    is_sound(page)
    said = {name: value[0] if isinstance(value, list) else value for name, value in page.query_params.items()}
    assert (said["level"], said["metric"], said["compare"]) == ("village", "open_share", "previous")
    again = open_page("coverage", **said)
    assert again.selectbox(key="w_metric").value == "open_share"
    assert again.selectbox(key="w_level").value == "village"


@pytest.mark.usefixtures("demo_home")
def test_a_scope_shows_what_lies_inside(open_page):
    from data.store import open_store

    store = open_store("main")
    areas = store.all_areas()
    town = areas.index[areas["level"] == "town"][0]
    page = open_page("coverage", ws="main", area=town, level="village", lang="en")
    is_sound(page)
    shown = page.dataframe[0].value
    children = set(areas.index[areas["parent_id"] == town])
    assert set(shown["area_id"]) == children
    assert page.button(key="crumb_").label == areas.at[areas.index[areas["level"] == "county"][0], "name"]


@pytest.mark.usefixtures("demo_home")
def test_the_table_begins_with_the_highest_value_and_tells_equal_names_apart(open_page):
    page = open_page("coverage", ws="main", level="micro_grid", lang="en")
    is_sound(page)
    shown = page.dataframe[0].value
    assert shown["value"].is_monotonic_decreasing
    assert shown["name"].duplicated().any(), "the demonstration has equal names to tell apart"
    assert not shown.duplicated(["name", "above"]).any()
    assert shown["above"].str.count(" › ").eq(2).all(), "town, village and grid"


def test_small_maps_begin_without_rows_over_the_colours():
    names = calm_layers(SimpleNamespace(state=State()))["layers"].split(",")
    assert "areas" in names
    assert "incidents" not in names
    assert calm_layers(SimpleNamespace(state=State(layers="areas,incidents"))) == {}, "what the reader chose stays"


def test_an_import_is_undone_from_its_row(open_page, monkeypatch, tmp_path):
    from data.imports import ImportOptions, import_file
    from data.store import open_store

    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))
    ring = "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]"
    feature = (
        '{"type":"Feature","properties":{"code":"A","name":"Alpha"},"geometry":{"type":"Polygon","coordinates":%s}}'
    )
    path = tmp_path / "areas.geojson"
    path.write_text('{"type":"FeatureCollection","features":[%s]}' % (feature % ring))
    options = ImportOptions(level="town", id="code", name="name")
    import_file(path, "areas", options, workspace="bare", actor="administrator")
    assert len(open_store("bare").all_areas()) == 1
    page = open_page("import", ws="bare", lang="en")
    is_sound(page)
    undo = next(one for one in page.button if one.label == "Undo this import")
    undo.click().run()
    shown = is_sound(page)
    assert "undone" in shown
    assert len(open_store("bare").all_areas()) == 0


@pytest.mark.usefixtures("demo_home")
def test_card_names_the_team_and_the_areas_above(open_page):
    from data.store import open_store

    areas = open_store("main").all_areas()
    grid = areas.index[areas["level"] == "grid"][0]
    page = open_page("area", ws="main", area=grid, lang="en")
    shown = is_sound(page)
    assert areas.at[grid, "name"] in shown
    assert areas.at[areas.at[grid, "parent_id"], "name"] in shown
    team = next(one.proto.body for one in page.get("html") if "Role</th>" in one.proto.body)
    assert team.index("grid head") < team.index("full time"), "the head comes first"
    assert "Stand-in</th>" in team


@pytest.mark.usefixtures("demo_home")
def test_a_fault_of_ours_is_one_message_with_a_number(open_page, monkeypatch, caplog):
    import views.about

    def broken(*_):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(views.about, "render", broken)
    page = open_page("about", ws="main", lang="en")
    assert not page.exception
    assert len(page.error) == 1
    assert "secret detail" not in texts(page)
    number = re.search(r"number ([0-9a-f]{8})", page.error[0].value).group(1)
    assert number in caplog.text
    assert "secret detail" in caplog.text
