"""The first tables, as they were that day: later changes are migrations of their own."""

from alembic import op

revision = "0001"
down_revision = None
STATEMENTS = (
    "CREATE TABLE accounts ( account_id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, area_id TEXT, "
    "PRIMARY KEY (account_id) )",
    "CREATE TABLE areas ( row_number INTEGER NOT NULL, area_id TEXT NOT NULL, level TEXT, name TEXT, parent_id "
    "TEXT, area_class TEXT, dedicated_kind TEXT, households BIGINT, footprint_id TEXT, valid_from TEXT, valid_to "
    "TEXT, lon FLOAT, lat FLOAT, min_lon FLOAT, min_lat FLOAT, max_lon FLOAT, max_lat FLOAT, geometry BLOB, "
    "since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY "
    "(row_number) )",
    "CREATE UNIQUE INDEX areas_key ON areas (area_id, until_edition)",
    "CREATE TABLE audit ( audit_number INTEGER NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL, verb TEXT NOT "
    "NULL, what TEXT NOT NULL, rows_before BIGINT, rows_after BIGINT, edition BIGINT NOT NULL, PRIMARY KEY "
    "(audit_number) )",
    "CREATE TABLE buildings ( row_number INTEGER NOT NULL, building_id TEXT NOT NULL, name TEXT, address TEXT, "
    "kind TEXT, floors BIGINT, households BIGINT, lon FLOAT, lat FLOAT, area_id TEXT, reason TEXT, min_lon FLOAT, "
    "min_lat FLOAT, max_lon FLOAT, max_lat FLOAT, geometry BLOB, since_edition BIGINT NOT NULL, until_edition "
    "BIGINT NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX buildings_area ON buildings (area_id)",
    "CREATE UNIQUE INDEX buildings_key ON buildings (building_id, until_edition)",
    "CREATE TABLE counts ( row_number INTEGER NOT NULL, count_id TEXT NOT NULL, kind TEXT, at BIGINT, value "
    "FLOAT, unit TEXT, stated_area_id TEXT, lon FLOAT, lat FLOAT, area_id TEXT, reason TEXT, since_edition BIGINT "
    "NOT NULL, until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX counts_area ON counts (area_id, at)",
    "CREATE UNIQUE INDEX counts_key ON counts (count_id, until_edition)",
    "CREATE INDEX counts_time ON counts (at)",
    "CREATE TABLE disagreements ( row_number INTEGER NOT NULL, kind TEXT NOT NULL, row_id TEXT NOT NULL, "
    "stated_area_id TEXT NOT NULL, area_id TEXT, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, "
    "origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX disagreements_key ON disagreements (kind, row_id, until_edition)",
    "CREATE TABLE duties ( row_number INTEGER NOT NULL, duty_id TEXT NOT NULL, person_id TEXT, area_id TEXT, role "
    "TEXT, starts_at BIGINT, ends_at BIGINT, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, "
    "origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX duties_area ON duties (area_id, starts_at)",
    "CREATE UNIQUE INDEX duties_key ON duties (duty_id, until_edition)",
    "CREATE INDEX duties_time ON duties (starts_at)",
    "CREATE TABLE editions ( edition BIGINT NOT NULL, verb TEXT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT "
    "NULL, tables TEXT NOT NULL, PRIMARY KEY (edition) )",
    "CREATE TABLE fix_manifest ( row_number INTEGER NOT NULL, day TEXT NOT NULL, file TEXT NOT NULL, rows BIGINT "
    "NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, sha256 TEXT NOT NULL, since_edition BIGINT NOT "
    "NULL, until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX fix_manifest_key ON fix_manifest (file, until_edition)",
    "CREATE TABLE households ( row_number INTEGER NOT NULL, household_id TEXT NOT NULL, building_id TEXT, address "
    "TEXT, stated_area_id TEXT, residents BIGINT, is_rental BOOLEAN, is_new_resident BOOLEAN, care TEXT, area_id "
    "TEXT, reason TEXT, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition BIGINT NOT "
    "NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX households_area ON households (area_id)",
    "CREATE UNIQUE INDEX households_key ON households (household_id, until_edition)",
    "CREATE TABLE imports ( import_id TEXT NOT NULL, edition BIGINT NOT NULL, kind TEXT NOT NULL, level TEXT, "
    "file_name TEXT, sha256 TEXT, licence TEXT, attribution TEXT, rows BIGINT NOT NULL, actor TEXT NOT NULL, at "
    "BIGINT NOT NULL, options TEXT NOT NULL, result TEXT NOT NULL, undone_edition BIGINT, PRIMARY KEY (import_id) "
    ")",
    "CREATE TABLE incident_events ( row_number INTEGER NOT NULL, event_id TEXT NOT NULL, incident_id TEXT, at "
    "BIGINT, stage TEXT, actor_id TEXT, note TEXT, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, "
    "origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX incident_events_incident ON incident_events (incident_id)",
    "CREATE UNIQUE INDEX incident_events_key ON incident_events (event_id, until_edition)",
    "CREATE INDEX incident_events_time ON incident_events (at)",
    "CREATE TABLE incidents ( row_number INTEGER NOT NULL, incident_id TEXT NOT NULL, source TEXT, occurred_at "
    "BIGINT, reported_at BIGINT, category TEXT, subcategory TEXT, title TEXT, urgency TEXT, address TEXT, "
    "stated_area_id TEXT, lon FLOAT, lat FLOAT, status TEXT, accepted_at BIGINT, dispatched_at BIGINT, arrived_at "
    "BIGINT, handled_at BIGINT, verified_at BIGINT, closed_at BIGINT, due_at BIGINT, handler_id TEXT, "
    "rework_count BIGINT, area_id TEXT, reason TEXT, since_edition BIGINT NOT NULL, until_edition BIGINT NOT "
    "NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX incidents_area ON incidents (area_id, occurred_at)",
    "CREATE UNIQUE INDEX incidents_key ON incidents (incident_id, until_edition)",
    "CREATE INDEX incidents_time ON incidents (occurred_at)",
    "CREATE TABLE levels ( row_number INTEGER NOT NULL, \"key\" TEXT NOT NULL, rank INTEGER NOT NULL, title TEXT "
    "NOT NULL, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, "
    "PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX levels_key ON levels (\"key\", until_edition)",
    "CREATE TABLE notices ( row_number INTEGER NOT NULL, import_id TEXT NOT NULL, kind TEXT NOT NULL, text TEXT "
    "NOT NULL, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, "
    "PRIMARY KEY (row_number) )",
    "CREATE TABLE people ( row_number INTEGER NOT NULL, person_id TEXT NOT NULL, name TEXT, role TEXT, area_id "
    "TEXT, phone TEXT, stand_in_id TEXT, organisation TEXT, since_edition BIGINT NOT NULL, until_edition BIGINT "
    "NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX people_area ON people (area_id)",
    "CREATE UNIQUE INDEX people_key ON people (person_id, until_edition)",
    "CREATE TABLE places ( row_number INTEGER NOT NULL, place_id TEXT NOT NULL, kind TEXT, name TEXT, level TEXT, "
    "capacity BIGINT, address TEXT, stated_area_id TEXT, lon FLOAT, lat FLOAT, area_id TEXT, reason TEXT, "
    "since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY "
    "(row_number) )",
    "CREATE INDEX places_area ON places (area_id)",
    "CREATE UNIQUE INDEX places_key ON places (place_id, until_edition)",
    "CREATE TABLE resources ( row_number INTEGER NOT NULL, resource_id TEXT NOT NULL, kind TEXT, quantity FLOAT, "
    "unit TEXT, custodian_id TEXT, place_id TEXT, address TEXT, stated_area_id TEXT, lon FLOAT, lat FLOAT, "
    "area_id TEXT, reason TEXT, since_edition BIGINT NOT NULL, until_edition BIGINT NOT NULL, origin_edition "
    "BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX resources_area ON resources (area_id)",
    "CREATE UNIQUE INDEX resources_key ON resources (resource_id, until_edition)",
    "CREATE TABLE roads ( row_number INTEGER NOT NULL, road_id TEXT NOT NULL, name TEXT, road_class TEXT, min_lon "
    "FLOAT, min_lat FLOAT, max_lon FLOAT, max_lat FLOAT, geometry BLOB, since_edition BIGINT NOT NULL, "
    "until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX roads_key ON roads (road_id, until_edition)",
    "CREATE TABLE settings ( name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name) )",
    "CREATE TABLE under_way ( edition BIGINT NOT NULL, verb TEXT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT "
    "NULL, PRIMARY KEY (edition) )",
    "CREATE TABLE visits ( row_number INTEGER NOT NULL, visit_id TEXT NOT NULL, person_id TEXT, started_at "
    "BIGINT, ended_at BIGINT, purpose TEXT, finding TEXT, place_id TEXT, household_id TEXT, address TEXT, "
    "stated_area_id TEXT, lon FLOAT, lat FLOAT, area_id TEXT, reason TEXT, since_edition BIGINT NOT NULL, "
    "until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE INDEX visits_area ON visits (area_id, started_at)",
    "CREATE UNIQUE INDEX visits_key ON visits (visit_id, until_edition)",
    "CREATE INDEX visits_time ON visits (started_at)",
    "CREATE TABLE water ( row_number INTEGER NOT NULL, water_id TEXT NOT NULL, name TEXT, water_class TEXT, "
    "min_lon FLOAT, min_lat FLOAT, max_lon FLOAT, max_lat FLOAT, geometry BLOB, since_edition BIGINT NOT NULL, "
    "until_edition BIGINT NOT NULL, origin_edition BIGINT NOT NULL, PRIMARY KEY (row_number) )",
    "CREATE UNIQUE INDEX water_key ON water (water_id, until_edition)",
    "CREATE TABLE workspace ( uid TEXT NOT NULL, title TEXT NOT NULL, is_synthetic BOOLEAN NOT NULL, created_at "
    "BIGINT NOT NULL, edition BIGINT NOT NULL, PRIMARY KEY (uid) )",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
