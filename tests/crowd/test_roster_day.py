"""A roster made in the background, for the hours of any event, and a stay somebody else takes over."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from data.demo.festival import festival_staff, festival_staff_at
from data.rosters.background import RosterJob
from data.rosters.demand_file import RosterTask
from data.rosters.run import taken_over
from data.rosters.sheets import workbook_bytes
from data.settings import DEFAULTS
from geo.crowd.roster.demand import Demand, Need, Post
from geo.crowd.roster.horizon import Horizon
from geo.crowd.roster.people import Person, Staff
from geo.errors import SchemaError

HOURS = Horizon(datetime(2026, 9, 27, 22, tzinfo=UTC), 12, 60, 480)
DEMAND = Demand(HOURS, (Post(post_id="A"),), (Need(post_id="A", role="guard", start=0, end=6, people=1),))
TASK = RosterTask(event_id="e", name="e", demand=DEMAND, time_zone="Asia/Shanghai")


def staff(*ids):
    return Staff(tuple(Person(person_id=one, role="guard") for one in ids))


def test_a_roster_is_made_in_the_background_and_a_stay_taken_over():
    job = RosterJob(TASK, staff("ann", "ben"), settings=DEFAULTS).start().wait()
    assert job.refusal is None
    assert job.run is not None
    assert job.run.broken == ()
    assert job.run.roster.objective == 0
    stay = job.run.roster.assignments[0]
    other = "ben" if stay.person_id == "ann" else "ann"
    run = taken_over(job.run, stay, other)
    assert run.broken == ()
    assert other in {one.person_id for one in run.roster.assignments}
    assert sum(one.end - one.start for one in run.roster.assignments) == 6
    with pytest.raises(SchemaError):
        taken_over(run, replace(stay, person_id="zoe"), "ann")
    with pytest.raises(SchemaError):
        taken_over(job.run, stay, "zoe")


def test_a_stay_taken_over_against_the_rules_says_so():
    short = Staff((Person(person_id="ann", role="guard"), Person(person_id="ben", role="guard", available=((0, 1),))))
    job = RosterJob(TASK, short, settings=DEFAULTS).start().wait()
    stay = next(one for one in job.run.roster.assignments if one.person_id == "ann")
    assert {one.rule for one in taken_over(job.run, stay, "ben").broken} == {"available"}


def test_what_cannot_be_rostered_is_kept_as_a_refusal():
    job = RosterJob(TASK, staff("ann"), settings={**DEFAULTS, "roster_rest_h": -1.0}).start().wait()
    assert isinstance(job.refusal, SchemaError)
    assert job.run is None


def test_the_workbook_opens_again():
    job = RosterJob(TASK, staff("ann"), settings=DEFAULTS).start().wait()
    book = load_workbook(BytesIO(workbook_bytes(job.run, language="en")))
    assert book.worksheets[0].max_row == 1 + len(job.run.roster.assignments)


def test_the_festival_gives_its_mornings_and_afternoons_to_any_event():
    """From 06:00 local for 12 hours: a morning until 14:00 is 8 slots, an afternoon from 12:00 begins at slot 6."""
    moved, first = festival_staff_at(HOURS), festival_staff()
    assert [one.person_id for one in moved.people] == [one.person_id for one in first.people]
    kinds = {(b.available or (None,))[0]: a.available for a, b in zip(moved.people, first.people, strict=True)}
    assert kinds == {None: None, (0, 14): ((0, 8),), (12, 24): ((6, 12),)}
