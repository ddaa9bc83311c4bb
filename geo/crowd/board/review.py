"""Afterwards: plan against done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from geo.crowd.board.facts import Fact
from geo.crowd.board.parts import counts
from geo.crowd.board.plan import moment_of, stamp
from geo.crowd.board.spans import overlap_minutes
from geo.crowd.board.state import Board, rebuild, take_fact


@dataclass(frozen=True, kw_only=True)
class PostReview:
    """
    Minutes planned, minutes somebody planned was there, minutes nobody was; arrivals late and their worst delay; who
    never came, and how often somebody stood in. A stay taken over while it ran counts as two, each for its own part.
    """

    post_id: str
    planned_min: float
    manned_min: float
    empty_min: float
    arrivals: int
    late: int
    worst_late_min: float
    never_came: int
    replaced: int


@dataclass(frozen=True, kw_only=True)
class StageReview:
    """When a stage was planned and when it came, in minutes late; None where one of the two is missing."""

    stage_id: str
    planned_at: str
    came_at: str | None
    minutes_late: float | None


@dataclass(frozen=True, kw_only=True)
class CountReview:
    """People expected in an area at a moment and people there by the books then."""

    area_id: str
    at: str
    expected: int
    counted: int


@dataclass(frozen=True, kw_only=True)
class Review:
    """
    The day against its plan. Response times are of alarms taken up and incidents reached; those never are counted in
    `never_taken` and `never_reached`, so that no median flatters.
    """

    posts: tuple[PostReview, ...]
    stages: tuple[StageReview, ...]
    counts: tuple[CountReview, ...]
    alarms: int
    never_taken: int
    alarm_median_s: float | None
    incidents: int
    never_reached: int
    incident_median_s: float | None
    tasks: int
    done_in_time: int
    done_late: int
    not_done: int
    unexplained: int


def review_day(facts: list[Fact], *, until: datetime) -> Review:
    """
    Return the review of a log up to a moment.

    Who is still at a post then counts as there until then; stays after it are not planned yet. A delay counts from
    the start of a stay, and one within `late_min` of the plan is in time.
    """
    log = sorted((one for one in facts if one.at <= until), key=lambda one: one.sequence)
    board = rebuild(log)
    alarms = board.parts["density"]["alarms"]
    incidents = list(board.parts["incidents"]["incidents"].values())
    tasks = list(board.parts["tasks"]["tasks"].values())
    due = [one for one in tasks if one["dropped_at"] is None and moment_of(one["due_at"]) <= until]
    done = [one for one in due if one["done_at"] is not None]
    in_time = sum(one["done_at"] <= one["due_at"] for one in done)
    return Review(
        posts=_posts(board, until),
        stages=_stages(board),
        counts=_counts(log, board, until),
        alarms=len(alarms),
        never_taken=sum(one["taken_at"] is None for one in alarms),
        alarm_median_s=_median([(one["raised_at"], one["taken_at"]) for one in alarms]),
        incidents=len(incidents),
        never_reached=sum(one["arrived_at"] is None for one in incidents),
        incident_median_s=_median([(one["opened_at"], one["arrived_at"]) for one in incidents]),
        tasks=len(due),
        done_in_time=in_time,
        done_late=len(done) - in_time,
        not_done=len(due) - len(done),
        unexplained=counts.unexplained(board.parts["counts"]["areas"][counts.SITE]),
    )


def _median(pairs: list[tuple[str, str | None]]) -> float | None:
    lasted = [(moment_of(end) - moment_of(start)).total_seconds() for start, end in pairs if end is not None]
    return median(lasted) if lasted else None


def _posts(board: Board, until: datetime) -> tuple[PostReview, ...]:
    part = board.parts["posts"]
    there = [(who, post, moment_of(a), moment_of(b)) for who, post, _, a, b in part["done"]]
    there += [(who, one["post_id"], moment_of(one["since"]), until) for who, one in part["present"].items()]
    rows = []
    for post in board.plan.posts:
        stays = [
            (one["person_id"], moment_of(one["start_at"]), min(moment_of(one["end_at"]), until))
            for one in part["stays"]
            if one["post_id"] == post.post_id and moment_of(one["start_at"]) < until
        ]
        here = [(who, a, b) for who, post_id, a, b in there if post_id == post.post_id]
        delays, never = [], 0
        for who, start, end in stays:
            came = [a for other, a, b in here if other == who and b > start and a < end]
            never += not came
            delays += [max((min(came) - start).total_seconds() / 60, 0.0)] if came else []
        planned = sum((end - start).total_seconds() / 60 for _, start, end in stays)
        manned = sum(
            overlap_minutes([(start, end)], [(a, b) for other, a, b in here if other == who])
            for who, start, end in stays
        )
        wanted = [(start, end) for _, start, end in stays]
        covered = overlap_minutes(wanted, [(a, b) for _, a, b in here])
        late = [one for one in delays if one > board.plan.late_min]
        rows.append(
            PostReview(post_id=post.post_id, planned_min=planned, manned_min=manned,
                       empty_min=overlap_minutes(wanted, wanted) - covered, arrivals=len(delays), late=len(late),
                       worst_late_min=max(late, default=0.0), never_came=never,
                       replaced=sum(one[2] == post.post_id for one in part["replaced"]))
        )  # fmt: skip
    return tuple(rows)


def _stages(board: Board) -> tuple[StageReview, ...]:
    first: dict[str, str] = {}
    for stage_id, at, _ in board.parts["stages"]["changes"]:
        first.setdefault(stage_id, at)
    rows = []
    for one in board.plan.stages:
        came = first.get(one.stage_id)
        late = None
        if came is not None and one.planned_at:
            late = (moment_of(came) - moment_of(one.planned_at)).total_seconds() / 60
        rows.append(StageReview(stage_id=one.stage_id, planned_at=one.planned_at, came_at=came, minutes_late=late))
    return tuple(rows)


def _counts(log: list[Fact], board: Board, until: datetime) -> tuple[CountReview, ...]:
    """The books at each expected moment: the counts told with a time up to it, in their order."""
    wanted = sorted((one for one in board.plan.crowds if moment_of(one.at) <= until and one.people is not None),
                    key=lambda one: (moment_of(one.at), one.area_id))  # fmt: skip
    told = sorted((one for one in log[1:] if one.kind in ("counted", "headcount")), key=lambda f: (f.at, f.sequence))
    rows, books, at = [], rebuild(log[:1]), 0
    for one in wanted:
        while at < len(told) and told[at].at <= moment_of(one.at):
            take_fact(books, told[at])
            at += 1
        counted = counts.present(books.parts["counts"]["areas"][one.area_id])
        rows.append(CountReview(area_id=one.area_id, at=stamp(moment_of(one.at)), expected=int(one.people or 0),
                                counted=counted))  # fmt: skip
    return tuple(rows)
