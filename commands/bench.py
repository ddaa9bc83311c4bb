"""`wangge bench`: a benchmark with its peers in the same run, printed, and kept in docs/benchmarks.md if asked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import typer

from commands.console import note, print_json, progress_bar
from geo.errors import SchemaError, name_few, say

FOUND = 1


def run_bench(name: str, *, size: str, write: bool, as_json: bool) -> None:
    """Run one benchmark; exit code 1 where an answer differs or something that must be reached was missed."""
    import bench
    from bench._page import as_text, machine, write_section
    from geo.catalogue import discover

    specs = discover(bench)
    if name not in specs:
        raise SchemaError(
            say("the name of a benchmark: {names}", names=", ".join(specs)),
            say("{names}", names=name_few([name])),
            say("give one of these names"),
        )
    if write and size != "full":
        raise SchemaError(
            say("--write with the full size"), say("--size {size}", size=size), say("leave out one of the two")
        )
    with progress_bar(f"bench {name}") as progress:
        report = specs[name].run(size, progress or (lambda *_: None))
    if write:
        write_section(name, specs[name].title, report, today=datetime.now(UTC).date())
    if as_json:
        print_json({"name": name, "size": size, "machine": machine(), "passed": report.is_passed, **asdict(report)})
    else:
        note(f"{specs[name].title}; {machine()}")
        print(as_text(report))
    if not report.is_passed:
        raise typer.Exit(FOUND)
