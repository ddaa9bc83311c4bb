"""The wire form of a vector tile, as far as scope needs it: whole features are kept or left out, nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

VARINT, DOUBLE, LENGTH, FLOAT = 0, 1, 2, 5
LAYERS = 3
NAME, FEATURES, KEYS, VALUES = 1, 2, 3, 4
FEATURE_ID, TAGS = 1, 2
INT_VALUES = (4, 5)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """
    Return a number and where it ends.

    Examples
    --------
    >>> read_varint(bytes([0xAC, 0x02]), 0)
    (300, 2)
    """
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def write_varint(value: int) -> bytes:
    """
    Return a number as it travels.

    Examples
    --------
    >>> write_varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Give (number, where the field begins, where its body begins, where it ends) for each field of a message."""
    at = start
    while at < end:
        begun = at
        key, at = read_varint(data, at)
        kind, body = key & 7, at
        if kind == LENGTH:
            size, body = read_varint(data, at)
            at = body + size
        elif kind == VARINT:
            _, at = read_varint(data, at)
        else:
            at += 8 if kind == DOUBLE else 4
        yield key >> 3, begun, body, at


def feature_number(data: bytes, start: int, end: int) -> int:
    """Return the id of a feature message; -1 if it has none."""
    for number, _, body, _ in fields(data, start, end):
        if number == FEATURE_ID:
            return read_varint(data, body)[0]
    return -1


def layer_name(data: bytes, start: int, end: int) -> str:
    """Return the name of a layer message."""
    for number, _, body, stop in fields(data, start, end):
        if number == NAME:
            return data[body:stop].decode("utf-8")
    return ""


def keep_features(tile: bytes, allowed: Mapping[str, NDArray[np.bool_] | None], *, only: str | None = None) -> bytes:
    """
    Return a tile with only the features somebody may see.

    `allowed` says for each layer which feature numbers stay (None: all); a layer that is not named goes whole, and so
    does one left without a feature. With `only` every other layer goes. Attributes of a thinned layer go too: their
    table would still hold the words of the features left out.
    """
    parts = []
    for number, begun, body, end in fields(tile, 0, len(tile)):
        name = layer_name(tile, body, end) if number == LAYERS else ""
        if number != LAYERS or name not in allowed or (only is not None and name != only):
            continue
        mask = allowed[name]
        if mask is None:
            parts.append(tile[begun:end])
        elif layer := _thinned(tile, body, end, mask):
            parts.append(write_varint(LAYERS << 3 | LENGTH) + write_varint(len(layer)) + layer)
    return b"".join(parts)


def _thinned(tile: bytes, start: int, stop: int, mask: NDArray[np.bool_]) -> bytes:
    kept, count = [], 0
    for number, begun, body, end in fields(tile, start, stop):
        if number in (KEYS, VALUES):
            continue
        if number == FEATURES:
            which = feature_number(tile, body, end)
            if not (0 <= which < len(mask) and mask[which]):
                continue
            count += 1
        kept.append(tile[begun:end])
    return b"".join(kept) if count else b""


def number_features(tile: bytes) -> bytes:
    """Return a tile whose features carry their one whole-number attribute as their id, and no attribute."""
    parts = []
    for number, _, body, end in fields(tile, 0, len(tile)):
        if number != LAYERS:
            continue
        inner = list(fields(tile, body, end))
        values = [_whole(tile, start, stop) for kind, _, start, stop in inner if kind == VALUES]
        layer = b"".join(
            _numbered(tile, start, stop, values) if kind == FEATURES else tile[begun:stop]
            for kind, begun, start, stop in inner
            if kind not in (KEYS, VALUES)
        )
        parts.append(write_varint(LAYERS << 3 | LENGTH) + write_varint(len(layer)) + layer)
    return b"".join(parts)


def _whole(tile: bytes, start: int, end: int) -> int:
    return next(read_varint(tile, body)[0] for kind, _, body, _ in fields(tile, start, end) if kind in INT_VALUES)


def _numbered(tile: bytes, start: int, end: int, values: list[int]) -> bytes:
    kept, which = b"", 0
    for kind, begun, body, stop in fields(tile, start, end):
        if kind == TAGS:
            which = read_varint(tile, read_varint(tile, body)[1])[0]
        elif kind != FEATURE_ID:
            kept += tile[begun:stop]
    feature = write_varint(FEATURE_ID << 3) + write_varint(values[which]) + kept
    return write_varint(FEATURES << 3 | LENGTH) + write_varint(len(feature)) + feature
