"""A roster as one HTML page, for the telephone and for print: a card for every post and every person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from data.language import translator
from data.rosters.run import RosterRun
from data.rosters.sheets import RosterSheets, Rows, sheets_of

STYLE = """
:root{font-family:"Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
body{margin:0 auto;max-width:60rem;padding:0 .75rem 3rem;font-size:1rem;line-height:1.5;color:#17212b;background:#fff}
h1{font-size:1.3rem}h2{font-size:1.15rem;border-bottom:2px solid #2f5d8a}h3{font-size:1rem;margin:.2rem 0}
article{border:1px solid #c5ced6;border-radius:.4rem;padding:.5rem .75rem;margin:.6rem 0;break-inside:avoid}
table{width:100%;border-collapse:collapse}td,th{text-align:left;padding:.25rem .4rem;border-top:1px solid #e1e6ea;
vertical-align:top;overflow-wrap:break-word}nav a{display:inline-block;min-height:2.2rem;padding:.2rem .5rem}
.missing{color:#8a1c1c;font-weight:600}.as-of{font-weight:600;margin:.3rem 0}
.note{border-top:0;padding-top:0;font-style:italic}
dl{display:grid;grid-template-columns:auto 1fr;gap:.1rem .8rem}dd{margin:0}
td.nowrap{white-space:nowrap}@media screen and (max-width:34rem){tr{display:flex;flex-wrap:wrap;
border-top:1px solid #e1e6ea}td,tr:has(.note){border-top:0}}
@media print{nav{display:none}body{max-width:none;font-size:10pt}h2{break-before:page}}
@media screen and (prefers-color-scheme:dark){body{color:#e8edf2;background:#12181e}td,th,article{border-color:#3a4650}
.missing{color:#ff9c8f}a{color:#8fc1f0}}
"""


def write_page(run: RosterRun, out: Path, *, language: str) -> None:
    """Write the page, whole or not at all. It needs no script, no network and no font but those of the machine."""
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        part.write_text(roster_page(run, language=language), encoding="utf-8")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def roster_page(run: RosterRun, *, language: str) -> str:
    """Return the page: what is missing, then the posts, then the people; every text in it is escaped."""
    return page_of(sheets_of(run, language=language))


def page_of(shown: RosterSheets) -> str:
    """Return sheets as the page; what somebody dropped out of is crossed out, with who stands in beside it."""
    t, language = translator(shown.language), shown.language
    title = escape(f"{t('Roster')} {shown.event}".strip())
    about = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in shown.about)
    as_of = f'<p class="as-of">{escape(shown.as_of)}</p>' if shown.as_of else ""
    places, people = _grouped(shown.stays, "post_id"), _grouped(shown.stays, "person_id")
    sections = [
        _section("missing", t("Missing"), [_missing(shown.missing, t)]),
        _section("posts", t("By post"), [_post(key, own, t) for key, own in places.items()]),
        _section("people", t("By person"), [_person(key, own, t) for key, own in people.items()]),
    ]
    links = "".join(f'<a href="#{one}">{t(name)}</a>' for one, name in _LINKS.items())
    return (
        f'<!doctype html><html lang="{language.replace("_", "-")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{as_of}<dl>{about}</dl>"
        f"<nav>{links}</nav>{''.join(sections)}</body></html>\n"
    )


_LINKS = {"missing": "Missing", "posts": "By post", "people": "By person"}


def _grouped(rows: Rows, key: str) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return {one: sorted(found[one], key=lambda r: (r["start"], r["end"], r["role"])) for one in sorted(found)}


def _section(key: str, title: str, articles: list[str]) -> str:
    return f'<section id="{key}"><h2>{escape(title)}</h2>{"".join(articles)}</section>'


def _table(rows: list[list[str]]) -> str:
    return f"<table>{''.join(f'<tr>{_line(row)}</tr>' for row in rows)}</table>"


def _stays(rows: Rows, cells: list[list[str]]) -> str:
    """A table of stays: each with its note in the line below, those dropped out of crossed out."""
    lines = []
    for row, texts in zip(rows, cells, strict=True):
        lines.append(_line(texts, is_out=bool(row.get("is_out"))))
        if row.get("note"):
            lines.append(f'<td class="note" colspan="{len(texts)}">{escape(row["note"])}</td>')
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _line(texts: list[str], *, is_out: bool = False) -> str:
    """The cells of a row; the first, its time, stays in one line."""
    cells = [f"<s>{_cell(text)}</s>" if is_out else _cell(text) for text in texts]
    return "".join(f"<td{'' if at else ' class=nowrap'}>{cell}</td>" for at, cell in enumerate(cells))


def _cell(text: str) -> str:
    """A telephone can be called with a touch."""
    number = re.sub(r"[ ()-]", "", text)
    if re.fullmatch(r"\+?\d{5,15}", number):
        return f'<a href="tel:{number}">{escape(text)}</a>'
    return escape(text)


def _times(row: Mapping[str, Any]) -> str:
    """From and to; the day is said once where a stay ends on the day it begins."""
    start, end = str(row["start"]), str(row["end"])
    day, _, hour = end.partition(" ")
    return f"{start} – {hour if start.startswith(f'{day} ') else end}"


def _missing(rows: Rows, t: Any) -> str:
    if not rows:
        return f"<p>{escape(t('Nobody is missing at any post.'))}</p>"
    lines = [[_times(r), r["post"], t(r["role"]), t("{count} too few", count=r["people"])] for r in rows]
    return f'<div class="missing">{_table(lines)}</div>'


def _post(key: str, rows: Rows, t: Any) -> str:
    lines = [[_times(r), t(r["role"]), r["name"] or r["person_id"], r["phone"]] for r in rows]
    head = escape(" · ".join(dict.fromkeys((rows[0]["post"], key))))
    return f'<article id="post-{escape(key)}"><h3>{head}</h3>{_stays(rows, lines)}</article>'


def _person(key: str, rows: Rows, t: Any) -> str:
    first = rows[0]
    head = " · ".join(part for part in (first["name"], key, first["group"], first["team"]) if part)
    lines = [[_times(r), r["post"], t(r["role"])] for r in rows]
    total = t("{hours:g} h in all", hours=round(sum(r["hours"] for r in rows if not r.get("is_out")), 2))
    table = _stays(rows, lines)
    return f'<article id="person-{escape(key)}"><h3>{escape(head)}</h3>{table}<p>{escape(total)}</p></article>'
