"""The one table of settings: every threshold with its unit, its meaning and where it comes from."""

from __future__ import annotations

import os
from pathlib import Path

from data.event_day_settings import EVENT_DAY_SETTINGS
from data.feed_settings import FEED_SETTINGS
from data.plan_settings import PLAN_SETTINGS
from data.posts_settings import POSTS_SETTINGS
from data.setting import Setting

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
        name="preview_points",
        default=300_000,
        unit="points",
        help="corners of a dropped file drawn on the preview; a larger file is drawn simplified",
        source="measured: 0.2 s to paint in the browser",
    ),
    Setting(
        name="defect_tolerance_m2",
        default=0.01,
        unit="m²",
        help="an overlap or gap of areas up to this size is rounding, not a defect",
        source="design: a square of 10 cm, the accuracy of a good survey",
    ),
    Setting(
        name="sliver_m2",
        default=0.5,
        unit="m²",
        help="a narrow overlap or gap below this size is called a sliver",
        source="design",
    ),
    Setting(
        name="sliver_width_m",
        default=0.1,
        unit="m",
        help="an overlap or gap below this mean width is narrow",
        source="design: the accuracy of a good survey",
    ),
    Setting(
        name="nested_share",
        default=0.99,
        unit="share",
        help="an area with less of its ground in one parent lies under two",
        source="measured: 102 of Toronto's 140 neighbourhoods lie at least 99 % inside one division",
    ),
    Setting(
        name="one_drawing_share",
        default=0.5,
        unit="share",
        help="two levels are one drawing if this much of the coarser one's border is the finer one's bit for bit",
        source="measured: Taiwan 0.998; Chicago and Toronto, drawn separately, 0",
    ),
    Setting(
        name="repair_max_change_share",
        default=0.01,
        unit="share",
        help="a repair changes no area by more of its ground without consent",
        source="design: no household count moves by more than one in a hundred unseen",
    ),
    Setting(
        name="repair_max_change_m2",
        default=1000.0,
        unit="m²",
        help="a repair changes no area by more ground than this without consent, however large the area is",
        source="design: the ground of a few houses",
    ),
    Setting(
        name="repair_snap_m",
        default=0.0,
        unit="m",
        help="how far a repair may move a corner of an area to meet another's border; 0 moves none",
        source="design: moving corners is asked for; 0.1 m is the accuracy of a good survey",
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
        name="lineage_share",
        default=0.05,
        unit="share",
        help="an area is heir of another where they share at least this part of the ground of one of them",
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
        name="guard_sample_points",
        default=2000,
        unit="points",
        help="how many points or corners of a file the coordinate guard looks at",
        source="design",
    ),
    Setting(
        name="guard_misfit_ratio",
        default=0.75,
        unit="ratio",
        help="another coordinate system is believed when it leaves at most this share of a file's misfit",
        source="measured: the GCJ-02 outline of Haining keeps 0.48 of its misfit when shifted back",
    ),
    Setting(
        name="guard_points",
        default=10,
        unit="points",
        help="fewer points than this tell the coordinate guard nothing",
        source="design",
    ),
    Setting(
        name="guard_far_km",
        default=50.0,
        unit="km",
        help="a file most of which lies further from the areas than this is asked about",
        source="county choice",
    ),
    Setting(
        name="guard_coarse_share",
        default=0.95,
        unit="share",
        help="when this share of the points has at most two decimals of a degree, the file is asked about",
        source="design",
    ),
    Setting(
        name="reader_output_mb",
        default=8192,
        unit="MB",
        help="the largest file a reader process may write",
        source="design",
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
        name="tiles_from_areas",
        default=20_000,
        unit="areas",
        help="a level with more areas than this is drawn from vector tiles, built on publish",
        source="measured: docs/decisions/050-areas-as-tiles.md",
    ),
    Setting(
        name="tile_least_px",
        default=1.0,
        unit="pixels",
        help="a level is in the tiles from the zoom at which its middling area is this wide; further out, its parents",
        source="design",
    ),
    Setting(
        name="tile_most_px",
        default=24.0,
        unit="pixels",
        help="the last zoom of the tiles is the one at which the middling area of the finest level is this wide",
        source="measured: docs/decisions/050-areas-as-tiles.md",
    ),
    Setting(name="tile_seconds", default=3600, unit="s", help="time a build of tiles may take", source="design"),
    Setting(
        name="tile_memory_mb",
        default=6144,
        unit="MB",
        help="memory a process that builds tiles may use",
        source="design",
    ),
    Setting(
        name="default_period_days", default=30, unit="days", help="the period a page opens with", source="county choice"
    ),
    *EVENT_DAY_SETTINGS,
    *FEED_SETTINGS,
    *PLAN_SETTINGS,
    *POSTS_SETTINGS,
)
DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def home() -> Path:
    """Return the folder that holds every workspace: `WANGGE_HOME`, else `var` beside app.py."""
    return Path(os.environ.get("WANGGE_HOME") or Path(__file__).resolve().parent.parent / "var")
