"""One writer at a time, whoever it is; killed at any moment, the store is as before or as after."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from data.store import open_store, stage
from data.store.locks import write_lock, writer_folder
from data.wire import is_alive
from data.writer import STANDS_BY, write
from geo.errors import SchemaError, ScopeError, StoreError
from tests.store.conftest import kind_table, make_place, publish
from tests.store.test_publishing import state

ROOT = Path(__file__).resolve().parents[2]
ROWS = 8_000


@pytest.fixture
def writer(request):
    request.getfixturevalue("bare_place")
    with running("-m", "data.writer") as child:
        yield child


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen]:
    """A child process that has said its first line; its pipes are closed and it is waited for."""
    child = subprocess.Popen([sys.executable, *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        child.first_line = child.stdout.readline().strip()
        yield child
    finally:
        child.stdin.close()
        child.wait(60)
        child.stdout.close()


@pytest.mark.usefixtures("writer")
def test_a_write_goes_through_the_running_writer():
    told = []
    table = stage("main", kind_table("people"))
    payload = {"kind": "people", "table": table, "source": {"import_id": "p"}}
    result = write("main", "publish_rows", payload, actor="administrator", progress=lambda *one: told.append(one))
    assert result["rows"] == 10
    assert told[-1] == (1.0, "published")
    assert open_store().desk("administrator").total("people") == 10
    assert (writer_folder() / "socket").stat().st_mode & 0o077 == 0
    assert writer_folder().stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("writer")
def test_errors_of_the_writer_are_raised_here_as_they_were_there():
    with pytest.raises(SchemaError) as caught:
        publish("people", kind_table("people").assign(colour="red"))
    assert caught.value.expected.template == "columns of {kind}: {columns}"
    assert "colour" in caught.value.found.values["unknown"]
    with pytest.raises(ScopeError):
        write("main", "set_setting", {"name": "small_count", "value": 1}, actor="viewer@")
    with pytest.raises(StoreError, match="nothing was changed"):
        write("main", "set_setting", {"name": ["x"], "value": 1}, actor="administrator")
    with pytest.raises(StoreError):
        write("missing", "add_audit", {"verb": "x", "what": {}}, actor="administrator")
    assert publish("people", kind_table("people"))["rows"] == 10


def test_the_writer_ends_with_its_input_and_others_write_themselves(writer):
    assert is_alive()
    writer.stdin.close()
    assert writer.wait(20) == 0
    assert not is_alive()
    assert publish("people", kind_table("people"))["rows"] == 10


@pytest.mark.usefixtures("bare_place")
def test_the_writer_ends_when_its_parent_is_killed():
    code = (
        "import subprocess, sys, time\n"
        "pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child = subprocess.Popen([sys.executable, '-m', 'data.writer'], **pipes)\n"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(600)\n"
    )
    with running("-c", code) as parent:
        child = int(parent.first_line)
        assert is_alive()
        parent.kill()
    wait_until(lambda: not is_running(child))
    assert not is_alive()
    assert publish("people", kind_table("people"))["rows"] == 10


def test_a_second_writer_stands_by_and_takes_over_from_a_dead_one(writer):
    with running("-m", "data.writer") as second:
        assert second.first_line.decode() == STANDS_BY
        assert is_alive()
        assert publish("people", kind_table("people"))["rows"] == 10
        writer.kill()
        assert second.stdout.readline().strip() == b"ready"
        assert is_alive()
        assert publish("people", kind_table("people"))["rows"] == 10
    assert second.returncode == 0


@pytest.mark.usefixtures("writer")
def test_a_writer_that_stands_by_ends_with_its_input():
    with running("-m", "data.writer") as second:
        assert second.first_line.decode() == STANDS_BY
    assert second.returncode == 0
    assert is_alive()


@pytest.mark.usefixtures("bare_place")
def test_a_dead_writers_socket_is_no_writer():
    with running("-m", "data.writer") as child:
        child.kill()
    assert (writer_folder() / "socket").exists()
    assert not is_alive()
    assert publish("people", kind_table("people"))["rows"] == 10


def test_a_home_with_a_long_path_has_a_writer_too(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / ("long" * 20) / ("path" * 20)))
    make_place(rows=False)
    with running("-m", "data.writer"):
        assert is_alive()
        assert publish("people", kind_table("people"))["rows"] == 10


@pytest.mark.usefixtures("bare_place")
def test_a_caller_waits_for_the_lock_and_is_told_who_has_it():
    with write_lock("main", wait_s=1), pytest.raises(StoreError, match=f"process {os.getpid()} is still writing"):
        write("main", "add_audit", {"verb": "x", "what": {}}, actor="administrator", wait_s=0.1)
    results = []

    def later() -> None:
        results.append(write("main", "add_audit", {"verb": "x", "what": {}}, actor="administrator", wait_s=60))

    with write_lock("main", wait_s=1):
        waiting = threading.Thread(target=later)
        waiting.start()
        assert not results
    waiting.join(60)
    assert results


@pytest.mark.usefixtures("writer")
def test_callers_at_once_all_get_their_turn():
    before = open_store().edition

    def call(number: int) -> None:
        publish("people", kind_table("people", ["G11"], number + 1), import_id=f"{number}")

    callers = [threading.Thread(target=call, args=(number,)) for number in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(120)
    assert open_store().edition >= before + 6
    assert open_store().desk("administrator").total("people") == 6


@pytest.mark.usefixtures("bare_place")
def test_readers_see_the_old_or_the_new_never_between():
    publish("visits", kind_table("visits", ["G11"], 100))
    seen, stop = set(), threading.Event()

    def look() -> None:
        while not stop.is_set():
            desk = open_store().desk("administrator")
            seen.add((desk.total("visits"), len(desk.rows("visits", columns=["visit_id"]))))

    reader = threading.Thread(target=look)
    reader.start()
    for size in (200, 300, 400):
        publish("visits", kind_table("visits", ["G22"], size), mode="replace")
    stop.set()
    reader.join(60)
    assert seen <= {(n, n) for n in (100, 200, 300, 400)}


@pytest.fixture(scope="module")
def kill_place(tmp_path_factory):
    """A place with an import staged again and again, so that a kill can strike at any moment of its publishing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(tmp_path_factory.mktemp("kill")))
        make_place(rows=False)
        publish("incidents", kind_table("incidents", ["G11"], 5))
        table = kind_table("incidents", ["G22"], ROWS)
        fixes = kind_table("fixes", ["G22"], 2000)
        yield {"incidents": table, "fixes": fixes}


def kill_once(tables, pause_s: float, kind: str) -> str:
    """Publish in another process, kill it after `pause_s` unless it is done; the store is as before or after."""
    store = open_store()
    before, edition = state(store), store.edition
    name = stage("main", tables[kind])
    verb, mode = ("publish_fixes", {}) if kind == "fixes" else ("publish_rows", {"kind": kind, "mode": "replace"})
    code = (
        "import sys; from data.writer import write\n"
        "from data.store.verbs import VERBS; print('go', flush=True)\n"
        f"write('main', {verb!r}, {dict(mode, table=name, source={'import_id': 'killed'})!r}, actor='administrator')\n"
    )
    with running("-c", code) as child:
        with suppress(subprocess.TimeoutExpired):
            child.wait(pause_s)
        child.kill()
    total = open_store().desk("administrator").total(kind)
    if store.edition == edition:
        assert state(store) == before
        found = "before"
    else:
        assert total == len(tables[kind])
        found = "after"
    write("main", "set_setting", {"name": "small_count", "value": 4}, actor="administrator")
    assert not leftovers(store)
    if found == "after":
        write("main", "undo_import", {"import_id": "killed"}, actor="administrator")
    assert state(store) == before
    assert check_integrity(store) == "ok"
    return found


def leftovers(store) -> int:
    with store.reading() as connection:
        return connection.execute(
            "SELECT (SELECT count(*) FROM incidents WHERE since_edition > w.edition) + "
            "(SELECT count(*) FROM under_way) FROM workspace w"
        ).fetchone()[0]


def check_integrity(store) -> str:
    with store.reading() as connection:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]


@pytest.mark.parametrize("kind", ["incidents", "fixes"])
@pytest.mark.parametrize("pause_s", [0.15, 0.6])
def test_killed_at_any_moment_the_store_is_as_before_or_as_after(kill_place, pause_s, kind):
    kill_once(kill_place, pause_s, kind)


@pytest.mark.prove
def test_killed_a_hundred_times(kill_place):
    rng = random.Random(1)
    found = [kill_once(kill_place, rng.uniform(0, 1.0), rng.choice(["incidents", "fixes"])) for _ in range(100)]
    assert found.count("before") + found.count("after") == 100
    assert found.count("before") > 0


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").is_dir() else True


def wait_until(holds, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("waited too long")
        time.sleep(0.05)
