"""`wangge feed`: a pretended county in motion, sent to a running service as any tracker would."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import numpy as np

from commands.console import note, print_json
from geo.errors import GridError, say

BATCH = 1000
TICK_S = 1.0


def run_feed(
    workspace: str,
    *,
    url: str,
    units: int,
    every_s: float,
    incidents_per_hour: float,
    for_s: float,
    speed_up: float,
    seed: int,
    actor: str | None,
    as_json: bool,
) -> None:
    """Send fixes of moving units and incidents with their stages until `for_s` is over (0: until Ctrl+C)."""
    from data.demo.feed import Feed
    from data.ingest.posting import Poster
    from data.store import open_store

    store = open_store(workspace)
    desk = store.desk(actor or store.accounts()[0].account_id)
    roads = desk.rows("roads", columns=["geometry"]).geometry.dropna()
    if not len(roads):
        raise GridError(
            say("a workspace with roads to walk along"),
            say("{name} has none", name=workspace),
            say("run `wangge demo`, or import roads"),
        )
    people = list(desk.rows("people", columns=["person_id"])["person_id"].astype(str))[:units]
    names = people + [f"unit-{number:05d}" for number in range(units - len(people))]
    feed = Feed(list(roads), names, seed=seed, speed_up=speed_up)
    poster = Poster(url, workspace, account=actor)
    note(f"{workspace}: SYNTHETIC feed of {units} units every {every_s:g} s to {url} (stop with Ctrl+C)")
    counts = {"fixes": 0, "incidents": 0, "events": 0}
    try:
        _send(feed, poster, every_s, incidents_per_hour, for_s, np.random.default_rng(seed + 1), counts)
    except KeyboardInterrupt:
        pass
    finally:
        poster.close()
    if as_json:
        print_json({"synthetic": True, **counts})
    note(", ".join(f"{count:,} {kind}" for kind, count in counts.items()))


def _send(
    feed: Any,
    poster: Any,
    every_s: float,
    incidents_per_hour: float,
    for_s: float,
    chance: np.random.Generator,
    counts: dict[str, int],
) -> None:
    """Each second the units whose turn it is, the incidents that happened, the steps that are due."""
    groups = max(1, round(every_s / TICK_S))
    began, turn = time.monotonic(), 0
    while not for_s or time.monotonic() - began < for_s:
        now = datetime.now(UTC)
        chosen = np.arange(turn % groups, len(feed.units), groups)
        sent = {
            "fixes": feed.walk(groups * TICK_S, chosen, now) if len(chosen) else [],
            "incidents": feed.report(int(chance.poisson(incidents_per_hour * TICK_S / 3600)), now),
            "events": feed.proceed(now),
        }
        for kind, rows in sent.items():
            for at in range(0, len(rows), BATCH):
                counts[kind] += poster.post(kind, rows[at : at + BATCH])["accepted"]
        turn += 1
        time.sleep(max(0.0, began + turn * TICK_S - time.monotonic()))
