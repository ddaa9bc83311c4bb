"""Which format a file is of: by what it holds, then by its ending."""

from __future__ import annotations

from pathlib import Path

import data.formats as formats
from data.formats._spec import FormatSpec
from geo.catalogue import discover
from geo.errors import FormatError, say

HEAD_BYTES = 1 << 16


def catalogue() -> dict[str, FormatSpec]:
    """Return every format this folder declares, by name."""
    return discover(formats)


def detect_format(path: Path) -> tuple[str, FormatSpec]:
    """
    Return the name and the spec of a file's format.

    Raises
    ------
    FormatError
        If the file is empty, a web page, or of no format we read.
    """
    head, tail = head_and_tail(path)
    ending = path.suffix.lower()
    if not head.strip():
        raise FormatError(say("a file with rows"), say("{file} is empty", file=path.name), say("export it again"))
    if is_web_page(head):
        raise FormatError(
            say("a table or geodata"),
            say("{file} is a web page (HTML)", file=path.name),
            say("download the file itself, not the page that shows it"),
        )
    specs = catalogue()
    expected = [name for name, spec in specs.items() if ending in spec.endings]
    matching = [name for name, spec in specs.items() if spec.matches(head, tail, ending)]
    chosen = next((name for name in expected if name in matching), None) or next(iter(matching), None)
    if chosen is None:
        titles = ", ".join(specs[name].title for name in expected)
        raise FormatError(
            say("{format}", format=titles) if titles else say("one of the formats this product reads"),
            say("{file} holds something else", file=path.name),
            say("see docs/importing.md for the formats; export the data as one of them"),
        )
    return chosen, specs[chosen]


def head_and_tail(path: Path) -> tuple[bytes, bytes]:
    """Return the first and last bytes of a file."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(path.stat().st_size - HEAD_BYTES, 0))
        return head, file.read(HEAD_BYTES)


def is_web_page(head: bytes) -> bool:
    """Return whether the bytes begin as a web page does."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower()
    return start.startswith((b"<!doctype html", b"<html"))
