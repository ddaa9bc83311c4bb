"""Incidents: reports, calls and discoveries, with the times of their stages."""

from data.kinds._spec import ADDRESS, STATED_AREA, Field, KindSpec, located_fields, lon_lat

SPEC = KindSpec(
    name="incidents",
    title="incidents",
    key="incident_id",
    shape="point",
    located=True,
    time_field="occurred_at",
    fields=(
        Field(
            name="incident_id",
            dtype="text",
            title="incident number",
            required=True,
            synonyms=("id", "incident_id", "case_id", "event_id", "event_unique_id", "编号", "事件编号", "案件编号"),
        ),
        Field(
            name="source",
            dtype="text",
            title="source",
            help="patrol, hotline, video, resident, upper level",
            synonyms=("source", "来源", "事件来源"),
        ),
        Field(
            name="occurred_at",
            dtype="time",
            title="occurred at",
            required=True,
            synonyms=("occurred_at", "time", "date", "datetime", "occurrence_date", "发生时间", "时间", "上报时间"),
        ),
        Field(
            name="reported_at", dtype="time", title="reported at", synonyms=("reported_at", "report_time", "受理时间")
        ),
        Field(
            name="category",
            dtype="text",
            title="category",
            synonyms=("category", "type", "mci", "offence", "类别", "事件类别", "大类", "事件类型"),
        ),
        Field(name="subcategory", dtype="text", title="subcategory", synonyms=("subcategory", "小类", "事件小类")),
        Field(name="title", dtype="text", title="title", personal=True, synonyms=("title", "标题", "事件标题")),
        Field(
            name="urgency",
            dtype="text",
            title="urgency",
            allowed=("", "normal", "urgent", "critical"),
            synonyms=("urgency", "priority", "紧急程度"),
        ),
        ADDRESS,
        STATED_AREA,
        *lon_lat(),
        Field(
            name="status",
            dtype="text",
            title="status",
            allowed=("", "reported", "accepted", "dispatched", "arrived", "handled", "verified", "closed", "void"),
            synonyms=("status", "状态"),
        ),
        Field(name="accepted_at", dtype="time", title="accepted at", synonyms=("accepted_at", "立案时间")),
        Field(name="dispatched_at", dtype="time", title="dispatched at", synonyms=("dispatched_at", "派遣时间")),
        Field(name="arrived_at", dtype="time", title="arrived at", synonyms=("arrived_at", "到场时间")),
        Field(name="handled_at", dtype="time", title="handled at", synonyms=("handled_at", "处置时间")),
        Field(name="verified_at", dtype="time", title="verified at", synonyms=("verified_at", "核查时间")),
        Field(name="closed_at", dtype="time", title="closed at", synonyms=("closed_at", "结案时间")),
        Field(name="due_at", dtype="time", title="due at", synonyms=("due_at", "deadline", "截止时间", "办结时限")),
        Field(name="handler_id", dtype="text", title="handled by", synonyms=("handler_id", "处置人")),
        Field(name="rework_count", dtype="int", title="times returned", low=0, synonyms=("rework_count", "返工次数")),
        *located_fields(),
    ),
)
