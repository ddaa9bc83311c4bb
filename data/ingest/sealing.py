"""Sealing a closed segment: its fixes as Parquet by day, in a process of its own so that nobody waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from data.store.engine import folder, require_store
from data.store.fixes import SCHEMA, write_day
from data.store.opening import Store
from data.store.segments import FOLDER, read_segment, segment_fact
from geo.errors import StoreError, say

ROOT = Path(__file__).resolve().parents[2]
LOW_PRIORITY = 10


def seal_apart(workspace: str, segment: str, edition: int, areas_edition: int) -> list[dict[str, Any]]:
    """
    Write a segment's days in a child process and return their manifest rows; nobody sees the files until published.

    Raises
    ------
    StoreError
        If the child fails; the segment stays as it is.
    """
    words = [sys.executable, "-m", "data.ingest.sealing", workspace, segment, str(edition), str(areas_edition)]
    done = subprocess.run(words, cwd=ROOT, env=os.environ, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise StoreError(
            say("the segment {name} to be sealed", name=segment),
            say("{error}", error=" ".join(last)),
            say("see that the disk is not full; it is tried again"),
        )
    rows: list[dict[str, Any]] = orjson.loads(done.stdout)
    return rows


def write_days(workspace: str, segment: str, edition: int, areas_edition: int) -> list[dict[str, Any]]:
    """Write a segment's fixes by UTC day, placed in the areas of `areas_edition`, and return their manifest rows."""
    path = folder(workspace) / FOLDER / f"{segment}.sqlite"
    fixes = read_segment(path, SCHEMA, SCHEMA.names)
    if fixes.num_rows and segment_fact(path, "areas_edition") != areas_edition:
        fixes = place_again(fixes, workspace, edition, areas_edition)
    days = pc.strftime(fixes["at"].cast(pa.timestamp("s", tz="UTC"), safe=False), format="%Y-%m-%d")
    written = []
    for day in sorted(pc.unique(days).to_pylist()):
        part = fixes.filter(pc.equal(days, day)).sort_by([("unit_id", "ascending"), ("at", "ascending")])
        written.append(write_day(folder(workspace), day, segment, part))
    return written


def place_again(fixes: pa.Table, workspace: str, edition: int, areas_edition: int) -> pa.Table:
    """Return fixes placed in the areas of an edition: those they came in with are no longer the present ones."""
    from data.ingest.ground import Ground

    ground = Ground(Store(workspace, require_store(workspace), edition=edition), areas_edition)
    area_ids, reasons = ground.locate(fixes["lon"].to_numpy(), fixes["lat"].to_numpy())
    for name, values in (("area_id", area_ids), ("reason", reasons)):
        fixes = fixes.set_column(SCHEMA.get_field_index(name), name, pa.array(values, pa.string()))
    return fixes


def main() -> None:
    """Seal what the command line names."""
    os.nice(LOW_PRIORITY)
    workspace, segment, edition, areas_edition = sys.argv[1:5]
    rows = write_days(workspace, segment, int(edition), int(areas_edition))
    sys.stdout.buffer.write(orjson.dumps(rows))


if __name__ == "__main__":
    main()
