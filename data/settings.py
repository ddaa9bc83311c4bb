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
    Setting(
        name="ingest_body_mb",
        default=16,
        unit="MB",
        help="the longest body of one request; a longer one is refused with 413",
        source="design: a batch of 1,000 fixes is 0.13 MB",
    ),
    Setting(
        name="ingest_body_rows",
        default=50_000,
        unit="rows",
        help="the most rows of one request",
        source="design: rows of one transaction",
    ),
    Setting(name="ingest_depth", default=8, unit="levels", help="how deep values of a row may nest", source="design"),
    Setting(
        name="ingest_queue_mb",
        default=64,
        unit="MB",
        help="bodies that may wait for the writer; when they are more, a request is answered 429 and loses nothing",
        source="design: about ten seconds of the province profile",
    ),
    Setting(
        name="ingest_retry_s",
        default=2,
        unit="s",
        help="when to come back after a 429, told in Retry-After",
        source="design",
    ),
    Setting(
        name="ingest_wait_s",
        default=30.0,
        unit="s",
        help="how long a request waits for its commit before it is answered 503; it may then be sent again",
        source="design",
    ),
    Setting(
        name="ingest_group_bytes",
        default=2_000_000,
        unit="bytes",
        help="waiting requests that share one transaction, at most this much",
        source="design: about 15,000 fixes",
    ),
    Setting(
        name="ingest_future_s",
        default=60,
        unit="s",
        help="a fix further ahead of the clock is kept and marked `future`",
        source="design: clocks set by radio or network differ by seconds",
    ),
    Setting(
        name="ingest_late_s",
        default=300,
        unit="s",
        help="a fix that comes later after its time is marked `late`, which is information only",
        source="design: as `live_stale_s`",
    ),
    Setting(
        name="ingest_max_speed_m_s",
        default=70.0,
        unit="m/s",
        help="a unit that would have been faster is kept and marked `too_fast`",
        source="design: 252 km/h, above any patrol vehicle",
    ),
    Setting(
        name="ingest_accuracy_m",
        default=100.0,
        unit="m",
        help="the worst accuracy believed where a fix lies in no area; inside one it is the area's own radius",
        source="design",
    ),
    Setting(
        name="ingest_publish_s",
        default=60,
        unit="s",
        help="how often incidents that came in are published to pages; live maps show them at once",
        source="design: every publish lets caches go",
    ),
    Setting(
        name="segment_rows",
        default=2_000_000,
        unit="fixes",
        help="a segment of unsealed fixes is closed at this size",
        source="design",
    ),
    Setting(
        name="segment_s",
        default=3600,
        unit="s",
        help="a segment of unsealed fixes is closed at this age",
        source="design",
    ),
    Setting(
        name="segment_grace_s",
        default=120,
        unit="s",
        help="how long a sealed segment stays for pages that began before it was sealed",
        source="design: longer than a page takes",
    ),
    Setting(
        name="live_tick_s",
        default=0.25,
        unit="s",
        help="changes within this time go to live maps together",
        source="design: a quarter of the longest delay allowed",
    ),
    Setting(
        name="live_beat_s",
        default=5.0,
        unit="s",
        help="how often a live map hears that all is well",
        source="design",
    ),
    Setting(
        name="live_ring_s",
        default=300,
        unit="s",
        help="how long a live map may be cut off and still resume without a new snapshot",
        source="design: ten times the cut tested",
    ),
    Setting(
        name="live_unit_hours",
        default=12.0,
        unit="h",
        help="a unit not heard of for longer is not on a live map",
        source="design: one shift",
    ),
    Setting(
        name="live_new_s",
        default=300,
        unit="s",
        help="how long an incident that nobody has been sent to is announced as new on the live map",
        source="county choice",
    ),
    Setting(
        name="live_silent_s",
        default=15,
        unit="s",
        help="the live map says in red that nothing has come for longer than this",
        source="design: three beats of the feed",
    ),
    Setting(
        name="live_closed_s",
        default=600,
        unit="s",
        help="how long a closed incident stays on a live map",
        source="design",
    ),
    Setting(
        name="live_incident_days",
        default=90,
        unit="days",
        help="open incidents older than this are on pages, not on live maps",
        source="design",
    ),
    Setting(
        name="live_stale_s",
        default=300,
        unit="s",
        help="a unit not heard of for longer is shown as stale",
        source="design",
    ),
    Setting(
        name="live_stale_kinds",
        default="",
        unit="kind=seconds",
        help="other times for kinds of unit, as `police=120 tracker=600`",
        source="county choice",
    ),
    Setting(
        name="live_restore_rows",
        default=5_000_000,
        unit="fixes",
        help="the most sealed fixes read at a start to find where units are",
        source="design: about three seconds of reading",
    ),
)
DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def home() -> Path:
    """Return the folder that holds every workspace: `WANGGE_HOME`, else `var` beside app.py."""
    return Path(os.environ.get("WANGGE_HOME") or Path(__file__).resolve().parent.parent / "var")
