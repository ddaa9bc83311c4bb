"""Categories of incidents in the demonstration county: how often, how fast, by whom and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Category:
    """`share` of all incidents; `due_h` until it must be handled; `where` weighs the classes of area and places."""

    name: str
    subcategories: tuple[str, ...]
    share: float
    due_h: int
    by_night: bool = False
    where: tuple[tuple[str, float], ...] = ()


CATEGORIES = (
    Category(
        name="矛盾纠纷",
        subcategories=("邻里纠纷", "家庭纠纷", "劳资纠纷", "物业纠纷", "消费纠纷"),
        share=0.17,
        due_h=72,
        where=(("firm", 3), ("market", 2)),
    ),
    Category(
        name="安全隐患",
        subcategories=("违规用电", "燃气隐患", "高空坠物", "河道安全", "危房隐患"),
        share=0.13,
        due_h=48,
    ),
    Category(
        name="市容环境",
        subcategories=("乱堆乱放", "占道经营", "垃圾清运", "车辆违停", "噪声扰民"),
        share=0.22,
        due_h=24,
        where=(("market", 6), ("station", 4), ("town", 1.5)),
    ),
    Category(
        name="出租房管理",
        subcategories=("未登记人员", "群租整治", "房屋信息变更"),
        share=0.12,
        due_h=72,
        where=(("rental", 9), ("village_group", 0.4)),
    ),
    Category(
        name="消防隐患",
        subcategories=("通道堵塞", "电动车违规充电", "消防设施损坏"),
        share=0.10,
        due_h=24,
        where=(("rental", 3), ("firm", 2)),
    ),
    Category(
        name="治安案件",
        subcategories=("盗窃", "电信诈骗", "打架斗殴", "寻衅滋事"),
        share=0.07,
        due_h=24,
        by_night=True,
        where=(("station", 6), ("rental", 2), ("market", 2)),
    ),
    Category(
        name="公共设施",
        subcategories=("路灯故障", "井盖缺失", "道路破损", "供水漏水", "内涝积水"),
        share=0.10,
        due_h=48,
    ),
    Category(name="咨询求助", subcategories=("政策咨询", "老人求助", "证件办理", "寻人寻物"), share=0.08, due_h=24),
    Category(
        name="食品安全",
        subcategories=("过期食品", "卫生投诉", "疑似食物中毒"),
        share=0.01,
        due_h=24,
        where=(("market", 12), ("school", 4)),
    ),
)
SOURCES = ("patrol", "resident", "hotline", "video", "upper_level")
SOURCE_SHARE = np.array([0.46, 0.19, 0.21, 0.08, 0.06])
WEEK = np.array([1.10, 1.06, 1.04, 1.03, 1.05, 0.90, 0.82])
BY_DAY = np.array(
    [4, 3, 2, 2, 3, 6, 18, 45, 80, 100, 98, 84, 55, 62, 86, 92, 84, 66, 48, 42, 34, 24, 14, 8], dtype=float
)
BY_NIGHT = np.array(
    [60, 48, 34, 22, 16, 12, 14, 22, 32, 38, 40, 42, 44, 44, 46, 50, 54, 60, 70, 82, 94, 100, 92, 76], dtype=float
)
