"""The demonstration event at its full size: capacity, egress, posts and a three-day roster, each with its clock."""

import json
import resource
import time
from dataclasses import replace

import pytest

from data.demo.festival import festival_staff_at
from data.events.posts import place_posts
from data.events.reading import read_event
from data.rosters.demand_file import task_of_event
from data.rosters.run import roster_task
from data.settings import DEFAULTS
from geo.crowd.event.placing import with_posts
from tests.conftest import ROOT, run_wangge

pytestmark = pytest.mark.prove
SAMPLE = ROOT / "docs" / "samples" / "yanguan.json"


def processor_s() -> float:
    """Processor seconds of the commands that have ended: the clock beside other work says little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_yanguan_capacity_and_egress_band_in_ten_seconds(proof, tmp_path):
    run_wangge("egress", SAMPLE, "--report", tmp_path / "warm.json", home=tmp_path)
    began, before = time.perf_counter(), processor_s()
    done = run_wangge("egress", SAMPLE, "--report", tmp_path / "r.json", home=tmp_path)
    seconds, spent = time.perf_counter() - began, processor_s() - before
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert done.returncode == 1
    assert report["egress"]["total"]["runs"] == 60
    runs = f"60 runs and {len(report['egress']['variants'])} variants"
    told = f"{seconds:.1f} s ({spent:.1f} s of one core), 37,600 people, {runs}"
    proof.note("Yanguan: capacity and egress band, whole command", "at most 10 s", told)
    assert seconds <= 10


@pytest.mark.parametrize("posts", [None, 6])
def test_yanguan_posts_are_optimal_in_ten_seconds(proof, posts):
    event, heard = read_event(SAMPLE), []
    found = place_posts(event, posts=posts, progress=lambda share, _: heard.append(share))
    what = "the fewest posts that reach everybody in 5 min" if posts is None else f"most people with {posts} posts"
    reached = f"{found.share:.1%} of {found.people:,.0f} people"
    told = f"{found.status}, {len(found.rows)} posts, {reached}, {found.seconds:.1f} s"
    proof.note(f"Yanguan: {what}", "proven optimal in 10 s", told)
    assert (found.status, found.faults) == ("optimal", ())
    assert found.seconds <= 10
    assert heard == sorted(heard)


@pytest.mark.parametrize("has_posts", [False, True])
def test_yanguan_is_rostered_for_three_days(proof, has_posts):
    """Fixed posts first, then 1:250, by 462 people in five groups and 1,200 volunteers in 18 grid teams."""
    event = read_event(SAMPLE)
    if has_posts:
        event = with_posts(event, [(one.lon, one.lat) for one in place_posts(event, posts=None).rows])
    event = replace(event, event_id="yanguan")
    task, heard = task_of_event(event, ratio="green_guide", days=3), []
    staff = festival_staff_at(task.demand.horizon)
    run = roster_task(task, staff, settings=DEFAULTS, progress=lambda share, _: heard.append(share))
    made = run.roster
    on_duty = len({one.person_id for one in made.assignments})
    told = (f"{made.seconds:.1f} s, {len(made.assignments):,} shifts of {on_duty:,} people, {made.objective:,.0f} of "
            f"{made.needed_hours:,.0f} h missing, {len(run.broken)} rules broken")  # fmt: skip
    placed = sum(one.is_post and not one.role for one in event.places)
    proof.note(f"Yanguan's event plan, {placed} posts placed: roster of three days", "no rule broken, 60 s", told)
    assert run.broken == ()
    assert made.seconds <= 60
    assert (made.objective, made.status) == (0, "optimal")
    assert heard == sorted(heard)
    assert len({person.group for person in staff.people}) == 6
