"""Pages of a town whose grid was split: the choice of borders, what is said about it, lineage and eras."""

import pytest

from tests.dated_town import DAY, OLD, SPLIT, load, make_town
from tests.views.conftest import texts


@pytest.fixture(scope="module")
def split(tmp_path_factory):
    home = tmp_path_factory.mktemp("split")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(home))
        make_town()
        load("grid", SPLIT, valid_from=DAY)
        load("grid", OLD, plan="draft")
        yield home


OCTOBER = {
    "ws": "w",
    "lang": "en",
    "level": "grid",
    "metric": "incident_count",
    "from": "2026-10-01",
    "to": "2026-10-31",
}


@pytest.mark.usefixtures("split")
def test_pages_count_by_the_borders_asked_for(open_page):
    page = open_page("coverage", **OCTOBER)
    assert not page.exception
    assert "as it was" in texts(page)
    assert page.selectbox(key="w_boundaries").options == ["As it was", "Today's areas", "draft"]
    assert {"A grid", "B grid"} <= set(page.dataframe[0].value["name"])
    today = open_page("coverage", **OCTOBER, boundaries="today")
    assert "today's areas" in texts(today)
    assert {"A1 grid", "A2 grid", "B grid"} == set(today.dataframe[0].value["name"]) - {"A grid"}
    wrong = open_page("coverage", **OCTOBER, boundaries="tomorrow")
    assert len(wrong.warning) == 1
    both = open_page("map", **OCTOBER | {"to": "2026-11-20"})
    assert not both.exception
    assert DAY in texts(both)


@pytest.mark.usefixtures("split")
def test_the_card_tells_lineage_and_about_tells_the_eras(open_page):
    card = open_page("area", **OCTOBER | {"from": DAY, "to": "2026-11-20", "area": "A1"})
    assert not card.exception
    assert f"formed on {DAY} from A (split)" in texts(card).replace("\\", "")
    past = open_page("area", **OCTOBER, area="A")
    assert not past.exception
    assert f"until {DAY}" in texts(past).replace("\\", "")
    about = open_page("about", **OCTOBER)
    assert not about.exception
    assert "Boundaries over time" in texts(about)
    assert "draft" in texts(about)
