"""Boards in the store: opened once, told facts ever after."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select

from data.store.accounts import rights
from data.store.publishing import now_microseconds, to_text
from data.store.reading import to_microseconds
from data.store.tables import BOARD_FACTS, BOARDS, WORKSPACE
from data.store.verbs.call import Call
from data.store.verbs.rosters import require_id, require_own, write_audit
from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import moment_of, plan_of
from geo.crowd.board.state import OPENED, Board, require_fact, take_fact
from geo.crowd.board.state import open_board as begin_board
from geo.errors import SchemaError, ScopeError, StoreError, say

LED = frozenset({"stage_changed", "replaced", "headcount", "task_set", "task_dropped", "message_sent"})
"""Facts only those who organize tell."""
KEPT = 8
Mark = tuple[str, str, int]
_BOARDS: OrderedDict[tuple[str, str], tuple[Board, Mark]] = OrderedDict()
"""Boards told lately, as far as they were read, with the last fact's mark: a restored store may have another log."""


def open_board(call: Call) -> dict[str, Any]:
    """
    Open the board of an event day. Payload: `board_id`, `plan` (a document of `BoardPlan`), `area_ids`, `at`.

    Opening it again with the same plan is told as `repeated`; with another it is refused. Returns board_id, sequence.
    """
    call.take("board_id", "plan", "at", optional=("area_ids",))
    board_id = require_id(call.payload["board_id"])
    area_ids = list(call.payload.get("area_ids") or ())
    require_own(call, area_ids)
    plan = plan_of(call.payload["plan"])
    fact = Fact(kind=OPENED, at=moment_of(call.payload["at"]), payload={"plan": plan.document()}, actor=call.actor,
                source="board", source_id=board_id, sequence=1)  # fmt: skip
    require_fact(None, fact)
    with call.engine.begin() as connection:
        before = _facts(connection, board_id, 0, most=1)
        if before:
            if plan_of(before[0].payload["plan"]) == plan:
                return {"board_id": board_id, "sequence": 1, "repeated": True}
            raise StoreError(
                say("a board that is not open yet"), say("{board!r} is open with another plan", board=board_id),
                say("choose another id, or tell the open board"),
            )  # fmt: skip
        row = {"board_id": board_id, "event_id": plan.event_id, "name": plan.name or plan.event_id,
               "area_ids": to_text(area_ids), "is_drill": plan.is_drill, "actor": call.actor,
               "at": now_microseconds()}  # fmt: skip
        connection.execute(insert(BOARDS).values(row))
        connection.execute(insert(BOARD_FACTS).values(_row(board_id, fact)))
        write_audit(connection, call, {"board_id": board_id, "event_id": plan.event_id, "is_drill": plan.is_drill})
    return {"board_id": board_id, "sequence": 1, "repeated": False}


def tell_board(call: Call) -> dict[str, Any]:
    """
    Append facts to a board's log, all or none. Payload: `board_id`, `facts` (kind, at, payload, source, source_id).

    A fact known by its (source, source_id) is not kept again. Returns sequences (one for each fact, in order),
    repeated (how many were known), sequence (of the last fact in the log).
    """
    call.take("board_id", "facts")
    board_id = str(call.payload["board_id"])
    given = [_fact(one, call.actor) for one in call.payload["facts"]]
    _require_leader(call, given)
    try:
        with call.engine.begin() as connection:
            board = _board(connection, call, board_id)
            sequences, repeated = _append(connection, board, board_id, given)
            _keep(connection, board_id, board)
    except BaseException:
        _BOARDS.clear()
        raise
    return {"sequences": sequences, "repeated": repeated, "sequence": board.sequence}


def _append(connection: Connection, board: Board, board_id: str, facts: Sequence[Fact]) -> tuple[list[int], int]:
    """Number the facts that are new, hold each against the board as it then is, and write them."""
    sequences: list[int] = []
    rows: list[dict[str, Any]] = []
    repeated = 0
    for fact in facts:
        known = _known(connection, board_id, fact, rows)
        if known is not None:
            sequences.append(known)
            repeated += 1
            continue
        numbered = replace(fact, sequence=board.sequence + 1)
        require_fact(board, numbered)
        take_fact(board, numbered)
        rows.append(_row(board_id, numbered))
        sequences.append(numbered.sequence)
    if rows:
        connection.execute(insert(BOARD_FACTS), rows)
    return sequences, repeated


def _fact(given: Mapping[str, Any], actor: str) -> Fact:
    wrong = [key for key in ("kind", "at", "source", "source_id") if not isinstance(given.get(key), str)]
    if wrong or not given["source_id"] or not isinstance(given.get("payload"), Mapping):
        raise SchemaError(
            say("facts with kind, at, payload, source and source_id"),
            say("{wrong}", wrong=", ".join(wrong) or "payload"),
            say("correct it and send it again; nothing was kept"),
        )
    return Fact(kind=given["kind"], at=moment_of(given["at"]), payload=dict(given["payload"]), actor=actor,
                source=given["source"], source_id=given["source_id"])  # fmt: skip


def _require_leader(call: Call, facts: Sequence[Fact]) -> None:
    led = sorted({fact.kind for fact in facts} & LED)
    if led and call.account is not None and not rights(call.account).organizes:
        raise ScopeError(
            say("a person who organizes, for {kinds}", kinds=", ".join(led)),
            say("{name}, {role}", name=call.account.name, role=call.account.role),
            say("ask one of them, or switch person"),
        )


def _board(connection: Connection, call: Call, board_id: str) -> Board:
    """The board up to the end of its log, from what was read before where that is the same log."""
    row = connection.execute(select(BOARDS.c.area_ids).where(BOARDS.c.board_id == board_id)).one_or_none()
    if row is None:
        raise StoreError(say("a board that is open"), say("{board!r}", board=board_id), say("open it first"))
    require_own(call, orjson.loads(row.area_ids))
    uid = connection.execute(select(WORKSPACE.c.uid)).scalar_one()
    board, mark = _BOARDS.pop((uid, board_id), (None, None))
    if board is not None and _mark(connection, board_id, board.sequence) != mark:
        board = None
    for fact in _facts(connection, board_id, board.sequence if board else 0):
        if board is None:
            board = begin_board(fact)
        else:
            take_fact(board, fact)
    assert board is not None
    return board


def _keep(connection: Connection, board_id: str, board: Board) -> None:
    """Remember the board as it is after what was just written."""
    uid = connection.execute(select(WORKSPACE.c.uid)).scalar_one()
    _BOARDS[uid, board_id] = (board, _mark(connection, board_id, board.sequence))
    while len(_BOARDS) > KEPT:
        _BOARDS.popitem(last=False)


def _mark(connection: Connection, board_id: str, sequence: int) -> Mark:
    columns = BOARD_FACTS.c
    statement = select(columns.source, columns.source_id, columns.told_at)
    row = connection.execute(statement.where(columns.board_id == board_id, columns.sequence == sequence)).one_or_none()
    return (row.source, row.source_id, row.told_at) if row else ("", "", 0)


def _known(connection: Connection, board_id: str, fact: Fact, rows: Sequence[dict[str, Any]]) -> int | None:
    for row in rows:
        if (row["source"], row["source_id"]) == (fact.source, fact.source_id):
            return int(row["sequence"])
    columns = BOARD_FACTS.c
    statement = select(columns.sequence).where(
        columns.board_id == board_id, columns.source == fact.source, columns.source_id == fact.source_id
    )
    found = connection.execute(statement).scalar_one_or_none()
    return None if found is None else int(found)


def _facts(connection: Connection, board_id: str, since: int, most: int | None = None) -> list[Fact]:
    columns = BOARD_FACTS.c
    statement = select(BOARD_FACTS).where(columns.board_id == board_id, columns.sequence > since)
    statement = statement.order_by(columns.sequence).limit(most)
    return [fact_of_row(dict(row._mapping)) for row in connection.execute(statement)]


def fact_of_row(row: Mapping[str, Any]) -> Fact:
    """Return the fact a row of the log holds."""
    return Fact(
        kind=row["kind"],
        at=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row["happened_at"]),
        payload=orjson.loads(row["payload"]),
        actor=row["actor"],
        source=row["source"],
        source_id=row["source_id"],
        sequence=row["sequence"],
    )


def _row(board_id: str, fact: Fact) -> dict[str, Any]:
    return {
        "board_id": board_id,
        "sequence": fact.sequence,
        "source": fact.source,
        "source_id": fact.source_id,
        "kind": fact.kind,
        "happened_at": to_microseconds(fact.at),
        "told_at": now_microseconds(),
        "actor": fact.actor,
        "payload": to_text(fact.payload),
    }
