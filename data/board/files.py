"""What of a board goes out as a file: its log, the roster as it stands, and the review of plan against done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from data.board.day_sheets import day_sheets
from data.board.drill_clock import kept_clock
from data.board.keeping import export_log, facts_since, read_board
from data.board.review_sheets import review_bytes
from data.rosters.keeping import KeptRoster, open_roster, rosters
from data.rosters.page import page_of
from data.rosters.sheets import book_bytes
from data.store.desk import Desk
from geo.crowd.board.plan import moment_of
from geo.crowd.board.review import review_day
from geo.crowd.board.state import rebuild
from geo.errors import SchemaError, say

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {"log.xlsx": XLSX, "log.csv": "text/csv", "log.jsonl": "application/x-ndjson", "review.xlsx": XLSX,
         "roster.xlsx": XLSX, "roster.html": "text/html"}  # fmt: skip
"""Names of the files there are, and what kind each is."""


def board_file(desk: Desk, board_id: str, name: str, *, language: str) -> bytes:
    """
    Return one of `FILES` of a board: the log whole, the review and the roster as of the moment the board is at.

    Raises
    ------
    StoreError
        If there is no such board, or the person may not see it.
    SchemaError
        If the roster is asked for and the board was opened without one, or the person may not see it.
    """
    if not name.startswith("log."):
        until = moment_of_board(desk, board_id)
        told = [one for one in facts_since(desk, board_id) if one.at <= until]
        if name == "review.xlsx":
            return review_bytes(review_day(told, until=until), plan=rebuild(told).plan, language=language)
        shown = day_sheets(rebuild(told), _roster(desk, board_id), board_id=board_id, at=until, language=language)
        return page_of(shown).encode() if name == "roster.html" else book_bytes(shown)
    with TemporaryDirectory() as folder:
        out = Path(folder) / name
        export_log(desk, board_id, out, language=language)
        return out.read_bytes()


def _roster(desk: Desk, board_id: str) -> KeptRoster:
    """The roster a board was opened with, in the version it was."""
    plan = read_board(desk, board_id).plan
    if plan.roster_id not in set(rosters(desk)["roster_id"]):
        raise SchemaError(
            say("a board opened with a saved roster of your area"), say("{board} has none", board=board_id),
            say("save a roster, and open the board with it"),
        )  # fmt: skip
    return open_roster(desk, plan.roster_id, plan.roster_version)


def moment_of_board(desk: Desk, board_id: str) -> datetime:
    """Return the moment a board is at: that of the clock of its drill, else now; a drill nobody looks at stands."""
    board = read_board(desk, board_id)
    if not board.plan.is_drill:
        return datetime.now(UTC)
    clock = kept_clock((desk.store.uid, board_id))
    return moment_of(board.at) if clock is None else clock.now()
