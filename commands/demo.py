"""`wangge demo`: the synthetic county."""

from __future__ import annotations

from typing import Any

from commands.console import note, print_json, progress_bar


def fill_demo(workspace: str, *, county: str, scale: float, days: int, actor: str | None, as_json: bool) -> None:
    """Build the demonstration county into `workspace` and say what it holds."""
    from data.demo import build_demo

    with progress_bar("demonstration county") as progress:
        report: dict[str, Any] = build_demo(
            workspace, county=county, scale=scale, days=days, actor=actor or "administrator", progress=progress
        )
    if as_json:
        print_json({"synthetic": True, **report})
    note(f"{workspace}: SYNTHETIC " + ", ".join(f"{rows:,} {kind}" for kind, rows in report["counts"].items()))
