"""Rosters and shifts: who is on duty where and when."""

from data.kinds._spec import Field, KindSpec

SPEC = KindSpec(
    name="duties",
    title="duties",
    key="duty_id",
    shape="none",
    time_field="starts_at",
    fields=(
        Field(name="duty_id", dtype="text", title="duty number", required=True, synonyms=("id", "duty_id", "班次编号")),
        Field(name="person_id", dtype="text", title="person", required=True, synonyms=("person_id", "人员编号")),
        Field(name="area_id", dtype="text", title="area", synonyms=("area", "area_id", "网格编码", "值守区域")),
        Field(name="role", dtype="text", title="role", synonyms=("role", "岗位")),
        Field(
            name="starts_at",
            dtype="time",
            title="starts at",
            required=True,
            synonyms=("starts_at", "start", "开始时间"),
        ),
        Field(name="ends_at", dtype="time", title="ends at", required=True, synonyms=("ends_at", "end", "结束时间")),
    ),
)
