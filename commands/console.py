"""What every command shares: results on stdout, everything else on stderr, refusals with exit code 2."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from geo.errors import GridError, SchemaError, say

if TYPE_CHECKING:
    from data.store import Desk, Store

Progress = Callable[[float, str], None]
REFUSED, BROKEN = 2, 3


def spread(words: Sequence[str], option: str) -> list[str]:
    """
    Repeat `option` before each of its values, so that it may be given several at once.

    Values end at the next option; of `--map` also at a word without `=`, which is the file's name.

    Examples
    --------
    >>> spread(["import", "--map", "a=B", "c=D", "x.csv"], "--map")
    ['import', '--map', 'a=B', '--map', 'c=D', 'x.csv']
    >>> spread(["coverage", "--metric", "a", "b", "--json"], "--metric")
    ['coverage', '--metric', 'a', '--metric', 'b', '--json']
    """
    spreadable, current, fresh = [], "", False
    for word in words:
        if word.startswith("-"):
            current, fresh = (word if word == option else ""), True
        elif current and not fresh and (current != "--map" or "=" in word):
            spreadable.append(current)
        elif current and not fresh:
            current = ""
        else:
            fresh = False
        spreadable.append(word)
    return spreadable


@contextmanager
def refusals(as_json: bool = False) -> Iterator[None]:
    """Turn an expected failure into one message and exit code 2, a fault of the program into exit code 3."""
    try:
        yield
    except GridError as error:
        _refuse(error, as_json)
    except OSError as error:
        name = error.filename or error
        parts = (say("a file that can be read or written"), say("{name}: {why}", name=name, why=error.strerror or ""))
        _refuse(GridError(*parts, say("check the name, the folder and the permissions")), as_json)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; nothing half done\n")
        raise typer.Exit(130) from None
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception:
        sys.stderr.write(f"a fault of the program, not of the input:\n{traceback.format_exc()}")
        raise typer.Exit(BROKEN) from None


def _refuse(error: GridError, as_json: bool) -> None:
    sys.stderr.write(f"expected: {error.expected}\nfound: {error.found}\nto do: {error.remedy}\n")
    if as_json:
        parts = {"expected": error.expected, "found": error.found, "to_do": error.remedy}
        print_json({"error": {"kind": type(error).__name__, **{key: str(part) for key, part in parts.items()}}})
    raise typer.Exit(REFUSED) from None


def print_json(result: dict[str, Any]) -> None:
    """Print one JSON object on stdout; not-a-number becomes null, times are ISO 8601."""
    import orjson

    option = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    sys.stdout.write(orjson.dumps(result, default=_plain, option=option).decode())


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    if hasattr(value, "__fspath__"):
        return str(value)
    return str(value)


def note(text: str) -> None:
    """Write one line for the person, on stderr."""
    sys.stderr.write(text + "\n")


@contextmanager
def progress_bar(title: str) -> Iterator[Progress | None]:
    """Show a bar on a terminal and give the function that moves it; in a pipe there is none and None is given."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda share, text: bar.update(task, completed=share, description=text or title)


def parse_time(text: str, time_zone: str, *, is_end: bool = False) -> datetime:
    """
    Read a day or a moment as aware UTC; one without a zone is local to `time_zone`.

    The end of a period is excluded, but a day given as its end is meant whole, as on the pages.

    Examples
    --------
    >>> parse_time("2026-11-22", "Asia/Shanghai").isoformat()
    '2026-11-21T16:00:00+00:00'
    >>> parse_time("2026-11-22", "Asia/Shanghai", is_end=True).isoformat()
    '2026-11-22T16:00:00+00:00'
    >>> parse_time("2026-11-22T08:00Z", "Asia/Shanghai").isoformat()
    '2026-11-22T08:00:00+00:00'
    """
    try:
        if len(text) == len("2026-11-22"):
            day = date.fromisoformat(text) + timedelta(days=is_end)
            moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise SchemaError(
            say("a day or moment such as 2026-11-22 or 2026-11-22T08:00+08:00"),
            say("{text!r}", text=text),
            say("write it year first"),
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)


def open_desk(workspace: str, actor: str | None) -> Desk:
    """Open the workspace as one person, the administrator where none is named."""
    from data.store import open_store

    store = open_store(workspace)
    return store.desk(actor or administrator(store))


def administrator(store: Store) -> str:
    """Return the first account that sees everything, the one a command acts as where none is named."""
    everywhere = [account for account in store.accounts() if account.area_id is None]
    chosen = [account for account in everywhere if account.role == "administrator"] or everywhere
    if not chosen:
        raise SchemaError(
            say("an account that sees everything"), say("none in this workspace"), say("name one with --actor")
        )
    return str(chosen[0].account_id)


def write_table(table: Any, out: Path) -> None:
    """Write .csv, .json, .parquet or .xlsx; another ending is refused. A spreadsheet runs no name as a formula."""
    from data.formats import safe_cell

    texts = [name for name in table.columns if table[name].dtype == object or str(table[name].dtype).startswith("str")]
    safe = table.assign(**{name: [safe_cell(one) for one in table[name]] for name in texts})
    writers = {
        ".csv": lambda path: safe.to_csv(path, index=False, encoding="utf-8-sig"),
        ".json": lambda path: table.to_json(path, orient="records", force_ascii=False),
        ".parquet": lambda path: table.to_parquet(path, index=False),
        ".xlsx": lambda path: safe.to_excel(path, index=False),
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
