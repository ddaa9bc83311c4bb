"""Boards kept in a workspace, by way of the one writer, and read inside a person's area."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import select

from data.language import translator
from data.store.desk import Desk
from data.store.engine import compile_sql
from data.store.masks import mask_text
from data.store.reading import fetch, to_frame
from data.store.tables import BOARD_FACTS, BOARDS
from data.store.verbs.boards import fact_of_row
from geo.crowd.board.drill import DrillScript, plant_drill
from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import BoardPlan, stamp
from geo.crowd.board.state import FACTS, Board, take_fact
from geo.crowd.board.state import open_board as begin_board
from geo.errors import SchemaError, StoreError, name_few, say

SHOWN = {"board_id": "text", "event_id": "text", "name": "text", "area_ids": "text", "is_drill": "bool",
         "actor": "text", "at": "time"}  # fmt: skip
FREE_TEXT = ("text", "why", "outcome")
AT_ONCE = 500
KEPT = 16
_READ: OrderedDict[tuple[str, str], tuple[Board, str]] = OrderedDict()
_READING = threading.Lock()


def open_board(
    workspace: str, board_id: str, plan: BoardPlan, *, at: datetime, actor: str, area_ids: Sequence[str] = ()
) -> dict[str, Any]:
    """
    Open the board of an event day; from then on everything is told to it.

    `area_ids` are the areas of the store it concerns: whoever answers for one of them sees it. The same plan opened
    again is told as `repeated`.
    """
    from data.writer import write

    payload = {"board_id": board_id, "plan": plan.document(), "at": stamp(at), "area_ids": list(area_ids)}
    return write(workspace, "open_board", payload, actor=actor)


def tell(workspace: str, board_id: str, facts: Sequence[Fact], *, actor: str) -> dict[str, Any]:
    """
    Append facts to a board, all or none; the person telling is the actor of each.

    A fact without a source gets one of its own, so telling it twice keeps it twice; with a (source, source_id) it is
    kept once. Returns sequences (of each fact), repeated (how many were known), sequence (the last of the log).
    """
    from data.writer import write

    told = [
        {
            "kind": fact.kind,
            "at": stamp(fact.at),
            "payload": dict(fact.payload),
            "source": fact.source or "page",
            "source_id": fact.source_id or uuid.uuid4().hex,
        }
        for fact in facts
    ]
    return write(workspace, "tell_board", {"board_id": board_id, "facts": told}, actor=actor)


def boards(desk: Desk) -> pd.DataFrame:
    """Return the boards a person may see, newest first: board_id, event_id, name, area_ids, is_drill, actor, at."""
    statement = select(*(BOARDS.c[name] for name in SHOWN)).order_by(BOARDS.c.at.desc(), BOARDS.c.board_id)
    with desk.store.reading() as connection:
        found = to_frame(fetch(connection, statement, SHOWN), SHOWN)
    if desk.account.area_id is None:
        return found
    tree = desk.hierarchy()
    seen = [any(area in tree for area in orjson.loads(text)) for text in found["area_ids"]]
    return found[seen].reset_index(drop=True)


def facts_since(desk: Desk, board_id: str, sequence: int = 0, *, most: int | None = None) -> list[Fact]:
    """
    Return the facts of a board after a sequence number, in order: what a live page asks for each second.

    Free text is masked for people whose role does not need it; a masked log still rebuilds the same posts, counts,
    alarms and tasks.

    Raises
    ------
    StoreError
        If there is no such board, or the person may not see it.
    """
    _require_seen(desk, board_id)
    found = _rows(desk, board_id, sequence, most)
    return found if desk.sees_personal else clear_facts(found)


def clear_facts(facts: Sequence[Fact]) -> list[Fact]:
    """Return facts with their free text masked; the plan's own words stay."""
    return [
        replace(one, payload={k: mask_text(v) if k in FREE_TEXT and isinstance(v, str) else v
                              for k, v in one.payload.items()})
        for one in facts
    ]  # fmt: skip


def read_board(desk: Desk, board_id: str) -> Board:
    """
    Return the board as its log has it now; read on from where this process left off.

    The caller gets the state to read and changes nothing in it. Free text is in clear only for those who need it.
    """
    _require_seen(desk, board_id)
    key = (f"{desk.store.uid} {desk.sees_personal}", board_id)
    with _READING:
        board, mark = _READ.pop(key, (None, ""))
        if board is not None and _mark(desk, board_id, board.sequence) != mark:
            board = None
        for fact in _shown(desk, _rows(desk, board_id, board.sequence if board else 0, None)):
            if board is None:
                board = begin_board(fact)
            else:
                take_fact(board, fact)
        assert board is not None
        _READ[key] = (board, _mark(desk, board_id, board.sequence))
        while len(_READ) > KEPT:
            _READ.popitem(last=False)
        return Board(board.plan, orjson.loads(orjson.dumps(board.parts)), board.sequence, board.at)


def _shown(desk: Desk, facts: list[Fact]) -> list[Fact]:
    return facts if desk.sees_personal else clear_facts(facts)


def _rows(desk: Desk, board_id: str, since: int, most: int | None) -> list[Fact]:
    columns = BOARD_FACTS.c
    statement = select(BOARD_FACTS).where(columns.board_id == board_id, columns.sequence > since)
    names = [column.name for column in BOARD_FACTS.columns]
    with desk.store.reading() as connection:
        rows = connection.execute(*compile_sql(statement.order_by(columns.sequence).limit(most))).fetchall()
    return [fact_of_row(dict(zip(names, row, strict=True))) for row in rows]


def _mark(desk: Desk, board_id: str, sequence: int) -> str:
    """What tells one log from another of the same workspace: a restored backup may have a shorter one."""
    columns = BOARD_FACTS.c
    statement = select(columns.source, columns.source_id, columns.told_at)
    statement = statement.where(columns.board_id == board_id, columns.sequence == sequence)
    with desk.store.reading() as connection:
        return str(connection.execute(*compile_sql(statement)).fetchone())


def _require_seen(desk: Desk, board_id: str) -> None:
    there = boards(desk)["board_id"].tolist()
    if board_id not in there:
        raise StoreError(
            say("a board that is open"),
            say("{name!r}; there are {names}", name=board_id, names=name_few(there) or "none"),
            say("open it first"),
        )


def start_drill(
    workspace: str, board_id: str, plan: BoardPlan, *, seed: int, actor: str, area_ids: Sequence[str] = (),
    script: DrillScript | None = None, until: datetime | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """
    Open a board marked as a drill and tell it what a seed plants, up to `until` (all of it where None).

    Called again with a later `until`, it tells what has come since: the clock of a drill is the caller's.
    """
    planted = plant_drill(replace(plan, is_drill=True), seed=seed, script=script)
    opening, rest = planted[0], [one for one in planted[1:] if until is None or one.at <= until]
    open_board(workspace, board_id, replace(plan, is_drill=True), at=opening.at, actor=actor, area_ids=area_ids)
    told = {"sequences": [], "repeated": 0, "sequence": 1}
    for at in range(0, len(rest), AT_ONCE):
        told = tell(workspace, board_id, rest[at : at + AT_ONCE], actor=actor)
        if progress is not None:
            progress(min((at + AT_ONCE) / len(rest), 1.0), "drill")
    return {"board_id": board_id, "planted": len(planted), "told": len(rest) + 1, "sequence": told["sequence"]}


def _in_words(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """The log for a reader."""
    t = translator(language)
    heads = {"sequence": "No.", "at": "At (UTC)", "kind": "What", "actor": "By", "source": "Source",
             "source_id": "source id", "payload": "Details"}  # fmt: skip
    kinds = {kind: t(spec.title) for kind, spec in FACTS.items()}
    return table.assign(kind=table["kind"].map(kinds)).rename(columns={key: t(head) for key, head in heads.items()})


def export_log(desk: Desk, board_id: str, out: Path, *, language: str) -> int:
    """
    Write the log of a board: .jsonl one fact a line as it was told, .csv and .xlsx as a table. Returns the facts.

    A workbook has heads and kinds of facts in a language; the other two have field names, for programs. A spreadsheet
    runs nothing in it as a formula.
    """
    from data.formats import safe_cell

    facts = facts_since(desk, board_id)
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    rows = [
        {"sequence": one.sequence, "at": stamp(one.at), "kind": one.kind, "actor": safe_cell(one.actor),
         "source": safe_cell(one.source), "source_id": safe_cell(one.source_id),
         "payload": safe_cell(orjson.dumps(dict(one.payload), option=orjson.OPT_SORT_KEYS).decode())}
        for one in facts
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    writers = {
        ".jsonl": lambda path: path.write_bytes(b"".join(orjson.dumps(one.document()) + b"\n" for one in facts)),
        ".csv": lambda path: table.to_csv(path, index=False, encoding="utf-8-sig"),
        ".xlsx": lambda path: _in_words(table, language).to_excel(path, index=False),
    }
    if out.suffix.lower() not in writers:
        raise SchemaError(
            say("a file that ends in {endings}", endings=", ".join(writers)), say("{name}", name=out.name),
            say("rename it"),
        )  # fmt: skip
    try:
        writers[out.suffix.lower()](part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return len(facts)
