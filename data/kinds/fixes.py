"""Position fixes of patrol units: phones, cars, trackers. Kept as Parquet by day."""

from data.kinds._spec import Field, KindSpec, located_fields, lon_lat

SPEC = KindSpec(
    name="fixes",
    title="position fixes",
    key="fix_id",
    shape="point",
    located=True,
    time_field="at",
    fields=(
        Field(
            name="fix_id",
            dtype="text",
            title="fix",
            help="unit and time where the file gives none",
            synonyms=("fix_id",),
        ),
        Field(
            name="unit_id",
            dtype="text",
            title="unit",
            required=True,
            synonyms=("unit_id", "unit", "name_id", "device", "device_id", "imei", "设备编号", "终端号", "人员编号"),
        ),
        Field(
            name="at",
            dtype="time",
            title="time",
            required=True,
            synonyms=("at", "time", "timestamp", "datetime", "gps_time", "时间", "定位时间"),
        ),
        *lon_lat(required=True),
        Field(
            name="accuracy_m",
            dtype="float",
            title="accuracy",
            unit="m",
            low=0,
            synonyms=("accuracy", "accuracy_m", "精度"),
        ),
        Field(
            name="speed_m_s", dtype="float", title="speed", unit="m/s", low=0, synonyms=("speed", "speed_m_s", "速度")
        ),
        *located_fields(),
        Field(
            name="marks",
            dtype="text",
            title="marks",
            help="why a fix is kept but not trusted: future, zero, too_fast, inaccurate; late and unknown_unit inform",
            derived=True,
        ),
    ),
)
