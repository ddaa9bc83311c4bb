"""The settings of rosters and boards; data/settings.py lists them too."""

from __future__ import annotations

from data.setting import Setting

LABOUR = "Labour Law of the PRC, art. 36 and 41: 8 h a day, at most 3 h more"
EVENT_DAY_SETTINGS = (
    Setting(name="roster_rest_h", default=8.0, unit="h", help="rest between two duties", source="county choice"),
    Setting(
        name="roster_longest_duty_h",
        default=12.0,
        unit="h",
        help="from the first to the last minute of one duty, breaks included",
        source="county choice",
    ),
    Setting(name="roster_hours_per_day", default=11.0, unit="h", help="most hours at posts on one day", source=LABOUR),
    Setting(
        name="roster_hours_in_event",
        default=44.0,
        unit="h",
        help="most hours at posts in one event",
        source="the 44-hour week of the Labour Law of the PRC, art. 36",
    ),
    Setting(
        name="roster_posts_per_duty", default=2, unit="posts", help="most posts in one duty", source="county choice"
    ),
    Setting(
        name="roster_watch_h",
        default=8.0,
        unit="h",
        help="longest stay at a post manned round the clock",
        source="three watches a day",
    ),
    Setting(name="roster_shortest_shift_h", default=4.0, unit="h", help="shortest shift", source="county choice"),
    Setting(name="roster_longest_shift_h", default=8.0, unit="h", help="longest shift", source=LABOUR),
    Setting(
        name="roster_absence",
        default=0.1,
        unit="share",
        help="share of people who will be absent, for the people on the roll",
        source="county choice",
    ),
    Setting(name="roster_ratio", default="green_guide", unit="ratio", help="staffing ratio", source="county choice"),
    Setting(
        name="roster_block_work",
        default=0.25,
        unit="CP-SAT's deterministic seconds",
        help="how long the solver works on the roster of one team",
        source="measured",
    ),
    Setting(
        name="roster_repair_work",
        default=1.0,
        unit="CP-SAT's deterministic seconds",
        help="how long the solver works on what the teams left unfilled, twice",
        source="measured",
    ),
)
