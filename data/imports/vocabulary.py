"""What people write for a field's allowed values, in Chinese and English."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "urgency": {
        "一般": "normal",
        "普通": "normal",
        "紧急": "urgent",
        "较急": "urgent",
        "加急": "urgent",
        "特急": "critical",
        "重大": "critical",
        "非常紧急": "critical",
        "low": "normal",
        "medium": "normal",
        "high": "urgent",
    },
    "status": {
        "上报": "reported",
        "已上报": "reported",
        "待受理": "reported",
        "受理": "accepted",
        "已受理": "accepted",
        "立案": "accepted",
        "已立案": "accepted",
        "派遣": "dispatched",
        "已派遣": "dispatched",
        "已派单": "dispatched",
        "处置中": "arrived",
        "处理中": "arrived",
        "到场": "arrived",
        "已到场": "arrived",
        "已处置": "handled",
        "已处理": "handled",
        "处置完成": "handled",
        "已核查": "verified",
        "已核实": "verified",
        "结案": "closed",
        "已结案": "closed",
        "办结": "closed",
        "已办结": "closed",
        "作废": "void",
        "已作废": "void",
        "open": "reported",
        "done": "closed",
    },
    "area_class": {
        "城镇": "town",
        "城镇网格": "town",
        "农村": "village_group",
        "村组": "village_group",
        "出租": "rental",
        "出租房": "rental",
        "专属": "dedicated",
        "专属网格": "dedicated",
        "普通": "",
        "普通网格": "",
    },
}
WORDS["stage"] = WORDS["status"] | {
    "退回": "returned",
    "挂起": "suspended",
    "恢复": "resumed",
    "延期": "extended",
}
YES = ("true", "t", "1", "yes", "y", "是", "有", "√")
NO = ("false", "f", "0", "no", "n", "否", "无", "×")


def allowed_value(field: str, text: str, allowed: tuple[str, ...]) -> str | None:
    """
    Return the allowed value a text stands for, None if it stands for none.

    Examples
    --------
    >>> allowed_value("status", "已结案", ("reported", "closed")), allowed_value("status", "Closed", ("closed",))
    ('closed', 'closed')
    >>> allowed_value("status", "perhaps", ("closed",)) is None
    True
    """
    if text in allowed:
        return text
    lower = text.lower().replace(" ", "_")
    found = lower if lower in allowed else WORDS.get(field, {}).get(text, WORDS.get(field, {}).get(lower))
    return found if found in allowed else None
