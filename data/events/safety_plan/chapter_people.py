"""Chapters of people: posts, the roster by post and hour, teams and whom to call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from data.events.safety_plan.structure import Block, Heading, Paragraph, clean, table
from data.rosters.keeping import KeptRoster
from geo.crowd.event import Event
from geo.crowd.event.ground import Place
from geo.crowd.roster.fixed import lines_of
from geo.crowd.roster.horizon import Horizon

Say = Callable[..., str]


def posts_chapter(event: Event, t: Say) -> Iterator[Block]:
    """Give the duty posts of the plan: where they are, the area they serve, who stands there."""
    yield Heading(t("Posts of the plan"))
    posts = [one for one in event.places if one.is_post]
    if not posts:
        yield Paragraph(t("No posts are placed in this plan."))
        return
    rows = [
        (one.place_id, one.name, one.area_id or "–", _standing(one, t), "–" if one.lon is None else f"{one.lon:.5f}",
         "–" if one.lat is None else f"{one.lat:.5f}")
        for one in posts
    ]  # fmt: skip
    yield table((t("Code"), t("What it is called"), t("Viewing area"), t("Who stands there"), t("Longitude"),
                 t("Latitude")), rows, numbers=[4, 5])  # fmt: skip


def _standing(post: Place, t: Say) -> str:
    """Who stands at a duty post at once: by its own role, else by the table of fixed posts."""
    lines = lines_of("duty_post")
    found = [(post.role, 1 if post.people is None else post.people)] if post.role else [
        (one.role, one.people) for one in lines
    ]  # fmt: skip
    return ", ".join(f"{people} {t(role)}" for role, people in found)


def roster_chapter(roster: KeptRoster | None, t: Say) -> Iterator[Block]:
    """Give who stands where and when, by post and hour, and what is missing."""
    yield Heading(t("Roster of the event"))
    if roster is None:
        yield Paragraph(t("No roster of this event is saved in the workspace."))
        return
    report = roster.document["report"]
    yield Paragraph(
        t("Roster {name}, version {version}: {people} people on duty in {shifts} shifts; {missing} of {needed} "
          "person-hours are missing.", name=clean(roster.roster_id), version=roster.version,
          people=f"{report['people_on_duty']:,}", shifts=f"{report['assignments']:,}",
          missing=f"{report['objective']:,.0f}", needed=f"{report['needed_hours']:,.0f}")
    )  # fmt: skip
    posts = post_names(roster)
    yield table(
        (t("Post"), t("From"), t("To"), t("Role in the roster"), t("People"), t("Who")),
        [
            (posts.get(post_id, post_id), begin, end, t(role), str(len(people)), "; ".join(people))
            for (post_id, begin, end, role), people in stays(roster).items()
        ],
        numbers=[4],
    )  # fmt: skip
    yield Heading(t("Missing"), 2)
    if not report["shortfalls"]:
        yield Paragraph(t("Nobody is missing at any post."))
        return
    horizon = horizon_of(roster)
    label = lambda text: horizon.label(horizon.slot(datetime.fromisoformat(text)))  # noqa: E731
    rows = [
        (posts.get(one["post_id"], one["post_id"]), t(one["role"]), label(one["start_at"]), label(one["end_at"]),
         str(one["people"]))
        for one in report["shortfalls"]
    ]  # fmt: skip
    yield table((t("Post"), t("Role in the roster"), t("From"), t("To"), t("People missing")), rows, numbers=[4])


def horizon_of(roster: KeptRoster) -> Horizon:
    """Return the hours the roster is about."""
    told = roster.document["horizon"]
    return Horizon(start=datetime.fromisoformat(told["start"]), slots=told["slots"], slot_min=told["slot_min"],
                   utc_offset_min=told["utc_offset_min"])  # fmt: skip


def post_names(roster: KeptRoster) -> dict[str, str]:
    """Return what the roster's posts are called, code first."""
    return {one["post_id"]: f"{one['post_id']} {one['name'] or ''}".strip() for one in roster.document["posts"]}


def stays(roster: KeptRoster) -> dict[tuple[str, str, str, str], list[str]]:
    """Return who stands at each post in each stretch and role, in the order of post and time."""
    horizon = horizon_of(roster)
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for one in sorted(roster.assignments, key=lambda a: (a.post_id, a.start, a.end, a.role, a.person_id)):
        key = (one.post_id, horizon.label(one.start), horizon.label(one.end), one.role)
        found[key].append(called(roster.people.get(one.person_id), one.person_id))
    return dict(found)


def called(person: dict[str, Any] | None, person_id: str) -> str:
    """
    Return a person's name and telephone as the reader may see them, the id where there is no name.

    Examples
    --------
    >>> called({"name": "张**", "phone": "138****1234"}, "p1"), called(None, "p1")
    ('张** 138****1234', 'p1')
    """
    person = person or {}
    return clean(f"{person.get('name') or person_id} {person.get('phone') or ''}".strip())


def teams_chapter(event: Event, roster: KeptRoster | None, t: Say) -> Iterator[Block]:
    """Give the teams of the plan, grids on event duty, and of each team the person of the roster on duty first."""
    yield Heading(t("Teams and contacts"))
    names = {one.area_id: one.name for one in event.areas}
    listed = lambda ids: ", ".join(names.get(x, x) for x in ids) or t("everywhere")  # noqa: E731
    if event.teams:
        rows = [(one.team_id, one.name, t(one.kind), f"{one.people:,}", listed(one.area_ids)) for one in event.teams]
        yield table((t("Code"), t("What it is called"), t("Kind of thing"), t("People"), t("Answers for")), rows,
                    numbers=[3])  # fmt: skip
    else:
        yield Paragraph(t("No teams are named in this plan."))
    if event.duties:
        yield Heading(t("Grids on event duty"), 2)
        duties = [
            (one.grid_id, one.name, one.village, one.team_id, listed(one.area_ids),
             f"{one.starts_at:%m-%d %H:%M}", f"{one.ends_at:%m-%d %H:%M}")
            for one in event.duties
        ]  # fmt: skip
        yield table((t("Grid"), t("What it is called"), t("Village"), t("Team on duty"), t("Answers for"), t("From"),
                     t("To")), duties)  # fmt: skip
    if roster is not None:
        yield from _contacts(roster, t)


def _contacts(roster: KeptRoster, t: Say) -> Iterator[Block]:
    horizon, posts = horizon_of(roster), post_names(roster)
    first: dict[tuple[str, str], tuple[str, str, str]] = {}
    for one in sorted(roster.assignments, key=lambda a: (a.start, a.person_id)):
        person = roster.people.get(one.person_id) or {}
        group = (str(person.get("group") or ""), str(person.get("team") or ""))
        told = (called(person, one.person_id), posts.get(one.post_id, one.post_id), horizon.label(one.start))
        first.setdefault(group, told)
    yield Heading(t("First on duty of each team"), 2)
    yield table((t("Working group"), t("Team on duty"), t("Who"), t("Post"), t("From")),
                [(*group, *told) for group, told in sorted(first.items())])  # fmt: skip
