"""Resources: what, how many, who keeps it and where."""

from data.kinds._spec import ADDRESS, STATED_AREA, Field, KindSpec, located_fields, lon_lat

SPEC = KindSpec(
    name="resources",
    title="resources",
    key="resource_id",
    shape="point",
    located=True,
    fields=(
        Field(
            name="resource_id",
            dtype="text",
            title="resource number",
            required=True,
            synonyms=("id", "resource_id", "编号"),
        ),
        Field(
            name="kind",
            dtype="text",
            title="kind of resource",
            required=True,
            synonyms=("kind", "type", "类型", "物资类型"),
        ),
        Field(
            name="quantity", dtype="float", title="quantity", low=0, required=True, synonyms=("quantity", "qty", "数量")
        ),
        Field(name="unit", dtype="text", title="unit", synonyms=("unit", "单位")),
        Field(name="custodian_id", dtype="text", title="kept by", synonyms=("custodian", "custodian_id", "保管人")),
        Field(name="place_id", dtype="text", title="place", synonyms=("place_id", "存放点")),
        ADDRESS,
        STATED_AREA,
        *lon_lat(),
        *located_fields(),
    ),
)
