"""The handling history of incidents: one row per step, never changed."""

from data.kinds._spec import Field, KindSpec

SPEC = KindSpec(
    name="incident_events",
    title="handling history",
    key="event_id",
    shape="none",
    time_field="at",
    fields=(
        Field(name="event_id", dtype="text", title="event number", required=True, synonyms=("event_id",)),
        Field(
            name="incident_id",
            dtype="text",
            title="incident number",
            required=True,
            synonyms=("incident_id", "事件编号"),
        ),
        Field(name="at", dtype="time", title="time", required=True, synonyms=("at", "time", "时间")),
        Field(
            name="stage",
            dtype="text",
            title="stage",
            allowed=(
                "reported",
                "accepted",
                "dispatched",
                "arrived",
                "handled",
                "verified",
                "closed",
                "void",
                "returned",
                "suspended",
                "resumed",
                "extended",
            ),
            synonyms=("stage", "环节"),
        ),
        Field(name="actor_id", dtype="text", title="by", synonyms=("actor_id", "操作人")),
        Field(name="note", dtype="text", title="note", personal=True, synonyms=("note", "备注")),
    ),
)
