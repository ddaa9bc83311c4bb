"""A roster of two days and the night between: people and pairs from a file, gaps, somebody stands in, a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from data.events.keeping import save_event
from data.rosters.keeping import newest_roster
from data.rosters.report import case_of_document
from data.store import open_store
from geo.crowd.event import Place
from geo.crowd.roster.checking import check_roster
from geo.crowd.roster.replacement import PERSONAL
from tests.crowd.test_event_roster import fair
from tests.journeys.test_event_whole import PlanPage, page  # noqa: F401

pytestmark = pytest.mark.browser
EVENT = "night-fair"
ROLES = {"medic": 5, "supervisor": 2, "guide": 3, "commander": 5, "coordinator": 8, "volunteer": 5, "team leader": 1}
TYPED = "g9\tg10\tapart\ttoo new both"


@pytest.fixture
def night_fair(service):  # noqa: ARG001
    """A fair of twelve hours a day with a command post and a pump house that two guards keep day and night."""
    pump = Place(place_id="N1", kind="duty_post", name="Pump house", role="guard", people=2, is_round_the_clock=True,
                 lon=120.5015, lat=30.4004, area_id="P")  # fmt: skip
    plan = replace(fair(), event_id=EVENT, name="Night fair", places=(*fair().places, pump))
    save_event("main", plan, actor="administrator")
    return EVENT


def people(partner: str = "g2") -> bytes:
    """
    Eighteen guards and the others, a volunteer too few at times.

    g1 stands with a partner, g3 never with g4; g5 comes on the first day until 14:00, g6 for six hours a day; every
    fourth guard is a first aider.
    """
    rows = ["id,name,role,group,phone,skills,available,hours_per_day,stands_with,stands_apart"]
    for n in range(1, 19):
        skill, hours = "first aid" if n % 4 == 0 else "", "6" if n == 6 else ""
        times = "2026-10-01 06:00/2026-10-01 14:00" if n == 5 else ""
        pair = {1: (partner, ""), 3: ("", "g4")}.get(n, ("", ""))
        rows.append(f"g{n},Guard No. {n},guard,security,0573-{n:07d},{skill},{times},{hours},{pair[0]},{pair[1]}")
    for role, count in ROLES.items():
        rows += [f"{role.replace(' ', '')}{n},{role.title()} {n},{role},others,,,,,," for n in range(1, count + 1)]
    return "\n".join(rows).encode("utf-8")


class RosterPage(PlanPage):
    """The Roster part as an organizer uses it."""

    def upload(self, content: bytes) -> None:
        box = self.page.locator("input[type=file]").last
        box.set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": content})
        self.watched.settle()

    def make(self) -> None:
        self.page.locator(".st-key-roster_make button").click()

    def tab(self, name: str) -> None:
        self.page.locator(".st-key-roster_tab").get_by_role("radio", name=name, exact=True).click()

    def gone(self, text: str) -> None:
        """Wait until a text of the page has given way to another."""
        script = f"() => !document.querySelector('[data-testid=stMain]').innerText.includes({text!r})"
        self.watched.poll(script, what=f"{text!r} gone")
        self.watched.settle()

    def figure(self, title: str) -> str:
        box = self.page.locator("[data-testid=stMetric]", has_text=title)
        return str(box.locator("[data-testid=stMetricValue]").inner_text())

    def type_pair(self, cells: str) -> None:
        """Paste a pair into the first row of the empty table."""
        self.page.locator(".st-key-roster_pairs summary").click()
        self.watched.settle()
        box = self.page.locator("[class*=st-key-roster_pairs_file] [data-testid=stDataFrame]")
        box.click(position={"x": 100, "y": 50})
        self.page.wait_for_timeout(900)
        self.page.keyboard.press("Escape")
        self.page.wait_for_timeout(300)
        self.page.evaluate("(text) => navigator.clipboard.writeText(text)", cells)
        self.page.keyboard.press("Control+v")
        self.page.wait_for_timeout(900)
        self.watched.settle()


def test_two_days_and_a_night_from_a_file_of_people(page, night_fair, tmp_path):  # noqa: F811
    event = RosterPage(page)
    page.goto(f"/event?ws=main&lang=en&event={night_fair}&tab=roster")
    begin(event)
    read_what_is_missing(event)
    see_the_pairs(event)
    first = duties_on_the_phone(event, tmp_path, "g5")
    assert first, "g5 stands somewhere"
    who = somebody_drops_out(event, "g5")
    assert duties_on_the_phone(event, tmp_path, "g5") == []
    assert set(first) <= set(duties_on_the_phone(event, tmp_path, who))
    saved_as_it_stands(event, who)


def begin(event: RosterPage) -> None:
    """Two days; a file with a partner nobody knows is refused by row, the corrected one is taken, and a pair typed."""
    event.sees("Where people come from")
    event.page.get_by_text("People from a file").click()
    days = event.page.locator(".st-key-roster_days input")
    days.fill("2")
    days.press("Enter")
    event.upload(people(partner="g99"))
    event.make()
    event.sees("row 2: nobody has the id g99")
    event.page.get_by_role("button", name="Remove people.csv").click()
    event.upload(people())
    event.type_pair(TYPED)
    event.make()
    event.sees("checked by a second reckoning", seconds=240)
    event.watched.settle()
    assert days.input_value() == "2", "the form is as it was left"
    assert event.page.get_by_text("people.csv").is_visible()


def read_what_is_missing(event: RosterPage) -> None:
    """No rule is broken; each stay of one person is found by the name; hours missing are told by post."""
    assert event.figure("Rules broken") == "0"
    assert float(event.figure("Hours missing").replace(",", "")) > 0
    whole = stays_shown(event)
    box = event.page.locator(".st-key-roster_person input")
    box.fill("Guard No. 5")
    box.press("Enter")
    event.gone(f"{whole} stays, ")
    assert 0 < stays_shown(event) < whole
    event.tab("What is missing")
    event.sees("What is missing (.csv)")
    with event.page.expect_download() as told:
        event.page.locator(".st-key-roster_missing_file button").click()
    lines = Path(told.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "post_id,post,role,start,end,people"
    assert all(",volunteer," in line for line in lines[1:])
    assert len(lines) > 1


def stays_shown(event: RosterPage) -> int:
    found = re.search(r"([\d,]+) stays?, [\d,]+ h", event.watched.text())
    assert found
    return int(found[1].replace(",", ""))


def see_the_pairs(event: RosterPage) -> None:
    event.tab("Pairs")
    event.sees("3 pairs hold: no roster is made that breaks one")


def duties_on_the_phone(event: RosterPage, folder: Path, who: str) -> list[str]:
    """What a person reads of themselves on a telephone 390 px wide; nothing runs out of the page."""
    with event.page.expect_download() as told:
        event.page.locator(".st-key-roster_html button").click()
    path = folder / "roster.html"
    told.value.save_as(path)
    phone = event.page.context.browser.new_page(viewport={"width": 390, "height": 844})
    phone.goto(path.as_uri())
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    card = phone.locator(f"#person-{who}")
    lines = card.locator("tr").all_inner_texts() if card.count() else []
    if lines:
        assert card.locator("h3").inner_text().startswith(f"Guard No. {who[1:]} · {who}")
        assert "h in all" in card.inner_text()
        assert phone.locator("#posts a[href^='tel:0573']").count() > 0
    phone.close()
    return [" ".join(line.split()) for line in lines]


def somebody_drops_out(event: RosterPage, who: str) -> str:
    """Everybody who may take a stay is listed with reasons; the first says no, the next one takes it over."""
    event.tab("Somebody drops out")
    event.sees("Who drops out")
    box = event.page.locator(".st-key-roster_out [role=combobox]")
    box.click()
    box.fill(who)
    event.page.get_by_role("option", name=f"{who} · Guard No. {who[1:]}", exact=True).click()
    event.watched.settle()
    event.sees("never asked before")
    asked = asked_now(event)
    event.page.locator(".st-key-roster_says_no button").click()
    event.gone(f"Ask {asked} ")
    following = asked_now(event)
    assert following != asked
    event.page.locator(".st-key-roster_takes button").click()
    event.gone(f"Ask {following} ")
    assert event.figure("Rules broken") == "0"
    return following


def asked_now(event: RosterPage) -> str:
    found = re.search(r"Ask (\S+) · ", event.watched.text())
    assert found
    return found[1]


def saved_as_it_stands(event: RosterPage, who: str) -> None:
    """What is kept holds the pairs, the taken stay and a night at the pump house, and breaks no rule."""
    event.page.get_by_role("button", name="Save as version 1", exact=True).click()
    event.page.locator(".st-key-roster_save button").click()
    event.sees("1 saved version")
    kept = newest_roster(open_store("main").desk("administrator"), EVENT)
    case = case_of_document(kept.document)
    assert (kept.document["report"]["broken"], check_roster(case, only=PERSONAL)) == ([], ())
    pairs = {(one.one, one.other, one.is_together, one.why) for one in case.staff.pairs}
    assert pairs == {("g1", "g2", True, ""), ("g3", "g4", False, ""), ("g9", "g10", False, "too new both")}
    assert not case.by_person.get("g5")
    assert case.by_person[who]
    places = [{(one.post_id, one.start, one.end) for one in case.by_person.get(key, [])} for key in ("g1", "g2")]
    assert places[0] == places[1] != set()
    night = case.demand.horizon.slot(case.demand.horizon.start) + 20
    assert sum(one.post_id == "N1" and one.start <= night < one.end for one in kept.assignments) == 2
