"""What is open in an event plan and its roster, as rows: said in both languages, with its places on the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import geo.crowd.rules
from data.language import translate_say
from geo.catalogue import discover
from geo.crowd.capacity import rule_findings
from geo.crowd.event import Event, Finding, check_event
from geo.crowd.event.findings import Spot, finding, spots_of
from geo.crowd.roster.case import Broken
from geo.crowd.roster.demand import Post
from geo.crowd.rules._spec import RuleSpec
from geo.errors import Say, name_few, say


@lru_cache(maxsize=1)
def rule_sets() -> Mapping[str, RuleSpec]:
    """Return the catalogue of rule sets."""
    return discover(geo.crowd.rules)


def plan_checks(event: Event) -> tuple[Finding, ...]:
    """Return every fault of a plan and of the rule sets it is judged by, refused ones first."""
    found = (*check_event(event), *rule_findings(event, rule_sets()))
    return tuple(sorted(found, key=lambda one: not one.is_refused))


def both(text: Say) -> dict[str, str]:
    """Say it in English and in Chinese."""
    return {"text": translate_say(text, "en"), "text_zh": translate_say(text, "zh_CN")}


def check_row(one: Finding) -> dict[str, Any]:
    """One finding as the report and a page show it; `places` are its places on the map, the first is lon, lat."""
    return {"kind": one.kind, "ids": list(one.ids), "is_refused": one.is_refused, **both(one.text), "lon": one.lon,
            "lat": one.lat, "places": [list(spot) for spot in one.spots]}  # fmt: skip


def roster_checks(
    event: Event, name: str, posts: Iterable[Post], *, short: Iterable[str], broken: Iterable[Broken] = ()
) -> list[dict[str, Any]]:
    """
    Return what is open in a roster: one row for the posts nobody stands at, one for every rule broken.

    `short` are the ids of posts with too few people. A post without a place of its own is at its viewing area.
    """
    where = {one.post_id: _spots(event, one) for one in posts}
    found, few = [], sorted(set(short))
    if few:
        text = say("roster {name}: people are missing at {posts}", name=name, posts=name_few(few))
        found.append(_row("roster_short", few, text, where))
    for one in broken:
        found.append(_row("roster_broken", one.post_ids, say("roster {name}: {why}", name=name, why=one.why), where))
    return found


def outdated_row(event: Event, name: str, posts: Sequence[str]) -> dict[str, Any]:
    """One open check where posts were moved, taken away or added since the roster was made."""
    text = say("roster {name} is out of date; changed since: {posts}", name=name, posts=name_few(posts))
    things = tuple(thing for _, key, thing in event.things() if key in set(posts))
    return check_row(finding(event, "roster_outdated", things, posts, text))


def _spots(event: Event, post: Post) -> tuple[Spot, ...]:
    if post.lon is not None and post.lat is not None:
        return ((post.lon, post.lat),)
    return spots_of(event, next((one for one in event.areas if one.area_id == post.area_id), None))


def _row(kind: str, ids: Sequence[str], text: Say, where: Mapping[str, tuple[Spot, ...]]) -> dict[str, Any]:
    spots = tuple(dict.fromkeys(spot for one in ids for spot in where.get(one, ())))
    return check_row(Finding(kind=kind, is_refused=False, ids=tuple(ids), text=text, spots=spots))
