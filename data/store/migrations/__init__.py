"""Bringing a store's tables up to date: Alembic, run by the writer only."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

SCRIPTS = Path(__file__).parent


def migrate(engine: Engine) -> None:
    """Bring the store to the newest version; nothing happens if it is there already."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
