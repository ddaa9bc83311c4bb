"""The live feed of a county: units move, incidents come in bursts, many maps look on, each inside its scope."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson

from bench._ground import crowd, tiling
from bench._service import ROOT, Running, home_folder, make_workspace, percentiles, serving
from bench._spec import BenchSpec, Check, Progress, Report, Table

MUST_P95_S, MUST_P99_S, MUST_CORES = 1.0, 2.0, 1.0
TICK_S = 0.2
STAGES = ("accepted", "dispatched", "arrived", "handled", "verified", "closed")
SCOPED = 10


@dataclass(frozen=True)
class Size:
    """How much: areas, viewers, units that send every so many seconds, seconds, incidents a second in a burst."""

    tiles: tuple[int, int]
    viewers: int
    units: int
    every_s: float
    seconds: float
    burst: float


SIZES = {"small": Size((12, 8), 12, 200, 2.0, 4.0, 2.0), "full": Size((34, 24), 200, 2_000, 10.0, 90.0, 1.0)}


def run(size_name: str, progress: Progress) -> Report:
    """Run a county's feed into a service of its own and ask every map at the end what it shows."""
    size = SIZES[size_name]
    areas = tiling(*size.tiles, vertices=24)
    with home_folder() as home:
        ids = [f"{row:07}" for row in range(len(areas))]
        scoped = [ids[number * len(ids) // SCOPED] for number in range(SCOPED)]
        people = [{"account_id": "administrator", "name": "a", "role": "administrator", "area_id": None}]
        people += [{"account_id": f"p{one}", "name": one, "role": "village_officer", "area_id": one} for one in scoped]
        make_workspace(areas, people)
        with serving(home) as running:
            progress(0.3, "viewers")
            names = ["administrator" if n % 4 else f"p{scoped[n // 4 % SCOPED]}" for n in range(size.viewers)]
            child = _open_maps(running, names, size.seconds + 5)
            before = running.cpu_s()
            began = time.monotonic()
            progress(0.5, "sending")
            sent = _send(running, size, areas)
            spent_s = time.monotonic() - began
            cpu = [after - first for after, first in zip(running.cpu_s(), before, strict=True)]
            told = orjson.loads(child.communicate()[0].splitlines()[-1])
            fresh_child = _open_maps(running, names, 4)
            fresh = orjson.loads(fresh_child.communicate()[0].splitlines()[-1])
    different = [name for name, a, b in zip(names, told["states"], fresh["states"], strict=True) if a != b]
    return _report(size_name, size, told["ages_s"], [one / spent_s for one in cpu], sent, different)


def _open_maps(running: Running, names: list[str], seconds: float) -> subprocess.Popen[bytes]:
    cookies = {name: running.cookie(name) for name in set(names)}
    words = [sys.executable, "-m", "bench._viewers", f"ws://127.0.0.1:{running.port}/api/live?ws=main", str(seconds)]
    child = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(orjson.dumps([cookies[name] for name in names], option=orjson.OPT_APPEND_NEWLINE))
    child.stdin.flush()
    if child.stdout.readline().strip() != b"ready":
        raise RuntimeError("the maps could not be opened")
    return child


def _send(running: Running, size: Size, areas: np.ndarray) -> dict[str, int]:
    """Send units in turn five times a second; incidents in every other ten seconds, each through all its stages."""
    from data.ingest.posting import Poster

    lon, lat = crowd(size.units, areas, seed=3)
    poster, groups = Poster(running.url, "main"), round(size.every_s / TICK_S)
    counts = {"fixes": 0, "incidents": 0, "events": 0}
    under_way: list[tuple[str, int]] = []
    owed, began = 0.0, time.monotonic()
    for turn in range(round(size.seconds / TICK_S)):
        time.sleep(max(0.0, began + turn * TICK_S - time.monotonic()))
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        chosen = range(turn % groups, size.units, groups)
        fixes = [
            {"unit_id": f"u{unit:05}", "at": now, "accuracy_m": 5, "lon": lon[unit] + turn * 1e-6, "lat": lat[unit]}
            for unit in chosen
        ]
        owed += size.burst * TICK_S if int(turn * TICK_S) // 10 % 2 == 0 else size.burst * TICK_S / 10
        new = int(owed)
        owed -= new
        events = [_step(one, step, now) for one, step in under_way if turn % 5 == 0]
        if turn % 5 == 0:
            under_way = [(one, step + 1) for one, step in under_way if step + 1 < len(STAGES)]
        ids = [f"i{turn:05}-{number}" for number in range(new)]
        under_way += [(one, 0) for one in ids]
        incidents = [_incident(one, now, lon[turn % size.units], lat[turn % size.units]) for one in ids]
        for kind, rows in (("fixes", fixes), ("incidents", incidents), ("events", events)):
            if rows:
                counts[kind] += poster.post(kind, orjson.dumps(rows, option=orjson.OPT_SERIALIZE_NUMPY))["accepted"]
    poster.close()
    return counts


def _incident(one: str, now: str, lon: float, lat: float) -> dict[str, Any]:
    place = {"lon": float(lon), "lat": float(lat)}
    return {"incident_id": one, "title": "t", "category": "c", "occurred_at": now, "reported_at": now, **place}


def _step(one: str, step: int, now: str) -> dict[str, Any]:
    return {"event_id": f"{one}-{step}", "incident_id": one, "stage": STAGES[step], "at": now}


def _report(
    size_name: str, size: Size, ages_s: list[float], cores: list[float], sent: dict[str, int], different: list[str]
) -> Report:
    p50, p95, p99 = percentiles(ages_s, 50, 95, 99)
    is_full = size_name == "full"
    checks = [
        Check("commit to map p95", f"{MUST_P95_S:g} s", f"{p95:.3f} s", p95 <= MUST_P95_S if is_full else None),
        Check("commit to map p99", f"{MUST_P99_S:g} s", f"{p99:.3f} s", p99 <= MUST_P99_S if is_full else None),
        Check("cores of the service", f"under {MUST_CORES:g}", f"{cores[0]:.2f}",
              cores[0] < MUST_CORES if is_full else None),
    ]  # fmt: skip
    rows = [
        ("sent", ", ".join(f"{count:,} {kind}" for kind, count in sent.items())),
        ("things told to maps", f"{len(ages_s):,}"),
        ("age when it came, p50 / p95 / p99", f"{p50 * 1e3:.0f} / {p95 * 1e3:.0f} / {p99 * 1e3:.0f} ms"),
        ("cores used: service, writer", f"{cores[0]:.2f}, {cores[1]:.2f}"),
    ]  # fmt: skip
    title = f"{size.viewers} maps, {size.units:,} units every {size.every_s:g} s, {size.seconds:g} s"
    note = (
        "The age counts from before a row was sent, so it is longer than from its commit. A quarter of the maps see "
        f"one of {SCOPED} areas only. At the end every map shows what a map opened then shows."
    )
    differences = [f"{len(different)} maps show something else than a map opened at the end"] if different else []
    if not ages_s:
        differences.append("nothing was told to any map")
    return Report([Table(title, ("what", "measured"), rows, note)], checks, differences)


SPEC = BenchSpec(title="The live feed of a county", run=run)
