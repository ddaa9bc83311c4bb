"""Three outbreaks planted among the incidents, so that warning rules have a known answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground


@dataclass(frozen=True, kw_only=True)
class Outbreak:
    """
    `size` incidents of one subcategory above the usual, in one area, within `duration_h` hours.

    It starts `days_before` days before the end of the history, at `starts_at_h` o'clock local time.
    `place` says which area is chosen: the village of a market, the village with most rental micro-grids, a town.
    """

    key: str
    title: str
    category: str
    subcategory: str
    place: str
    level: str
    days_before: int
    starts_at_h: int
    duration_h: int
    size: int


OUTBREAKS = (
    Outbreak(
        key="market_food", title="农贸市场周边疑似食物中毒", category="食品安全", subcategory="疑似食物中毒",
        place="market", level="village", days_before=4, starts_at_h=7, duration_h=36, size=38,
    ),
    Outbreak(
        key="rental_fraud", title="新居民聚居区电信诈骗", category="治安案件", subcategory="电信诈骗",
        place="rental", level="village", days_before=11, starts_at_h=9, duration_h=120, size=64,
    ),
    Outbreak(
        key="town_flood", title="强降雨内涝积水", category="公共设施", subcategory="内涝积水",
        place="town", level="town", days_before=24, starts_at_h=15, duration_h=8, size=150,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PlantedOutbreak:
    """An outbreak where and when it was planted: `area_id`, `start` and `end` (aware UTC)."""

    outbreak: Outbreak
    area_id: str
    start: pd.Timestamp
    end: pd.Timestamp


def plant_outbreaks(ground: Ground, *, until: pd.Timestamp) -> tuple[PlantedOutbreak, ...]:
    """Return the three outbreaks of a county whose history ends at `until` (local midnight, aware)."""
    planted = []
    for outbreak in OUTBREAKS:
        start = until - pd.Timedelta(days=outbreak.days_before) + pd.Timedelta(hours=outbreak.starts_at_h)
        end = start + pd.Timedelta(hours=outbreak.duration_h)
        area = _area(ground, outbreak)
        planted.append(
            PlantedOutbreak(outbreak=outbreak, area_id=area, start=start.tz_convert("UTC"), end=end.tz_convert("UTC"))
        )
    return tuple(planted)


def _area(ground: Ground, outbreak: Outbreak) -> str:
    micro = ground.micro
    if outbreak.place == "town":
        flooded = micro[micro["town"].str.startswith("许村")]
        return str((flooded if len(flooded) else micro)["town_id"].iloc[-1])
    chosen = micro["dedicated_kind"] == "market" if outbreak.place == "market" else micro["area_class"] == "rental"
    pool = micro[chosen] if chosen.any() else micro
    return str(pool.groupby("village_id").size().sort_index().idxmax())


def outbreak_rows(ground: Ground, planted: PlantedOutbreak, *, seed: int) -> pd.DataFrame:
    """Return its incidents: `micro` (row in ground.micro), `occurred_at`, `category`, `subcategory`."""
    outbreak = planted.outbreak
    rng = stream(seed, f"outbreak {outbreak.key}")
    inside = np.flatnonzero(ground.micro[f"{outbreak.level}_id"] == planted.area_id)
    share = np.sort(rng.beta(2, 3, outbreak.size))
    return pd.DataFrame(
        {
            "micro": rng.choice(inside, outbreak.size),
            "occurred_at": planted.start + pd.to_timedelta(np.floor(share * outbreak.duration_h * 3600), unit="s"),
            "category": outbreak.category,
            "subcategory": outbreak.subcategory,
        }
    )
