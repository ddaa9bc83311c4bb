"""`wangge tiles`: build the vector tiles of a workspace's areas now, and say what came of it."""

from __future__ import annotations

from commands.console import note, print_json, progress_bar


def build_now(workspace: str, *, is_forced: bool, as_json: bool) -> None:
    """Build the tiles of the present areas, or say that they are there."""
    from data.tiles.building import build_tiles

    with progress_bar(f"tiles of {workspace}") as progress:
        result = build_tiles(workspace, progress=progress, is_forced=is_forced)
    if as_json:
        print_json({"workspace": workspace, **result})
    how = "built" if result["is_new"] else "were there already"
    note(f"{workspace}: tiles of edition {result['edition']} {how}, {result['bytes'] / 1e6:.1f} MB")
