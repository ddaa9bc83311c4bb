"""The first tables."""

from alembic import op

from data.store.tables import METADATA

revision = "0001"
down_revision = None


def upgrade():
    METADATA.create_all(op.get_bind())
