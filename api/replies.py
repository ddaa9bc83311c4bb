"""How every route answers: JSON with an ETag, gzip where the caller takes it, faults in the caller's language."""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from data.language import LANGUAGES, translate, translate_error, translate_say
from data.settings import DEFAULTS
from geo.errors import GridError, ScopeError, StoreError, say

LOG = logging.getLogger("wangge.api")
GZIP_FROM_BYTES = 1400
MEDIA = "application/json"


class MissingError(GridError):
    """What was asked for does not exist, or not for this caller: both sound the same on purpose."""


def read_language(request: Request) -> str:
    """Return the language of an answer: `lang`, else the page's header, else the default of the settings."""
    asked = request.query_params.get("lang") or request.headers.get("x-wangge-language", "")
    return asked if asked in LANGUAGES else str(DEFAULTS["language"])


def encode(payload: Any) -> bytes:
    """Return `payload` as JSON bytes; NaN becomes null, numpy arrays are taken as they are."""
    return orjson.dumps(payload, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def reply_bytes(request: Request, body: bytes, packed: bytes, seal: str) -> Response:
    """Answer with JSON kept ready in both forms; 304 when the caller already holds this `seal`."""
    tag = f'W/"{seal}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if len(body) >= GZIP_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=MEDIA)
    return Response(body, headers=headers, media_type=MEDIA)


def reply_json(request: Request, payload: Any, *, status: int = 200) -> Response:
    """Answer with JSON sealed by its own content."""
    body = encode(payload)
    if status != 200:
        return Response(body, status_code=status, media_type=MEDIA, headers={"Cache-Control": "no-store"})
    return reply_bytes(request, body, pack(body), hashlib.sha256(body).hexdigest()[:24])


def pack(body: bytes) -> bytes:
    """Return `body` compressed, the same bytes every time."""
    return gzip.compress(body, compresslevel=5, mtime=0) if len(body) >= GZIP_FROM_BYTES else b""


def reply_error(request: Request, error: GridError) -> Response:
    """Answer with the three parts of an error in the caller's language, 403, 404, 503 or 400."""
    language = read_language(request)
    status = 400
    for kind, code in ((MissingError, 404), (ScopeError, 403), (StoreError, 503)):
        if isinstance(error, kind):
            status = code
            break
    parts = {
        "message": translate_error(error, language),
        "expected": translate_say(error.expected, language),
        "found": translate_say(error.found, language),
        "to_do": translate_say(error.remedy, language),
    }
    return reply_json(request, {"error": type(error).__name__, **parts}, status=status)


def answers(route: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Make a route answer every fault as JSON: an expected one with its three parts, any other without detail."""

    @wraps(route)
    def guarded(request: Request) -> Response:
        try:
            return route(request)
        except GridError as error:
            return reply_error(request, error)
        except Exception:
            LOG.exception("route %s failed", request.url.path)
            text = translate("The service could not answer. The cause stands in its log.", read_language(request))
            return reply_json(request, {"error": "failure", "message": text}, status=500)

    return guarded


def missing(what: str) -> MissingError:
    """Return the error for a thing that is not there for this caller."""
    return MissingError(
        say("something inside your area"),
        say("{what}", what=what[:60]),
        say("choose it from the lists of this workspace, or ask the administrator for the area"),
    )
