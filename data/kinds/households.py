"""Households: which building and micro-grid, how many live there, rented or not."""

from data.kinds._spec import Field, KindSpec, located_fields

SPEC = KindSpec(
    name="households",
    title="households",
    key="household_id",
    shape="none",
    located=True,
    fields=(
        Field(
            name="household_id",
            dtype="text",
            title="household number",
            required=True,
            synonyms=("id", "household_id", "户编号"),
        ),
        Field(name="building_id", dtype="text", title="building number", synonyms=("building_id", "楼栋编号")),
        Field(name="address", dtype="text", title="address", personal=True, synonyms=("address", "地址")),
        Field(
            name="stated_area_id",
            dtype="text",
            title="area it states",
            synonyms=("area", "area_id", "网格编码", "所属网格", "微网格"),
        ),
        Field(
            name="residents",
            dtype="int",
            title="residents",
            low=0,
            unit="people",
            synonyms=("residents", "人数", "人口"),
        ),
        Field(name="is_rental", dtype="bool", title="rented", synonyms=("is_rental", "rental", "出租")),
        Field(name="is_new_resident", dtype="bool", title="new residents", synonyms=("is_new_resident", "新居民")),
        Field(name="care", dtype="text", title="needs care", personal=True, synonyms=("care", "关爱类型")),
        *located_fields(),
    ),
)
