"""Roads: the offline base map and the streets a patrol sweeps."""

from data.kinds._spec import Field, KindSpec

SPEC = KindSpec(
    name="roads",
    title="roads",
    key="road_id",
    shape="line",
    fields=(
        Field(name="road_id", dtype="text", title="road number", synonyms=("id", "road_id", "osm_id")),
        Field(name="name", dtype="text", title="name", synonyms=("name", "名称", "路名")),
        Field(
            name="road_class",
            dtype="text",
            title="class of road",
            help="motorway, trunk, primary, secondary, tertiary, residential, path, bridge",
            synonyms=("class", "highway", "road_class", "道路等级"),
        ),
    ),
)
