"""Taking in the fixes of a province: batches sent on time whatever happens, acknowledged when on the disk."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from bench._ground import crowd, tiling
from bench._service import Running, home_folder, make_workspace, percentiles, serving
from bench._spec import BenchSpec, Check, Progress, Report, Table

BATCH = 1000
MUST_RATE, MUST_P95_S = 33_600, 1.0
SENDERS, READERS = 12, 2
PARTS = 6
MARK = b"@@@@@@@@@@@@@@@@@@@@@@@@@@@"
PAGES = (
    "/map/view?ws=main&theme=light&lang=en",
    "/api/features/areas?ws=main&bbox=120.1,30.1,120.4,30.4&zoom=12&level=grid",
    "/api/values?ws=main&metric=incident_count&level=grid",
    "/api/search?ws=main&q=00001",
)


@dataclass(frozen=True)
class Size:
    """How much: areas (columns, rows), fixes a second, seconds."""

    tiles: tuple[int, int]
    rate: int
    seconds: float


SIZES = {"small": Size((40, 25), 4_000, 3.0), "full": Size((305, 200), MUST_RATE, 120.0)}


@dataclass
class Sent:
    """What the senders and readers saw."""

    waits_s: list[float] = field(default_factory=list)
    due_s: list[float] = field(default_factory=list)
    pages_s: list[float] = field(default_factory=list)
    accepted: int = 0
    failures: list[str] = field(default_factory=list)
    ended: float = 0.0


def make_bodies(units: int, areas: np.ndarray) -> list[bytes]:
    """Return one body for each thousand units, with a mark where the time goes."""
    lon, lat = crowd(units, areas, seed=5)
    bodies = []
    for first in range(0, units, BATCH):
        rows = (
            b'{"unit_id":"w%06d","at":"%s","lon":%.6f,"lat":%.6f,"accuracy_m":%.1f,"speed_m_s":1.2}'
            % (unit, MARK, lon[unit], lat[unit], 5 + unit % 7)
            for unit in range(first, first + BATCH)
        )
        bodies.append(b"[" + b",".join(rows) + b"]")
    return bodies


def send_all(running: Running, bodies: list[bytes], size: Size, sent: Sent) -> None:
    """Send batches at their times from several threads; a wait is counted from when the batch was due."""
    from data.ingest.posting import Poster

    turn, lock = itertools.count(), threading.Lock()
    total, step = int(size.rate * size.seconds / BATCH), BATCH / size.rate
    began = time.monotonic() + 0.5

    def sender() -> None:
        poster = Poster(running.url, "main")
        while (number := next(turn)) < total:
            due = began + number * step
            time.sleep(max(0.0, due - time.monotonic()))
            moment = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z").encode()
            try:
                accepted = poster.post("fixes", bodies[number % len(bodies)].replace(MARK, moment))["accepted"]
            except Exception as error:
                sent.failures.append(str(error))
                continue
            with lock:
                sent.waits_s.append(time.monotonic() - due)
                sent.due_s.append(due - began)
                sent.accepted += accepted
        poster.close()

    _together(sender, SENDERS)
    sent.ended = time.monotonic() - began


def read_pages(running: Running, sent: Sent, end: threading.Event) -> None:
    """Ask for pages' data one after another, as people at work do, until told to end."""
    for number in itertools.count():
        if end.wait(0.25):
            return
        began = time.monotonic()
        status, body, _ = running.get(PAGES[number % len(PAGES)])
        sent.pages_s.append(time.monotonic() - began)
        if status != 200:
            sent.failures.append(f"{PAGES[number % len(PAGES)]}: {status} {body[:200]!r}")


def _together(work: object, count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run(size_name: str, progress: Progress) -> Report:
    """Send fixes to a service of its own while its pages are used, then count what is there."""
    size, sent, end = SIZES[size_name], Sent(), threading.Event()
    areas = tiling(*size.tiles, vertices=24)
    with home_folder() as home:
        make_workspace(areas, [{"account_id": "administrator", "name": "a", "role": "administrator", "area_id": None}])
        progress(0.2, "service")
        with serving(home) as running:
            bodies = make_bodies(10 * size.rate // BATCH * BATCH, areas)
            _first_batch(running)
            readers = [threading.Thread(target=read_pages, args=(running, sent, end)) for _ in range(READERS)]
            for reader in readers:
                reader.start()
            before = running.cpu_s()
            progress(0.4, "sending")
            send_all(running, bodies, size, sent)
            cpu = [after - first for after, first in zip(running.cpu_s(), before, strict=True)]
            end.set()
            for reader in readers:
                reader.join()
        progress(0.9, "counting")
        there, located = _count()
    return _report(size_name, size, sent, cpu, there - 1, located, len(areas))


def _first_batch(running: Running) -> None:
    """Wait until the writer knows the ground: one fix far from the others."""
    from data.ingest.posting import Poster

    row = {"unit_id": "first", "at": datetime.now(UTC).isoformat(), "lon": 1.0, "lat": 1.0}
    poster = Poster(running.url, "main")
    poster.post("fixes", [row])
    poster.close()


def _count() -> tuple[int, int]:
    from data.store import open_store

    counts = open_store("main").desk("administrator").count_by_reason("fixes")
    return int(counts.sum()), int(counts.get("inside", 0) + counts.get("boundary", 0))


def _by_part(sent: Sent, size: Size) -> list[float]:
    """Return the p95 of the waits of each part of the time: a steady state, a queue that grows, or one bad moment."""
    part = np.minimum(np.asarray(sent.due_s) / size.seconds * PARTS, PARTS - 1).astype(int)
    return [percentiles(np.asarray(sent.waits_s)[part == one].tolist(), 95)[0] for one in range(PARTS)]


def _report(size_name: str, size: Size, sent: Sent, cpu: list[float], there: int, located: int, areas: int) -> Report:
    p50, p95, p99 = percentiles(sent.waits_s, 50, 95, 99)
    page_p50, page_p95 = percentiles(sent.pages_s, 50, 95)
    by_part = [f"{one * 1e3:.0f}" for one in _by_part(sent, size)]
    rate = sent.accepted / sent.ended
    is_full = size_name == "full"
    checks = [
        Check("fixes a second, each located and durable", f"{MUST_RATE:,}", f"{rate:,.0f}",
              rate >= 0.99 * MUST_RATE if is_full else None),
        Check("acknowledgement p95", f"{MUST_P95_S:g} s", f"{p95:.3f} s", p95 <= MUST_P95_S if is_full else None),
    ]  # fmt: skip
    rows = [
        ("fixes acknowledged", f"{sent.accepted:,}"), ("fixes there afterwards", f"{there:,}"),
        ("of them in an area", f"{located:,}"),
        ("acknowledgement p50 / p95 / p99", f"{p50 * 1e3:.0f} / {p95 * 1e3:.0f} / {p99 * 1e3:.0f} ms"),
        (f"p95 of each {size.seconds / PARTS:g} s", f"{', '.join(by_part)} ms"),
        ("page requests, p50 / p95", f"{len(sent.pages_s):,}, {page_p50 * 1e3:.0f} / {page_p95 * 1e3:.0f} ms"),
        ("cores used: service, writer", f"{cpu[0] / sent.ended:.2f}, {cpu[1] / sent.ended:.2f}"),
    ]  # fmt: skip
    differences = [*sent.failures[:5]]
    if there != sent.accepted:
        differences.append(f"{sent.accepted:,} fixes were acknowledged, {there:,} are there")
    title = f"{size.rate:,} fixes/s in batches of {BATCH:,} for {size.seconds:g} s, {areas:,} areas, pages in use"
    note = "Sent on time from the same machine; a wait counts from when a batch was due, so a queue cannot hide."
    return Report([Table(title, ("what", "measured"), rows, note)], checks, differences)


SPEC = BenchSpec(title="Taking in the fixes of a province", run=run)
