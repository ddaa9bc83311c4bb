"""The words invented people, places and reports are made of."""

from __future__ import annotations

import numpy as np

SURNAMES = tuple(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彬浩宇轩雨欣怡佳慧琳梦婷雪莹建国志文斌海波云峰亮新林祥瑞安宁康乐庆春秋晨阳晓东南"
)
FIRM_HEADS = (
    "皮革",
    "经编",
    "家纺",
    "服饰",
    "布艺",
    "新材料",
    "包装",
    "电子",
    "机械",
    "食品",
    "物流",
    "建材",
    "五金",
    "光伏",
    "印染",
)
FIRM_NAMES = (
    "宏达",
    "瑞丰",
    "天源",
    "恒盛",
    "新纪元",
    "嘉禾",
    "万成",
    "锦程",
    "远帆",
    "金潮",
    "同创",
    "博远",
    "兴业",
    "永和",
    "百川",
)
FINDINGS = (
    ("", 0.72),
    ("未发现问题", 0.12),
    ("电动车楼道充电，已劝离", 0.03),
    ("消防通道堆放杂物，已要求清理", 0.03),
    ("租住人员未登记，已补登", 0.03),
    ("独居老人身体不适，已联系家属", 0.015),
    ("燃气软管老化，已告知更换", 0.015),
    ("家中无人，已留联系卡", 0.03),
    ("邻里口角，已调解", 0.01),
)


def invent_names(rng: np.random.Generator, count: int) -> list[str]:
    """
    Invent `count` personal names; a third have one given character.

    Examples
    --------
    >>> all(2 <= len(name) <= 3 for name in invent_names(np.random.default_rng(1), 20))
    True
    """
    first, second, third = (rng.integers(len(pool), size=count) for pool in (SURNAMES, GIVEN, GIVEN))
    short = rng.random(count) < 0.33
    return [
        SURNAMES[a] + GIVEN[b] + ("" if one else GIVEN[c])
        for a, b, c, one in zip(first, second, third, short, strict=True)
    ]


def invent_phone(number: int) -> str:
    """
    Return a telephone number nobody can have: local numbers of area code 0573 never begin with 0.

    Examples
    --------
    >>> invent_phone(42)
    '0573-00000042'
    """
    return f"0573-{number:08d}"
