"""The one table of settings: every threshold with its unit, its meaning and where it comes from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One value people may change for their county. `source` says who set the default."""

    name: str
    default: Any
    unit: str
    help: str
    source: str


SETTINGS = (
    Setting(
        name="time_zone",
        default="Asia/Shanghai",
        unit="IANA name",
        help="the hours and weekdays people live by",
        source="definition",
    ),
    Setting(
        name="language",
        default="zh_CN",
        unit="zh_CN or en",
        help="language of a page that names none",
        source="definition",
    ),
    Setting(
        name="grid_band_households",
        default=(300, 500),
        unit="households",
        help="a grid's size in principle",
        source="Zhejiang guiding opinion, May 2022",
    ),
    Setting(
        name="micro_grid_band_households",
        default=(50, 80),
        unit="households",
        help="a micro-grid's size in town",
        source="Zhejiang guiding opinion, May 2022",
    ),
    Setting(
        name="village_group_band_households",
        default=(15, 40),
        unit="households",
        help="a micro-grid's size in a village group",
        source="practice in Haining",
    ),
    Setting(
        name="rental_band_households",
        default=(10, 20),
        unit="households",
        help="a micro-grid's size where new residents rent",
        source="practice in Haining",
    ),
    Setting(
        name="visit_window_days",
        default=30,
        unit="days",
        help="a child area counts as visited when its last visit is younger than this",
        source="county choice",
    ),
    Setting(
        name="service_radius_m",
        default=1000.0,
        unit="m",
        help="a household is near a place within this straight-line distance",
        source="county choice",
    ),
    Setting(
        name="service_place_kind",
        default="governance_station",
        unit="kind of place",
        help="the kind of place households are measured against",
        source="county choice",
    ),
    Setting(
        name="sweep_radius_m",
        default=25.0,
        unit="m",
        help="how far to each side of its track a patrol sees",
        source="county choice",
    ),
    Setting(
        name="fix_gap_s",
        default=300,
        unit="s",
        help="two fixes further apart in time than this are not joined into one track",
        source="county choice",
    ),
    Setting(
        name="non_worker_roles",
        default=("volunteer", "reserve", "adviser", "police"),
        unit="roles of people",
        help="people of these roles are not counted as grid workers",
        source="county choice",
    ),
    Setting(
        name="count_kind",
        default="crowd",
        unit="kind of count",
        help="which counts the highest count is taken of: crowd, traffic, telecom",
        source="county choice",
    ),
    Setting(
        name="small_count",
        default=5,
        unit="records",
        help="fewer records than this are shown as uncertain",
        source="common disclosure practice",
    ),
    Setting(
        name="uncertain_ratio",
        default=1.0,
        unit="ratio",
        help="an interval wider than this share of its value is shown as uncertain",
        source="county choice",
    ),
    Setting(
        name="ingest_rows",
        default=50_000,
        unit="rows",
        help="rows published in one transaction",
        source="measured: 210,992 rows in one transaction delay other commits by 0.93 s",
    ),
    Setting(name="reader_seconds", default=120, unit="s", help="time a file's reader process may use", source="design"),
    Setting(
        name="reader_memory_mb", default=6144, unit="MB", help="memory a file's reader process may use", source="design"
    ),
    Setting(
        name="writer_wait_s",
        default=60.0,
        unit="s",
        help="how long a write waits for another one to finish before it is refused",
        source="design",
    ),
    Setting(
        name="reader_wait_s",
        default=5.0,
        unit="s",
        help="how long a reader waits for the store's file before it is refused",
        source="design",
    ),
    Setting(
        name="default_period_days", default=30, unit="days", help="the period a page opens with", source="county choice"
    ),
)
DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def home() -> Path:
    """Return the folder that holds every workspace: `WANGGE_HOME`, else `var` beside app.py."""
    return Path(os.environ.get("WANGGE_HOME") or Path(__file__).resolve().parent.parent / "var")
