"""Chapters of figures: capacities, egress, the clock. Every number is the report's own, none is worked out here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.events.safety_plan.structure import Block, Heading, Paragraph, clean, table
from geo.crowd.event import Event

Say = Callable[..., str]
MOST_QUEUES = 12


def minutes(seconds: float | None) -> str:
    """
    Write a duration in minutes; a dash for one that never ends within the horizon.

    Examples
    --------
    >>> minutes(274.0), minutes(None), minutes(float("inf"))
    ('4.6', '–', '–')
    """
    return "–" if seconds is None or not math.isfinite(seconds) else f"{seconds / 60:,.1f}"


def capacity_chapter(figures: dict[str, Any], t: Say, language: str) -> Iterator[Block]:
    """Give what each area holds, by which rule set, what binds, and the clause."""
    sheet, rules = figures["capacity"], figures["rules"]
    yield Heading(t("Capacities"))
    named = lambda name: _rule_title(rules, name, language)  # noqa: E731
    yield Paragraph(
        t("The place holds {people} people by its areas; at most {peak} are expected at once. Deciding rule "
          "set: {rules}; where it is silent: {companion}.", people=f"{sheet['people']:,}",
          peak=f"{sheet['peak_at_once']:,}",
          rules=named(sheet["governing_rules"]), companion=named(sheet["companion_rules"]))
    )  # fmt: skip
    rows = [
        (f"{one['area_id']} {one['name']}", f"{one['usable_m2']:,.0f}", f"{one['crowd']:,}", f"{one['capacity']:,}",
         t("yes") if one["fits"] else t("over"), t(one["binding"]["factor"]), named(one["binding"]["rules"]),
         one["binding"]["clause"], one["binding"]["working"])
        for one in sheet["areas"]
    ]  # fmt: skip
    heads = (t("Viewing area"), t("Usable m²"), t("People at the peak"), t("Capacity"), t("Fits"), t("Binding"),
             t("Rule set"), t("Clause"), t("Working"))  # fmt: skip
    yield table(heads, rows, numbers=[1, 2, 3])
    yield Heading(t("By every rule set"), 2)
    yield table(
        (t("Viewing area"), t("Rule set"), t("Capacity"), t("Binding")),
        [
            (f"{one['area_id']} {one['name']}", named(each["rules"]),
             "–" if each["capacity"] is None else f"{each['capacity']:,}",
             t(each["binding"]) if each["binding"] else "–")
            for one in sheet["areas"] for each in one["by_rules"]
        ],
        numbers=[2],
    )  # fmt: skip


def rules_chapter(figures: dict[str, Any], t: Say, language: str) -> Iterator[Block]:
    """Give the rule sets with version and source."""
    yield Heading(t("Rule sets used"))
    rules = figures["rules"]
    rows = [(_rule_title(rules, name, language), one["version"], one["source"]) for name, one in rules.items()]
    yield table((t("Rule set"), t("Version"), t("Source")), rows)
    yield Paragraph(t("None of the standards was at hand in print: open it before quoting a clause as law."))


def _rule_title(rules: dict[str, Any], name: str, language: str) -> str:
    found = rules.get(name)
    return clean(name if found is None else found["title_zh" if language == "zh_CN" else "title"])


def egress_chapter(figures: dict[str, Any], t: Say) -> Iterator[Block]:
    """Give the range over all methods, the network's percentiles with confidence, queues, and what would help."""
    egress = figures["egress"]
    total = egress["total"]
    yield Heading(t("Egress"))
    yield Paragraph(
        t("All {people} people are out after {p50} min in the median of {runs} runs, after {p95} min in 19 of 20 "
          "runs. Upper bound of that with 95 % confidence: {upper} min. A dash: more runs are needed, or not clear "
          "within the horizon.", people=f"{egress['people']:,}", p50=minutes(total["p50_s"]), runs=total["runs"],
          p95=minutes(total["p95_s"]), upper=minutes(total["p95_upper_s"]))
    )  # fmt: skip
    rows = [
        (f"{one['area_id']} {one['name']}", f"{one['people']:,}", minutes(one["low_s"]), minutes(one["high_s"]),
         *(minutes(one["network"][key]) for key in ("p5_s", "p50_s", "p95_s", "p95_upper_s")))
        for one in egress["areas"]
    ]  # fmt: skip
    heads = (t("Viewing area"), t("People"), t("Quickest method (min)"), t("Slowest method (min)"),
             t("Network 5 % (min)"), t("Network 50 % (min)"), t("Network 95 % (min)"),
             t("Upper bound of 95 % (min)"))  # fmt: skip
    yield table(heads, rows, numbers=range(1, 8))
    yield Heading(t("Where people wait"), 2)
    queues = egress["queues"][:MOST_QUEUES]
    if queues:
        waiting = [(one["link"], f"{one['p50_people']:,.0f}", f"{one['p95_people']:,.0f}") for one in queues]
        yield table((t("Where"), t("Waiting, median run"), t("in 19 of 20 runs")), waiting, numbers=[1, 2])
    else:
        yield Paragraph(t("nobody waits"))
    yield Heading(t("What would help"), 2)
    names = _variant_names(t)
    tried = [(names.get(v["name"], v["name"]), minutes(v["total_s"]), minutes(v["gain_s"])) for v in egress["variants"]]
    yield table((t("What if"), t("Everybody out (min)"), t("Gained (min)")), tried, numbers=[1, 2])


def _variant_names(t: Say) -> dict[str, str]:
    return {
        "as_drawn": t("As drawn"), "one_way": t("Routes one-way"),
        "widest_exit_shut": t("The widest exit of each area shut"),
        "one_metre_more": t("A metre more at the longest queue"), "one_exit_more": t("One more exit of 2 m"),
        "released_in_turn": t("Areas let go in turn"),
    }  # fmt: skip


def clock_chapter(event: Event, figures: dict[str, Any], t: Say, language: str) -> Iterator[Block]:
    """Give each passing's deadlines by area and its schedule; nothing where nothing moves along the event."""
    front = figures["front"]
    if front is None:
        return
    zone, names = ZoneInfo(event.time_zone), {one.area_id: one.name for one in event.areas}
    local = lambda text: datetime.fromisoformat(text).astimezone(zone).strftime("%m-%d %H:%M:%S")  # noqa: E731
    why = "text_zh" if language == "zh_CN" else "text"
    yield Heading(t("The clock"))
    yield Paragraph(t("{name}: kept free before it comes by: {margin} min. Times are local ({zone}).",
                      name=front["name"], margin=minutes(front["margin_s"]), zone=event.time_zone))  # fmt: skip
    for passage in front["passages"]:
        yield Heading(clean(passage["name"] or passage["passage_id"]), 2)
        rows = [
            (f"{one['area_id']} {names.get(one['area_id'], '')}", local(one["clear_from"]), local(one["clear_by"]),
             local(one["earliest"]), local(one["likely"]), local(one["latest"]), local(one["opens"]),
             minutes(one["egress_s"]))
            for one in passage["deadlines"]
        ]  # fmt: skip
        yield table((t("Viewing area"), t("Begin to clear"), t("Clear by"), t("Earliest"), t("Likely"), t("Latest"),
                     t("Opens"), t("Egress (min)")), rows, numbers=[7])  # fmt: skip
        steps = [
            (local(one["at"]), _acts(t).get(one["act"], one["act"]),
             ", ".join(names.get(x, x) for x in one["area_ids"]) or t("everywhere"), one[why])
            for one in passage["schedule"]
        ]  # fmt: skip
        yield table((t("At"), t("Act"), t("Where"), t("Why")), steps)


def _acts(t: Say) -> dict[str, str]:
    return {"warn": t("Warn everybody"), "one_way_on": t("One-way on"), "clear": t("Clear"), "closed": t("Closed"),
            "front": t("It comes by"), "open": t("Open again"), "release": t("Release people"),
            "one_way_off": t("One-way off")}  # fmt: skip
