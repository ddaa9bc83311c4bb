"""`wangge serve`: the service in the foreground, in this very process."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from commands.console import note
from geo.errors import GridError, say

ROOT = Path(__file__).resolve().parent.parent


def run_service(*, host: str, port: int, tls_cert: Path | None, tls_key: Path | None) -> None:
    """
    Become the service; returns only by refusing. Signals go to it, so Ctrl+C stops it and its children.

    It runs in the project's folder, where its settings file is, so `WANGGE_HOME` is made absolute first.
    """
    if (tls_cert is None) != (tls_key is None):
        missing = "--tls-key" if tls_key is None else "--tls-cert"
        raise GridError(say("a certificate and its key"), say("no {option}", option=missing), say("give both or none"))
    for path in (tls_cert, tls_key):
        if path is not None:
            path.open("rb").close()
    _require_free(host, port)
    words = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    words += ["--server.address", host, "--server.port", str(port), "--server.headless", "true"]
    if tls_cert and tls_key:
        words += ["--server.sslCertFile", str(tls_cert.resolve()), "--server.sslKeyFile", str(tls_key.resolve())]
    if os.environ.get("WANGGE_HOME"):
        os.environ["WANGGE_HOME"] = str(Path(os.environ["WANGGE_HOME"]).resolve())
    note(f"Wangge: {'https' if tls_cert else 'http'}://{host}:{port}")
    os.chdir(ROOT)
    os.execv(sys.executable, words)


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise GridError(
                say("a free address to listen on"),
                say("{host}:{port}: {why}", host=host, port=port, why=error.strerror),
                say("stop what listens there, or give another --port"),
            ) from None
