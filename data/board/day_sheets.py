"""The sheets of a board's roster as they stand at a moment of the day, with the replacements told by then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from data.language import translator
from data.rosters.keeping import KeptRoster
from data.rosters.report import CONTACTS, posts_of_document
from data.rosters.sheets import RosterSheets
from geo.crowd.board.plan import moment_of
from geo.crowd.board.state import Board
from geo.crowd.board.stays_now import StayNow, stays_now
from geo.crowd.roster.demand import Demand


def day_sheets(board: Board, kept: KeptRoster, *, board_id: str, at: datetime, language: str) -> RosterSheets:
    """
    Return what the sheets show at a moment: of `kept`, the roster the board was opened with, what stands by then.

    Whoever stands in has the stay, with whose it was; what somebody dropped out of is crossed out, with who has it
    now. Names and telephones are those of `kept`, masked as the reader sees them; who stands in and is on no list is
    shown by the code they were told by.
    """
    t, demand, stays = translator(language), posts_of_document(kept.document), stays_now(board)
    label, report = demand.horizon.label_of, kept.document["report"]
    posts = {one.post_id: one.name or one.post_id for one in board.plan.posts}
    on_duty, out = {one.person_id for one in stays if one.stands}, [one for one in stays if not one.stands]
    return RosterSheets(
        language=language,
        event=kept.name or kept.event_id,
        as_of=t("As it stands at {at}; replacements told: {count}", at=label(at), count=len(out)),
        about=[
            (t("event"), kept.name or kept.event_id),
            (t("board"), f"{board_id} ({t('Drill')})" if board.plan.is_drill else board_id),
            (t("roster"), t("{roster}, version {version}", roster=kept.roster_id, version=kept.version)),
            (t("as it stands at"), label(at)),
            (t("replacements told"), str(len(out))),
            (t("people on duty"), f"{len(on_duty):,} / {report['people']:,}"),
        ],
        stays=[_row(one, kept.people, posts, demand, t) for one in stays],
        missing=_missing(report["shortfalls"], posts, label),
        roll=report["roll"],
    )


def _row(
    one: StayNow, people: Mapping[str, Mapping[str, str]], posts: Mapping[str, str], demand: Demand,
    t: Callable[..., str],
) -> dict[str, Any]:  # fmt: skip
    """One stay with its person as the reader may see them."""
    start, end, label = moment_of(one.start_at), moment_of(one.end_at), demand.horizon.label_of
    note = ""
    if one.given_to:
        note = t("dropped out; {who} stands in since {at}", who=_named(people, one.given_to),
                 at=label(moment_of(one.told_at)))  # fmt: skip
    elif one.instead_of:
        note = t("stands in for {who}", who=_named(people, one.instead_of))
    return {
        "post_id": one.post_id, "post": posts.get(one.post_id, one.post_id), "role": one.role, "start": label(start),
        "end": label(end), "hours": round((end - start).total_seconds() / 3600, 2), "person_id": one.person_id,
        **{key: people.get(one.person_id, {}).get(key, "") for key in CONTACTS}, "note": note,
        "is_out": not one.stands,
    }  # fmt: skip


def _named(people: Mapping[str, Mapping[str, str]], who: str) -> str:
    name = people.get(who, {}).get("name", "")
    return f"{name} ({who})" if name else who


def _missing(
    shortfalls: Sequence[Mapping[str, Any]], posts: Mapping[str, str], label: Callable[[datetime], str]
) -> list[dict[str, Any]]:
    """What the roster was short of when it was made."""
    return [
        {"post_id": one["post_id"], "post": posts.get(one["post_id"], one["post_id"]), "role": one["role"],
         "start": label(moment_of(one["start_at"])), "end": label(moment_of(one["end_at"])), "people": one["people"]}
        for one in shortfalls
    ]  # fmt: skip
