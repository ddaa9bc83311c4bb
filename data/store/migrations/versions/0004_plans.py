"""Plans of boundaries: their versions, what was done with them, and who has one open."""

from alembic import op

revision = "0004"
down_revision = "0003"
STATEMENTS = (
    "CREATE TABLE plans ( plan_id TEXT NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL, unit_level TEXT NOT NULL, "
    "within TEXT, branched_from TEXT, branched_version BIGINT, state TEXT NOT NULL, version BIGINT NOT NULL, "
    "created_by TEXT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, submitted_by TEXT, "
    "approved_by TEXT, on_date TEXT, import_id TEXT, PRIMARY KEY (plan_id) )",
    "CREATE TABLE plan_versions ( plan_id TEXT NOT NULL, version BIGINT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT "
    "NULL, comment TEXT NOT NULL, based_on BIGINT NOT NULL, content BLOB NOT NULL, zones TEXT NOT NULL, PRIMARY KEY "
    "(plan_id, version) )",
    "CREATE TABLE plan_events ( event_number INTEGER NOT NULL, plan_id TEXT NOT NULL, version BIGINT NOT NULL, act "
    "TEXT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT NULL, what TEXT NOT NULL, PRIMARY KEY (event_number) )",
    "CREATE INDEX ix_plan_events_plan_id ON plan_events (plan_id)",
    "CREATE TABLE plan_editors ( plan_id TEXT NOT NULL, actor TEXT NOT NULL, version BIGINT NOT NULL, seen_at BIGINT "
    "NOT NULL, PRIMARY KEY (plan_id, actor) )",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
