"""Between a caller and the writer process: JSON lines over a socket that only this user can open."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

import geo.errors
from data.store.locks import try_lock, writer_folder
from geo.errors import GridError, Say, StoreError, say

SOCKET = "socket"
LONGEST_PATH = 100
FINISH_S = 10.0
Progress = Callable[[float, str], None]


@contextmanager
def _address(name: str = SOCKET) -> Iterator[str]:
    """Give a path to a socket short enough for the system, whatever the home folder is called."""
    path = writer_folder() / name
    if len(os.fsencode(path)) <= LONGEST_PATH or not Path("/proc/self/fd").is_dir():
        yield str(path)
        return
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{handle}/{name}"
    finally:
        os.close(handle)


def connect_to(name: str = SOCKET) -> socket.socket | None:
    """Return a connection to one of the writer's sockets; None if nobody listens there."""
    if not (writer_folder() / name).exists():
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _address(name) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        return None
    return connection


def is_alive() -> bool:
    """Say whether a writer process answers."""
    connection = connect_to()
    if connection is None:
        return False
    connection.close()
    return True


def _send(file: Any, message: Any) -> None:
    file.write(orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS, default=str))
    file.flush()


def ask(request: dict[str, Any], progress: Progress | None) -> dict[str, Any]:
    """Send one request to the writer and wait for its result; its errors are raised here as they were there."""
    connection = connect_to()
    if connection is None:
        raise gone_error()
    with connection, connection.makefile("rwb") as file:
        _send(file, request)
        for line in file:
            answer = orjson.loads(line)
            if "progress" in answer:
                if progress is not None:
                    progress(*answer["progress"])
            elif "error" in answer:
                raise to_error(answer["error"])
            else:
                return dict(answer["result"])
    raise gone_error()


def gone_error() -> StoreError:
    """Return the error of a writer that is not there or ended before it answered."""
    return StoreError(
        say("an answer from the writer"),
        say("it ended before it answered"),
        say("repeat the write with the same import id: what was done already is not done twice"),
    )


def from_say(sentence: Say) -> dict[str, Any]:
    """Return a sentence as plain values, those inside it too."""
    values = {k: from_say(v) if isinstance(v, Say) else v for k, v in sentence.values.items()}
    return {"template": sentence.template, "values": values}


def to_say(plain: dict[str, Any]) -> Say:
    """Return the sentence of plain values."""
    values = {k: to_say(v) if isinstance(v, dict) and "template" in v else v for k, v in plain["values"].items()}
    return Say(plain["template"], values)


def from_error(error: GridError) -> dict[str, Any]:
    """Return an error as plain values."""
    parts = {name: from_say(getattr(error, name)) for name in ("expected", "found", "remedy")}
    return {"class": type(error).__name__, **parts}


def to_error(plain: dict[str, Any]) -> GridError:
    """
    Return the error of plain values, of the same class.

    Examples
    --------
    >>> to_error(from_error(StoreError(say("a"), say("{n} b", n=2), say("c"))))
    StoreError('expected: a; found: 2 b; to do: c')
    """
    found = getattr(geo.errors, plain["class"], GridError)
    kind = found if isinstance(found, type) and issubclass(found, GridError) else GridError
    return kind(*(to_say(plain[name]) for name in ("expected", "found", "remedy")))


def listen_at(name: str) -> socket.socket:
    """Return a socket that listens in the writer's folder, for this user only."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    (writer_folder() / name).unlink(missing_ok=True)
    with _address(name) as address:
        listener.bind(address)
    (writer_folder() / name).chmod(0o600)
    listener.listen(256)
    return listener


class Server:
    """Listens for requests and runs them one after another; there is one for each home folder."""

    def __init__(self, run: Callable[..., dict[str, Any]]) -> None:
        self._run = run
        self._turn = threading.Lock()
        self._lock_file = (writer_folder() / "server.lock").open("a+")
        if not try_lock(self._lock_file):
            raise StoreError(
                say("no other writer process for this folder"),
                say("one that runs"),
                say("end it, or let it do the work"),
            )
        self._listener = listen_at(SOCKET)

    def serve(self) -> None:
        """Accept callers until `close`."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Take no more requests and wait a moment for the one under way."""
        (writer_folder() / SOCKET).unlink(missing_ok=True)
        self._listener.close()
        self._turn.acquire(timeout=FINISH_S)

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if not is_same_user(connection):
                return
            with connection.makefile("rwb") as file:
                for line in file:
                    _send(file, self._outcome(orjson.loads(line), file))

    def _outcome(self, request: dict[str, Any], file: Any) -> dict[str, Any]:
        def tell(share: float, text: str) -> None:
            with suppress(OSError):
                _send(file, {"progress": [share, text]})

        with self._turn:
            try:
                return {"result": self._run(**request, progress=tell)}
            except GridError as error:
                return {"error": from_error(error)}
            except Exception as error:
                wrong = StoreError(
                    say("the writer to do its work"),
                    say("{kind}: {error}", kind=type(error).__name__, error=str(error)),
                    say("nothing was changed; report this with what you did"),
                )
                return {"error": from_error(wrong)}


def is_same_user(connection: socket.socket) -> bool:
    """Say whether whoever called runs as this very user."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", credentials)[1] == os.getuid())
