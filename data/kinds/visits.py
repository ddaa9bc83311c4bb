"""Patrol visits with their findings; no track is needed."""

from data.kinds._spec import ADDRESS, STATED_AREA, Field, KindSpec, located_fields, lon_lat

SPEC = KindSpec(
    name="visits",
    title="visits",
    key="visit_id",
    shape="point",
    located=True,
    time_field="started_at",
    fields=(
        Field(
            name="visit_id", dtype="text", title="visit number", required=True, synonyms=("id", "visit_id", "巡查编号")
        ),
        Field(name="person_id", dtype="text", title="person", synonyms=("person_id", "worker", "巡查人", "人员编号")),
        Field(
            name="started_at",
            dtype="time",
            title="started at",
            required=True,
            synonyms=("started_at", "time", "date", "巡查时间", "开始时间"),
        ),
        Field(name="ended_at", dtype="time", title="ended at", synonyms=("ended_at", "结束时间")),
        Field(
            name="purpose",
            dtype="text",
            title="purpose",
            help="household, firm, hazard, rental, route",
            synonyms=("purpose", "巡查类型"),
        ),
        Field(
            name="finding",
            dtype="text",
            title="finding",
            personal=True,
            synonyms=("finding", "result", "巡查结果", "发现问题"),
        ),
        Field(name="place_id", dtype="text", title="place", synonyms=("place_id", "场所编号")),
        Field(name="household_id", dtype="text", title="household", synonyms=("household_id", "户编号")),
        ADDRESS,
        STATED_AREA,
        *lon_lat(),
        *located_fields(),
    ),
)
