"""Event plans: every version of each, as EVENT.json."""

from alembic import op

revision = "0003"
down_revision = "0002"
STATEMENTS = (
    "CREATE TABLE event_plans ( row_number INTEGER NOT NULL, event_id TEXT NOT NULL, version BIGINT NOT NULL, name "
    "TEXT NOT NULL, area_ids TEXT NOT NULL, document TEXT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT NULL, note "
    "TEXT NOT NULL, copied_from TEXT, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition "
    "BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX event_plans_key ON event_plans (event_id, until_edition)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
