"""Codes and invented names of the demonstration county's areas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.sources.haining_towns import TOWNS

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

VILLAGE_HEADS = "永丰新华联民双凤群乐红星东庆胜利安康长春金石荷花桃园云龙万善隆兴景云博儒桑梓迎丰建设广福祝会先锋莲花"
VILLAGE_TAILS = "丰联益星庄桥塘埭浜港泾渡场园林坝湾墩界福安兴和民利胜"
COMMUNITY_TAILS = "苑园桥塘庭里街河湖安和福兴宁景春"
DIGITS = "零一二三四五六七八九"
DEDICATED_NAMES = {
    "firm": ("工业园", "科创园", "智造园", "经编园", "产业园"),
    "school": ("中学", "小学", "教育园区", "职业学校"),
    "market": ("农贸市场", "皮革市场", "家纺市场", "商贸城"),
    "station": ("客运中心", "高铁站", "汽车站"),
    "park": ("公园", "湿地公园", "体育公园"),
}


def chinese_number(number: int) -> str:
    """
    Write a number from 1 to 99 in Chinese.

    Examples
    --------
    >>> [chinese_number(n) for n in (3, 10, 12, 20, 35)]
    ['三', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("" if tens == 1 else DIGITS[tens]) + "十"
    return head + (DIGITS[ones] if ones else "")


def reading_order(xy: Array, group: Ints) -> Ints:
    """
    Number points inside each group from 1, west to east in rows from north to south.

    A group of n points has round(sqrt(n)) rows of equal height between its southernmost and northernmost point;
    inside a row the westernmost comes first, of two equally far west the northern one.

    Examples
    --------
    >>> reading_order(np.array([[0.0, 0.0], [5.0, 10.0], [1.0, 9.0], [9.0, 1.0]]), np.zeros(4, dtype=int)).tolist()
    [3, 2, 1, 4]
    """
    count = np.bincount(group)
    rows = np.maximum(np.round(np.sqrt(count)), 1)
    south, north = np.full(len(count), np.inf), np.full(len(count), -np.inf)
    np.minimum.at(south, group, xy[:, 1])
    np.maximum.at(north, group, xy[:, 1])
    height = np.maximum(north - south, 1e-12)[group]
    row = np.minimum(np.floor((north[group] - xy[:, 1]) / height * rows[group]), rows[group] - 1)
    order = np.lexsort((-xy[:, 1], xy[:, 0], row, group))
    first = np.searchsorted(group[order], group[order], side="left")
    serial = np.empty(len(group), dtype=np.int64)
    serial[order] = np.arange(len(group)) - first + 1
    return serial


def name_villages(town: Ints, is_community: NDArray[np.bool_], rng: np.random.Generator) -> list[str]:
    """Invent a name for each village or community, unique in the county."""
    used: set[str] = {one.name[:2] for one in TOWNS}
    names = []
    for number in range(len(town)):
        tails = COMMUNITY_TAILS if is_community[number] else VILLAGE_TAILS
        while True:
            stem = VILLAGE_HEADS[rng.integers(len(VILLAGE_HEADS))] + tails[rng.integers(len(tails))]
            if stem not in used and stem[0] != stem[1]:
                break
        used.add(stem)
        names.append(stem + ("社区" if is_community[number] else "村"))
    return names


def code_villages(town: Ints, serial: Ints, is_community: NDArray[np.bool_]) -> list[str]:
    """Return 12-digit codes: the town's nine, then 001 on for communities and 201 on for villages."""
    codes = []
    for one, number, community in zip(town.tolist(), serial.tolist(), is_community.tolist(), strict=True):
        codes.append(f"{TOWNS[one].code}{number + (0 if community else 200):03d}")
    return codes


def name_grid(serial: int, *, stem: str, dedicated_kind: str, rng: np.random.Generator) -> str:
    """Name a grid: by its number, or a dedicated one by what it is for."""
    if not dedicated_kind:
        return f"第{chinese_number(serial)}网格"
    kinds = DEDICATED_NAMES[dedicated_kind]
    return f"{stem}{kinds[rng.integers(len(kinds))]}专属网格"
