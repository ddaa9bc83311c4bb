"""A store made by the migrations has exactly the tables the code works with."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from data.store.engine import write_engine
from data.store.migrations import SCRIPTS, migrate
from data.store.tables import METADATA, SCHEMA_VERSION


def test_migrations_make_the_tables_of_the_code(tmp_path):
    engine = write_engine(tmp_path / "store.sqlite")
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_the_newest_migration_is_the_version_readers_ask_for():
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA_VERSION


def test_stores_are_kept_safe(tmp_path):
    engine = write_engine(tmp_path / "store.sqlite")
    migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    engine.dispose()
