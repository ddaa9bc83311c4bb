"""Sealing and publishing lose nothing and show nothing twice; killed at any moment, what was acknowledged is there."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from api.ingest import WAITING
from data.ingest.client import IngestClient
from data.settings import DEFAULTS
from data.store import open_store
from data.store.segments import FOLDER, segment_paths
from data.writer import write
from geo.errors import GridError
from tests.ingest.conftest import WRITERS, running_writer
from tests.ingest.test_ingest import EVER, fix, fixes_of, post

SEAL_TRIES = 600


def wait_for(found) -> None:
    for _ in range(SEAL_TRIES):
        if found():
            return
        time.sleep(0.1)
    pytest.fail("it never came")


def set_value(name: str, value: float) -> None:
    write("main", "set_setting", {"name": name, "value": value}, actor="administrator")


def test_a_full_segment_is_sealed_and_nothing_is_lost_or_doubled(browsers, place):
    set_value("segment_rows", 100)
    set_value("segment_grace_s", 0)
    browser = browsers()
    store = open_store()
    rows = [fix("s1", -number) for number in range(60)]
    more = [fix("s1", -60 - number) for number in range(60)]
    before = store.desk("administrator").total("fixes")
    sealed_before = store.fix_archive().rows
    post(browser, "fixes", rows)
    post(browser, "fixes", more)
    wait_for(lambda: store.fix_archive().rows == sealed_before + 120)
    assert store.desk("administrator").total("fixes") == before + 120
    wait_for(lambda: not store.fix_archive(unsealed=True).segments and not segment_paths(place / "main"))
    assert post(browser, "fixes", rows + more)["duplicates"] == 120
    assert post(browser, "fixes", fix("s1", -500))["accepted"] == 1
    assert len(fixes_of("s1")) == 121
    assert fixes_of("s1")["fix_id"].is_unique
    set_value("segment_rows", 2_000_000)
    set_value("segment_grace_s", 120)


def test_a_full_queue_says_come_again_and_loses_nothing(browsers, place, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "ingest_queue_mb", 1)
    rows = [[fix(f"q{turn} {number}", padding="x" * 800) for number in range(800)] for turn in range(3)]
    post(browsers(), "fixes", fix("q"))
    writer = WRITERS[place]
    writer.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(3) as pool:
        people = [browsers() for _ in rows]
        first = pool.submit(post, people[0], "fixes", rows[0])
        wait_for(lambda: WAITING.size)
        answer = people[1].post("/api/ingest/fixes?ws=main&lang=en", json=rows[1])
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
        assert "nothing of it was kept" in answer.json()["to_do"]
        writer.send_signal(signal.SIGCONT)
        assert first.result()["accepted"] == 800
    assert post(people[1], "fixes", rows[1])["accepted"] == 800
    assert len(fixes_of("q1 799")) == 1


def test_incidents_are_published_to_pages(browsers):
    set_value("ingest_publish_s", 0)
    browser = browsers()
    at = datetime.now(UTC).isoformat()
    post(browser, "incidents", {"incident_id": "k1", "occurred_at": at, "lon": 0.5, "lat": 0.5, "title": "井盖"})
    desk = lambda: open_store().desk("administrator")  # noqa: E731
    wait_for(lambda: len(desk().rows("incidents", where={"incident_id": "k1"})))
    post(browser, "events", {"incident_id": "k1", "stage": "closed", "at": at, "event_id": "k1-1"})
    wait_for(lambda: list(desk().rows("incidents", where={"incident_id": "k1"})["status"]) == ["closed"])
    assert list(desk().rows("incident_events", where={"incident_id": "k1"})["stage"]) == ["closed"]
    assert list(desk().rows("incidents", where={"incident_id": "k1"})["area_id"]) == ["G11"]


def test_a_segment_that_cannot_be_sealed_holds_up_nothing(browsers, place):
    """The oldest segment is no database: incidents and the segments after it go on, and the file stays."""
    set_value("ingest_publish_s", 0)
    set_value("segment_rows", 50)
    broken = place / "main" / FOLDER / "segment-0000000000000001.sqlite"
    broken.write_bytes(b"no database" * 500)
    store, browser = open_store(), browsers()
    sealed_before = store.fix_archive().rows
    at = datetime.now(UTC).isoformat()
    try:
        post(browser, "fixes", [fix("s9", -number) for number in range(60)])
        post(browser, "incidents", {"incident_id": "k9", "occurred_at": at, "lon": 0.5, "lat": 0.5, "title": "井盖"})
        wait_for(lambda: len(store.desk("administrator").rows("incidents", where={"incident_id": "k9"})))
        wait_for(lambda: store.fix_archive().rows >= sealed_before + 60)
        assert broken.is_file()
    finally:
        broken.unlink()
        set_value("segment_rows", 2_000_000)


def batch(number: int, size: int) -> list[dict]:
    at = datetime.now(UTC) - timedelta(milliseconds=number)
    return [
        {"unit_id": f"kill {number} {one}", "at": at.isoformat(), "lon": 0.5, "lat": 0.5} for one in range(size)
    ]  # fmt: skip


async def send_until_it_dies(first: int, acknowledged: dict[int, str], size: int) -> int:
    """Send batches of fixes and incidents, four at a time, until the writer is gone; note which were acknowledged."""
    import orjson

    client, number = IngestClient(), first
    head = {"workspace": "main", "form": "json", "actor": "administrator"}

    async def one(mine: int) -> None:
        kind = "incidents" if mine % 5 == 0 else "fixes"
        rows = (
            [{"incident_id": f"kill {mine}", "occurred_at": datetime.now(UTC).isoformat(), "lon": 0.5, "lat": 0.5}]
            if kind == "incidents"
            else batch(mine, size)
        )
        await client.send({**head, "kind": kind}, orjson.dumps(rows))
        acknowledged[mine] = kind

    while True:
        sent = [one(number + step) for step in range(4)]
        number += 4
        ended = await asyncio.gather(*sent, return_exceptions=True)
        if any(isinstance(outcome, GridError) for outcome in ended):
            await client.close()
            return number
        assert not [outcome for outcome in ended if isinstance(outcome, BaseException)]


def kill_rounds(rounds: int, *, size: int, longest_s: float) -> dict[int, str]:
    """Kill the writer at random moments; every acknowledged row must be there exactly once after each start."""
    chance, acknowledged, number = random.Random(3), {}, 0
    for turn in range(rounds):
        with running_writer() as writer:
            wait_s, at_once = chance.uniform(0.05, longest_s), turn % 4 == 3

            async def one_round(writer=writer, first=number, wait_s=wait_s, at_once=at_once) -> int:
                sending = asyncio.create_task(send_until_it_dies(first, acknowledged, size))
                already = len(acknowledged)
                while not at_once and len(acknowledged) == already:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(wait_s)
                writer.kill()
                return await sending

            number = asyncio.run(one_round())
            writer.wait()
        desk = open_store().desk("administrator")
        kept = desk.fixes(*EVER, columns=["unit_id", "at"])
        units = kept["unit_id"].astype(str)
        assert not kept.duplicated().any()
        wanted = {f"kill {one} {row}" for one, kind in acknowledged.items() if kind == "fixes" for row in range(size)}
        assert wanted <= set(units)
    return acknowledged


@pytest.mark.usefixtures("kill_place")
def test_what_was_acknowledged_survives_a_kill():
    acknowledged = kill_rounds(2, size=20, longest_s=0.6)
    set_value("ingest_publish_s", 0)
    require_incidents(acknowledged)


@pytest.mark.prove
@pytest.mark.usefixtures("kill_place")
def test_a_hundred_kills_lose_nothing(proof):
    set_value("segment_rows", 5_000)
    acknowledged = kill_rounds(100, size=50, longest_s=2.0)
    set_value("ingest_publish_s", 0)
    require_incidents(acknowledged)
    line = "100 kills of the writer while rows come in: acknowledged batches there exactly once"
    proof.note(line, "all", f"all of {len(acknowledged):,}")


def require_incidents(acknowledged: dict[int, str]) -> None:
    """Every acknowledged incident comes to the pages, once, after the last start."""
    sent = {f"kill {number}" for number, kind in acknowledged.items() if kind == "incidents"}
    assert sent
    with running_writer():
        desk = lambda: open_store().desk("administrator")  # noqa: E731
        wait_for(lambda: sent <= set(desk().rows("incidents", columns=["incident_id"])["incident_id"]))
        assert desk().rows("incidents", columns=["incident_id"])["incident_id"].is_unique
