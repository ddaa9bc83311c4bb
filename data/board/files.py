"""What of a board goes out as a file: its log, and the review of plan against done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from data.board.drill_clock import kept_clock
from data.board.keeping import export_log, facts_since, read_board
from data.board.review_sheets import review_bytes
from data.store.desk import Desk
from geo.crowd.board.plan import moment_of
from geo.crowd.board.review import review_day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {"log.xlsx": XLSX, "log.csv": "text/csv", "log.jsonl": "application/x-ndjson", "review.xlsx": XLSX}
"""Names of the files there are, and what kind each is."""


def board_file(desk: Desk, board_id: str, name: str) -> bytes:
    """
    Return one of `FILES` of a board: the log whole, the review as of the moment the board is at.

    Raises
    ------
    StoreError
        If there is no such board, or the person may not see it.
    """
    if name == "review.xlsx":
        until = moment_of_board(desk, board_id)
        return review_bytes(review_day([one for one in facts_since(desk, board_id) if one.at <= until], until=until))
    with TemporaryDirectory() as folder:
        out = Path(folder) / name
        export_log(desk, board_id, out)
        return out.read_bytes()


def moment_of_board(desk: Desk, board_id: str) -> datetime:
    """Return the moment a board is at: that of the clock of its drill, else now; a drill nobody looks at stands."""
    board = read_board(desk, board_id)
    if not board.plan.is_drill:
        return datetime.now(UTC)
    clock = kept_clock((desk.store.uid, board_id))
    return moment_of(board.at) if clock is None else clock.now()
