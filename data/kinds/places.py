"""Places: stations, checkpoints, cameras, shelters, parking, schools, firms, markets, viewing points."""

from data.kinds._spec import ADDRESS, STATED_AREA, Field, KindSpec, located_fields, lon_lat

SPEC = KindSpec(
    name="places",
    title="places",
    key="place_id",
    shape="point",
    located=True,
    fields=(
        Field(
            name="place_id",
            dtype="text",
            title="place number",
            required=True,
            synonyms=("id", "place_id", "编号", "场所编号"),
        ),
        Field(
            name="kind",
            dtype="text",
            title="kind of place",
            required=True,
            synonyms=("kind", "type", "类型", "场所类型"),
        ),
        Field(name="name", dtype="text", title="name", synonyms=("name", "名称", "场所名称")),
        Field(name="level", dtype="text", title="level", synonyms=("level", "层级")),
        Field(
            name="capacity",
            dtype="int",
            title="capacity",
            low=0,
            unit="people",
            synonyms=("capacity", "容量", "容纳人数"),
        ),
        ADDRESS,
        STATED_AREA,
        *lon_lat(),
        *located_fields(),
    ),
)
