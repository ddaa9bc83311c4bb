"""Show a report as text or Markdown, and keep the last run of each benchmark in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
from datetime import date
from pathlib import Path

from bench._spec import Report, Table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

The last run of each benchmark that was kept, at the size its table states, written by `wangge bench NAME --write`.
Peers run on the same machine in the same run, set up as their own documentation recommends, and every answer is
compared. They come from `requirements-bench.txt`; one that was not installed is named as missing.
"""


def machine() -> str:
    """Return processor, cores, memory and Python of this machine, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {cores} cores, {memory:.0f} GB, Python {platform.python_version()}"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return found.group(1).strip() if found else platform.machine()


def as_markdown(report: Report) -> str:
    """
    Return the tables of a report as Markdown, what must be reached first.

    Examples
    --------
    >>> print(as_markdown(Report([Table("Speed", ("engine", "points/s"), [("ours", "9"), ("theirs", "1")])])))
    <BLANKLINE>
    Speed:
    <BLANKLINE>
    | engine | points/s |
    |---|---|
    | ours | 9 |
    | theirs | 1 |
    <BLANKLINE>
    """
    parts = [_table(one) for one in _all_tables(report)]
    if report.differences:
        parts.append("\nAnswers that differ:\n\n" + "\n".join(f"* {one}" for one in report.differences) + "\n")
    return "\n".join(parts)


def _all_tables(report: Report) -> list[Table]:
    words = {True: "yes", False: "no", None: "not told by this run"}
    rows = [(check.what, check.must, check.measured, words[check.is_met]) for check in report.checks]
    checks = [Table("Must be reached", ("what", "at least", "measured", "reached"), rows)] if rows else []
    return [*checks, *report.tables]


def _table(table: Table) -> str:
    lines = [
        "",
        f"{table.title}:",
        "",
        _row(table.columns),
        "|---" * len(table.columns) + "|",
        *(_row(row) for row in table.rows),
    ]
    return "\n".join([*lines, *(["", table.note] if table.note else [])]) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def as_text(report: Report) -> str:
    """
    Return the tables of a report in aligned columns, for a terminal.

    Examples
    --------
    >>> print(as_text(Report([Table("Speed", ("engine", "points/s"), [("ours", "9"), ("theirs", "1")])])))
    Speed
      engine  points/s
      ours    9
      theirs  1
    """
    blocks = []
    for table in _all_tables(report):
        rows = [table.columns, *table.rows]
        widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        blocks.append("\n".join([table.title, *(f"  {line}".rstrip() for line in lines)]))
        blocks += [f"  {table.note}"] if table.note else []
    blocks += [f"differs: {one}" for one in report.differences]
    return "\n".join(blocks)


def replace_section(page: str, name: str, body: str) -> str:
    """
    Return the page with the section of one benchmark replaced, or added in the order of the names.

    Examples
    --------
    >>> page = replace_section("", "tiles", "fast")
    >>> page = replace_section(replace_section(page, "locate", "slow"), "locate", "fast")
    >>> [line for line in page.splitlines() if line.startswith("##") or "fast" in line or "slow" in line]
    ['## `wangge bench locate`', 'fast', '## `wangge bench tiles`', 'fast']
    """
    head, *rest = re.split(r"^## `wangge bench ([\w-]+)`$", page or HEAD, flags=re.M)
    sections = dict(zip(rest[::2], rest[1::2], strict=True)) | {name: f"\n\n{body.strip()}\n"}
    parts = [f"\n## `wangge bench {one}`\n\n{sections[one].strip()}\n" for one in sorted(sections)]
    return head.rstrip() + "\n" + "".join(parts)


def write_section(name: str, title: str, report: Report, *, today: date, page: Path = PAGE) -> None:
    """Replace one benchmark's section of the page with this run, its machine and its date; whole or not at all."""
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    body = f"{title}.\n\nMeasured on {today.isoformat()}: {machine()}.\n{as_markdown(report)}"
    part = page.with_name(f".{page.name}.part")
    try:
        part.write_text(replace_section(before, name, body), encoding="utf-8")
        part.replace(page)
    finally:
        part.unlink(missing_ok=True)
