"""A value per area or cell and hour: crowd, traffic, telecom heat."""

from data.kinds._spec import STATED_AREA, Field, KindSpec, located_fields, lon_lat

SPEC = KindSpec(
    name="counts",
    title="counts",
    key="count_id",
    shape="point",
    located=True,
    time_field="at",
    fields=(
        Field(
            name="count_id",
            dtype="text",
            title="count",
            help="kind, place and time where the file gives none",
            synonyms=("id", "count_id"),
        ),
        Field(
            name="kind",
            dtype="text",
            title="what is counted",
            required=True,
            help="crowd, traffic, telecom",
            synonyms=("kind", "type", "类型"),
        ),
        Field(name="at", dtype="time", title="time", required=True, synonyms=("at", "time", "hour", "时间")),
        Field(
            name="value",
            dtype="float",
            title="value",
            required=True,
            low=0,
            synonyms=("value", "count", "数值", "人数", "流量"),
        ),
        Field(name="unit", dtype="text", title="unit", synonyms=("unit", "单位")),
        STATED_AREA,
        *lon_lat(),
        *located_fields(),
    ),
)
