"""Water: rivers, canals, lakes and the sea, for the offline base map."""

from data.kinds._spec import Field, KindSpec

SPEC = KindSpec(
    name="water",
    title="water",
    key="water_id",
    shape="any",
    fields=(
        Field(name="water_id", dtype="text", title="water number", synonyms=("id", "water_id", "osm_id")),
        Field(name="name", dtype="text", title="name", synonyms=("name", "名称")),
        Field(
            name="water_class",
            dtype="text",
            title="class of water",
            help="river, canal, lake, sea, seawall",
            synonyms=("class", "natural", "waterway", "water_class", "类型"),
        ),
    ),
)
