"""`wangge coverage`: metrics per area, the unassigned beside them, the total below."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from commands.console import note, open_desk, parse_time, print_json, progress_bar
from geo.errors import SchemaError, say

UNASSIGNED, TOTAL = "unassigned", "total"


def print_coverage(
    workspace: str,
    *,
    level: str,
    start: str,
    end: str,
    names: list[str],
    boundaries: str,
    category: str | None,
    out: Path | None,
    actor: str | None,
    as_json: bool,
) -> None:
    """Print one row per area of `level` and one column per metric, or write it to `out` by its ending."""
    desk = open_desk(workspace, actor)
    zone = desk.store.time_zone
    period = (parse_time(start, zone), parse_time(end, zone, is_end=True))
    if period[0] >= period[1]:
        raise SchemaError(
            say("a period whose end comes after its start"),
            say("{start} to {end}", start=start, end=end),
            say("swap --from and --to, or give a later --to"),
        )
    answers = _answers(desk, names, level=level, period=period, category=category, boundaries=boundaries)
    table = _table(desk, level, answers)
    if out is not None:
        _write_table(table, out)
        note(f"{out}: {len(table):,} rows")
    if as_json:
        print_json(_as_json(answers, table, level=level, period=period, boundaries=boundaries))
    elif out is None:
        print(table.to_csv(index=False), end="")
    first = next(iter(answers.values()))
    note(f"{workspace}, {level}: records {first.total:,}, of them unassigned {first.unassigned:,}")


def _answers(desk: Any, names: list[str], *, level: str, period: tuple, category: str | None, boundaries: str) -> dict:
    """Ask one question per metric; unknown names are refused together."""
    from data.coverage import Question, answer, metrics

    known = metrics()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SchemaError(
            say("metrics: {names}", names=", ".join(known)),
            say("{names}", names=", ".join(unknown)),
            say("pick from these"),
        )
    answers: dict[str, Any] = {}
    chosen = names or list(known)
    with progress_bar("coverage") as progress:
        for position, name in enumerate(chosen):
            question = Question(name, level, *period, category=category, boundaries=boundaries, now=datetime.now(UTC))
            answers[name] = answer(desk, question)
            if progress:
                progress((position + 1) / len(chosen), name)
    return answers


def _table(desk: Any, level: str, answers: dict[str, Any]) -> pd.DataFrame:
    """Put the answers side by side: areas by id, then the unassigned, then the total."""
    areas = desk.areas(level=level, geometry=False)
    table = pd.DataFrame({"area_id": areas.index, "name": areas["name"].to_numpy()})
    for name, one in answers.items():
        table[name] = one.table["value"].reindex(areas.index).to_numpy()
    table["records"] = next(iter(answers.values())).table["records"].reindex(areas.index).to_numpy()
    rest = {"area_id": UNASSIGNED, "records": next(iter(answers.values())).unassigned}
    total = {"area_id": TOTAL, "records": next(iter(answers.values())).total}
    total |= {name: one.overall for name, one in answers.items()}
    return pd.concat([table, pd.DataFrame([rest, total])], ignore_index=True)


def _write_table(table: pd.DataFrame, out: Path) -> None:
    """Write .csv, .json, .parquet or .xlsx; another ending is refused."""
    writers = {
        ".csv": lambda path: table.to_csv(path, index=False, encoding="utf-8-sig"),
        ".json": lambda path: table.to_json(path, orient="records", force_ascii=False),
        ".parquet": lambda path: table.to_parquet(path, index=False),
        ".xlsx": lambda path: table.to_excel(path, index=False),
    }
    if out.suffix.lower() not in writers:
        raise SchemaError(
            say("a file that ends in {endings}", endings=", ".join(writers)),
            say("{name}", name=out.name),
            say("rename it"),
        )
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        writers[out.suffix.lower()](part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _as_json(answers: dict, table: pd.DataFrame, *, level: str, period: tuple, boundaries: str) -> dict[str, Any]:
    rows = [{key: _plain(value) for key, value in row.items()} for row in table.to_dict("records")]
    first = next(iter(answers.values()))
    return {
        "level": level,
        "from": period[0],
        "to": period[1],
        "boundaries": boundaries,
        "metrics": {name: {"unit": one.unit, "source": one.source} for name, one in answers.items()},
        "areas": [row for row in rows if row["area_id"] not in (UNASSIGNED, TOTAL)],
        "unassigned": first.unassigned,
        "total": first.total,
    }


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
