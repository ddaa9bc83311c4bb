"""Run by Alembic: the connection comes from the writer. Imported by anybody else, it does nothing."""

from alembic import context

from data.store.tables import METADATA

if hasattr(context, "config"):
    context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
    with context.begin_transaction():
        context.run_migrations()
