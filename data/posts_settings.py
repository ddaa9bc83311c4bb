"""Settings of posts: how fast help walks, how long it may take, and how far the solver goes."""

from __future__ import annotations

from data.setting import Setting

POSTS_SETTINGS = (
    Setting(
        name="posts_within_s",
        default=300.0,
        unit="s",
        help="help is in time when someone from a post arrives within this",
        source="county choice: five minutes",
    ),
    Setting(
        name="posts_call_s",
        default=60.0,
        unit="s",
        help="of that time, what passes before someone goes: seeing, calling, answering",
        source="county choice",
    ),
    Setting(
        name="posts_free_speed_m_s",
        default=1.4,
        unit="m/s",
        help="walking speed the relation of speed and density starts from (k of S = k (1 - a D))",
        source="SFPE Handbook, level ground",
    ),
    Setting(
        name="posts_slowing_m2",
        default=0.266,
        unit="m²",
        help="share of the speed lost by each person a m² (a of S = k (1 - a D))",
        source="SFPE Handbook",
    ),
    Setting(
        name="posts_floor_per_m2",
        default=0.54,
        unit="people/m²",
        help="below this density people do not slow each other down",
        source="SFPE Handbook",
    ),
    Setting(
        name="posts_backup_weight",
        default=0.5,
        unit="share",
        help="what reaching someone by a second post is worth against the first",
        source="county choice",
    ),
    Setting(
        name="posts_alternative_loss",
        default=0.05,
        unit="share",
        help="a placement that covers less than the best by more than this is no alternative",
        source="county choice",
    ),
    Setting(
        name="posts_seconds",
        default=60.0,
        unit="s",
        help="longest time a placement is searched for and proven",
        source="design",
    ),
)
