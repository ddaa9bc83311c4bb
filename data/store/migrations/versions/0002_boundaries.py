"""Boundaries over time: past areas, named boundary sets, and which area came of which."""

from alembic import op

revision = "0002"
down_revision = "0001"
STATEMENTS = (
    "CREATE TABLE past_areas ( row_number INTEGER NOT NULL, area_id TEXT NOT NULL, level TEXT, name TEXT, "
    "parent_id TEXT, area_class TEXT, dedicated_kind TEXT, households BIGINT, footprint_id TEXT, valid_from "
    "TEXT, valid_to TEXT, lon FLOAT, lat FLOAT, min_lon FLOAT, min_lat FLOAT, max_lon FLOAT, max_lat FLOAT, "
    "geometry BLOB, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition BIGINT NOT "
    "NULL, PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX past_areas_key ON past_areas (area_id, valid_to, until_edition)",
    "CREATE TABLE set_areas ( row_number INTEGER NOT NULL, set_name TEXT NOT NULL, area_id TEXT NOT NULL, "
    "level TEXT, name TEXT, parent_id TEXT, area_class TEXT, dedicated_kind TEXT, households BIGINT, "
    "footprint_id TEXT, valid_from TEXT, valid_to TEXT, lon FLOAT, lat FLOAT, min_lon FLOAT, min_lat FLOAT, "
    "max_lon FLOAT, max_lat FLOAT, geometry BLOB, since_edition BIGINT NOT NULL, until_edition BIGINT NOT "
    "NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX set_areas_key ON set_areas (set_name, area_id, until_edition)",
    "CREATE TABLE lineage ( row_number INTEGER NOT NULL, from_area_id TEXT NOT NULL, to_area_id TEXT NOT "
    "NULL, level TEXT, kind TEXT NOT NULL, on_date TEXT NOT NULL, share_of_households FLOAT, share_of_area "
    "FLOAT, actor TEXT NOT NULL, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition"
    " BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX lineage_key ON lineage (from_area_id, to_area_id, on_date, until_edition)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
