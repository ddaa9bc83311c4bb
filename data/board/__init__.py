"""The board of an event day in the store: open, tell, read since, rebuild, export."""

from data.board.keeping import (
    boards,
    clear_facts,
    export_log,
    facts_since,
    open_board,
    read_board,
    start_drill,
    tell,
)

__all__ = ["boards", "clear_facts", "export_log", "facts_since", "open_board", "read_board", "start_drill", "tell"]
