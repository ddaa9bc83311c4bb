"""A store made by the migrations has exactly the tables the code works with."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from data.store import open_store
from data.store.engine import write_engine
from data.store.migrations import SCRIPTS, migrate
from data.store.tables import METADATA, SCHEMA_VERSION
from data.writer import write
from geo.errors import StoreError
from tests.ingest.conftest import running_writer


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


def test_a_store_of_the_first_version_opens_and_keeps_its_rows(place):
    """A store as version 0001 left it: rows in, no table of boundaries yet; the next write brings it up to date."""
    path = place / "main" / "store.sqlite"
    before = {kind: open_store().table(kind).to_csv() for kind in ("areas", "incidents", "buildings", "people")}
    make_old(path)
    with pytest.raises(StoreError, match="version 0001"):
        open_store()
    write("main", "add_audit", {"verb": "look", "what": {}}, actor="administrator")
    assert {kind: open_store().table(kind).to_csv() for kind in before} == before
    assert open_store().desk("administrator").boundary_sets() == []
    write("main", "set_setting", {"name": "small_count", "value": 3}, actor="administrator")


def test_the_service_brings_old_stores_up_to_date_when_it_starts(place):
    """Its writer does, before it says that it is ready; a store it cannot read is left as it is."""
    make_old(place / "main" / "store.sqlite")
    broken = place / "broken" / "store.sqlite"
    broken.parent.mkdir()
    broken.write_bytes(b"no database" * 200)
    with running_writer():
        assert open_store().desk("administrator").boundary_sets() == []
    assert broken.read_bytes() == b"no database" * 200


def make_old(path):
    """Make a store what version 0001 left: without the tables that came later."""
    engine = write_engine(path)
    with engine.begin() as connection:
        tables = (
            "past_areas",
            "set_areas",
            "lineage",
            "event_plans",
            "plans",
            "plan_versions",
            "plan_events",
            "plan_editors",
            "roster_versions",
            "boards",
            "board_facts",
        )
        for name in tables:
            connection.exec_driver_sql(f"DROP TABLE {name}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    engine.dispose()
