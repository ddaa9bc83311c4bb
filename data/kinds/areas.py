"""Areas of one level: county, town, village, grid, micro-grid, or whatever the place calls them."""

from data.kinds._spec import Field, KindSpec

SPEC = KindSpec(
    name="areas",
    title="areas",
    key="area_id",
    shape="polygon",
    fields=(
        Field(
            name="area_id",
            dtype="text",
            title="area code",
            required=True,
            synonyms=("id", "code", "area_id", "grid_id", "网格编码", "编码", "代码", "区划代码"),
        ),
        Field(name="level", dtype="text", title="level", synonyms=("level", "层级", "级别")),
        Field(name="name", dtype="text", title="name", synonyms=("name", "名称", "网格名称", "区域名称")),
        Field(
            name="parent_id",
            dtype="text",
            title="parent area",
            synonyms=("parent", "parent_id", "上级", "上级编码", "所属上级"),
        ),
        Field(
            name="area_class",
            dtype="text",
            title="class of area",
            allowed=("", "town", "village_group", "rental", "dedicated"),
            synonyms=("class", "area_class", "类别", "网格类型"),
        ),
        Field(
            name="dedicated_kind",
            dtype="text",
            title="what a dedicated area is for",
            help="firm, park, school, market, station",
            synonyms=("dedicated_kind", "专属类型"),
        ),
        Field(
            name="households",
            dtype="int",
            title="households",
            unit="households",
            low=0,
            synonyms=("households", "hh", "户数", "住户数"),
        ),
        Field(
            name="footprint_id",
            dtype="text",
            title="footprint",
            help="areas stacked in one tower share a footprint; otherwise the area’s own code",
        ),
        Field(name="valid_from", dtype="date", title="valid from", synonyms=("valid_from", "initialdate", "启用日期")),
        Field(name="valid_to", dtype="date", title="valid to", synonyms=("valid_to", "terminationdate", "停用日期")),
    ),
)
