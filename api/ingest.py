"""/api/ingest/<kind>: fixes, incidents and events as they happen; answered when they are on the writer's disk."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import Any
from zoneinfo import available_timezones

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.ask import find_account, find_workspace
from api.auth import OWN_SITES
from api.replies import missing, read_language, reply_error, reply_json
from data.imports.coordinates import canonical_crs
from data.ingest.client import IngestClient
from data.language import translate, translate_say
from data.settings import DEFAULTS
from data.store import open_store
from data.wire import to_say
from geo.errors import FormatError, GridError, SchemaError, ScopeError, StoreError, say

LOG = logging.getLogger("wangge.api")
KINDS = ("fixes", "incidents", "events", "traccar")
MEGABYTE = 2**20
ACCOUNT_S = 2.0
_KNOWN: dict[tuple[str, str], tuple[float, str, str]] = {}
_CLIENTS: dict[asyncio.AbstractEventLoop, IngestClient] = {}


class TooLargeError(GridError):
    """A body longer than a request may have."""


class BusyError(GridError):
    """So many bodies wait that no more is taken now: come back in a moment, nothing was lost."""


class Waiting:
    """How many bytes wait for the writer, over all requests."""

    def __init__(self) -> None:
        self.size = 0

    def reserve(self, size: int) -> None:
        """Count bytes in; BusyError where there would be too many. A queue always takes one body."""
        if self.size and self.size + size > int(DEFAULTS["ingest_queue_mb"]) * MEGABYTE:
            raise BusyError(
                say("at most {most} MB waiting for the writer", most=DEFAULTS["ingest_queue_mb"]),
                say("{size} MB", size=round((self.size + size) / MEGABYTE, 1)),
                say("send it again in {seconds} s; nothing of it was kept", seconds=DEFAULTS["ingest_retry_s"]),
            )
        self.size += size


WAITING = Waiting()


async def ingest(request: Request) -> Response:
    """Take one body in, or say why not: 400 unreadable, 403 not allowed, 413 too long, 429 busy, 503 no writer."""
    try:
        return await _take(request)
    except ClientDisconnect:
        return Response(status_code=400)
    except TooLargeError as error:
        return _with_status(request, error, 413)
    except BusyError as error:
        answer = _with_status(request, error, 429)
        answer.headers["Retry-After"] = str(DEFAULTS["ingest_retry_s"])
        return answer
    except GridError as error:
        return reply_error(request, error)
    except Exception:
        LOG.exception("ingest failed")
        text = translate("The service could not answer. The cause stands in its log.", read_language(request))
        return reply_json(request, {"error": "failure", "message": text}, status=500)


def _with_status(request: Request, error: GridError, status: int) -> Response:
    answer = reply_error(request, error)
    answer.status_code = status
    answer.headers["Connection"] = "close"
    return answer


async def _take(request: Request) -> Response:
    kind = request.path_params["kind"]
    if kind not in KINDS:
        raise missing(request.url.path)
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES:
        raise ScopeError(
            say("rows sent by a program or a page of this service"),
            say("rows that another site's page sent"),
            say("send them from a program"),
        )
    head = _read_head(request)
    head |= dict(zip(("workspace", "actor"), await _who(request), strict=True))
    body = await _read_body(request)
    try:
        head |= {"kind": kind, "form": read_form(request, body) if kind != "traccar" else "json"}
        outcome = await asyncio.wait_for(_client().send(head, body), float(DEFAULTS["ingest_wait_s"]))
    except TimeoutError:
        raise StoreError(
            say("the writer to take the rows within {wait} s", wait=DEFAULTS["ingest_wait_s"]),
            say("no answer yet"),
            say("send the same rows again: what was kept is not kept twice"),
        ) from None
    finally:
        WAITING.size -= len(body)
    return _answer(request, outcome)


async def close_connections() -> None:
    """Close this loop's connections to the writer: the service ends."""
    client = _CLIENTS.pop(asyncio.get_running_loop(), None)
    if client is not None:
        await client.close()


def _client() -> IngestClient:
    return _CLIENTS.setdefault(asyncio.get_running_loop(), IngestClient())


async def _who(request: Request) -> tuple[str, str]:
    """Return workspace and account of a request, remembered for a moment: a feed asks many times a second."""
    asked = request.query_params.get("ws", "")
    named = request.scope.get("wangge_accounts", {})
    key = (asked, str(sorted(named.items())))
    known = _KNOWN.get(key)
    if known is None or known[0] < time.monotonic():

        def find() -> tuple[str, str]:
            workspace = find_workspace(request)
            return workspace, find_account(request, workspace, open_store(workspace))

        if len(_KNOWN) > 1000:
            _KNOWN.clear()
        known = (time.monotonic() + ACCOUNT_S, *await to_thread.run_sync(find))
        _KNOWN[key] = known
    return known[1], known[2]


def _read_head(request: Request) -> dict[str, str]:
    source, zone = request.query_params.get("source", ""), request.query_params.get("time_zone", "")
    if not re.fullmatch(r"[\w.@ -]{0,60}", source):
        raise SchemaError(
            say("a source of at most 60 letters and digits"), say("{value!r}", value=source[:60]), say("correct it")
        )
    if zone and zone not in available_timezones():
        raise SchemaError(say("an IANA time zone"), say("{zone!r}", zone=zone), say("name one like Asia/Shanghai"))
    crs = request.query_params.get("crs", "")
    return {"source": source, "time_zone": zone, "crs": canonical_crs(crs) if crs else ""}


async def _read_body(request: Request) -> bytes:
    """Read the body within its limits and count it as waiting."""
    most = int(DEFAULTS["ingest_body_mb"]) * MEGABYTE
    told = request.headers.get("content-length", "")
    size = int(told) if told.isdigit() else 0
    parts, length = [], 0
    if size <= most:
        WAITING.reserve(size)
        try:
            async for part in request.stream():
                length += len(part)
                if length > most:
                    break
                parts.append(part)
        except BaseException:
            WAITING.size -= size
            raise
        WAITING.size -= size
    if max(size, length) > most:
        raise TooLargeError(
            say("a body of at most {most} MB", most=DEFAULTS["ingest_body_mb"]),
            say("{size} MB or more", size=round(max(size, length) / MEGABYTE, 1)),
            say("send the rows in several requests"),
        )
    body = b"".join(parts)
    WAITING.reserve(len(body))
    return body


def read_form(request: Request, body: bytes) -> str:
    """Return what a body is: as `format` or the content type says, else by how it begins."""
    told = request.query_params.get("format", "") or request.headers.get("content-type", "").lower()
    for word, form in (("ndjson", "ndjson"), ("jsonl", "ndjson"), ("json-seq", "ndjson"), ("csv", "csv")):
        if word in told:
            return form
    if "json" in told or body[:64].lstrip().startswith(b"["):
        return "json"
    if request.query_params.get("format"):
        raise FormatError(say("format ndjson, json or csv"), say("{value!r}", value=told[:40]), say("correct it"))
    start = body[:64].lstrip()
    if not start.startswith(b"{"):
        return "csv"
    first = body.lstrip().split(b"\n", 1)
    return "ndjson" if len(first) > 1 and first[1].lstrip().startswith(b"{") else "json"


def _answer(request: Request, outcome: dict[str, Any]) -> Response:
    language = read_language(request)
    parts = ("expected", "found", "to_do")
    errors = [
        {**fault, **{part: translate_say(to_say(fault[part]), language) for part in parts}}
        for fault in outcome["errors"]
    ]
    is_all_bad = bool(errors) and not outcome["accepted"] and not outcome["duplicates"]
    answer = reply_json(request, {**outcome, "errors": errors}, status=400 if is_all_bad else 201)
    if not is_all_bad:
        answer.status_code = 200
    return answer
