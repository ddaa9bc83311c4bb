"""Building footprints with their address: what an address is placed against."""

from data.kinds._spec import Field, KindSpec, located_fields

SPEC = KindSpec(
    name="buildings",
    title="buildings",
    key="building_id",
    shape="polygon",
    located=True,
    fields=(
        Field(
            name="building_id",
            dtype="text",
            title="building number",
            required=True,
            synonyms=("id", "building_id", "楼栋编号", "osm_id"),
        ),
        Field(name="name", dtype="text", title="name", synonyms=("name", "名称")),
        Field(name="address", dtype="text", title="address", synonyms=("address", "addr", "地址", "详细地址")),
        Field(
            name="kind", dtype="text", title="kind of building", synonyms=("kind", "type", "building", "用途", "类型")
        ),
        Field(name="floors", dtype="int", title="floors", low=0, synonyms=("floors", "levels", "层数")),
        Field(
            name="households",
            dtype="int",
            title="households",
            low=0,
            unit="households",
            synonyms=("households", "户数"),
        ),
        Field(name="lon", dtype="float", title="longitude of a point inside", derived=True, unit="°"),
        Field(name="lat", dtype="float", title="latitude of a point inside", derived=True, unit="°"),
        *located_fields(),
    ),
)
