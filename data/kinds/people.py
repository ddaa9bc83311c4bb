"""People who work for the areas: team, role and stand-in."""

from data.kinds._spec import Field, KindSpec

SPEC = KindSpec(
    name="people",
    title="people",
    key="person_id",
    shape="none",
    fields=(
        Field(
            name="person_id",
            dtype="text",
            title="person number",
            required=True,
            synonyms=("id", "person_id", "编号", "人员编号"),
        ),
        Field(name="name", dtype="text", title="name", required=True, personal=True, synonyms=("name", "姓名")),
        Field(
            name="role",
            dtype="text",
            title="role",
            help="grid_head, full_time, part_time, adviser, micro_grid_head, police, volunteer, reserve",
            synonyms=("role", "岗位", "职务", "角色"),
        ),
        Field(name="area_id", dtype="text", title="area", synonyms=("area", "area_id", "网格编码", "所属网格")),
        Field(
            name="phone",
            dtype="text",
            title="phone",
            personal=True,
            synonyms=("phone", "mobile", "电话", "手机", "联系电话"),
        ),
        Field(name="stand_in_id", dtype="text", title="stand-in", synonyms=("stand_in", "stand_in_id", "AB岗", "替岗")),
        Field(name="organisation", dtype="text", title="organisation", synonyms=("organisation", "单位")),
    ),
)
