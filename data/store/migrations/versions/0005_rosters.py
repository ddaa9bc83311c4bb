"""Rosters by version, and the board of an event day as an append-only log of facts."""

from alembic import op

revision = "0005"
down_revision = "0004"
STATEMENTS = (
    "CREATE TABLE roster_versions ( roster_id TEXT NOT NULL, version BIGINT NOT NULL, event_id TEXT NOT NULL, name TEXT "
    "NOT NULL, area_ids TEXT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT NULL, note TEXT NOT NULL, document TEXT NOT "
    "NULL, people TEXT NOT NULL, PRIMARY KEY (roster_id, version) )",
    "CREATE TABLE boards ( board_id TEXT NOT NULL, event_id TEXT NOT NULL, name TEXT NOT NULL, area_ids TEXT NOT NULL, "
    "is_drill BOOLEAN NOT NULL, actor TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (board_id) )",
    "CREATE TABLE board_facts ( board_id TEXT NOT NULL, sequence BIGINT NOT NULL, source TEXT NOT NULL, source_id TEXT "
    "NOT NULL, kind TEXT NOT NULL, happened_at BIGINT NOT NULL, told_at BIGINT NOT NULL, actor TEXT NOT NULL, payload "
    "TEXT NOT NULL, PRIMARY KEY (board_id, sequence) )",
    "CREATE UNIQUE INDEX board_facts_source ON board_facts (board_id, source, source_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
