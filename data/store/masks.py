"""How personal text is shown to people who do not need it in clear."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pyarrow as pa

from data.kinds._spec import KindSpec

HIDDEN = "***"
_PHONE = re.compile(r"\+?[\d ()-]{10,}")
_ROAD = re.compile(r"^.*?(?:大道|路|街(?!道)|巷|弄|胡同|社区|小区|新村|苑|村(?!委)|组)")


def mask_name(text: str) -> str:
    """
    Keep the family name.

    Examples
    --------
    >>> mask_name("张三"), mask_name("Maria Jones"), mask_name("")
    ('张**', 'M**', '')
    """
    return f"{text[0]}**" if text else ""


def mask_phone(text: str) -> str:
    """
    Keep the first three and the last four digits of a number long enough to hide the rest; hide what is no number.

    Examples
    --------
    >>> mask_phone("13812341234"), mask_phone("8701234"), mask_phone("ask 张三 at the shop")
    ('138****1234', '***', '***')
    """
    if _PHONE.fullmatch(text):
        return f"{text[:3]}****{text[-4:]}"
    return HIDDEN if text else ""


def mask_address(text: str) -> str:
    """
    Cut an address after its road, estate or village: no house number, building, flat.

    Examples
    --------
    >>> mask_address("海宁市硖石街道人民路12号3幢501室")
    '海宁市硖石街道人民路***'
    >>> mask_address("12 Main St, Flat 4"), mask_address("无")
    ('** Main St', '***')
    """
    if not text:
        return ""
    if text.isascii():
        return re.sub(r"\d", "*", text.split(",")[0])
    found = _ROAD.match(text)
    return re.sub(r"\d", "*", found.group()) + HIDDEN if found else HIDDEN


def mask_text(text: str) -> str:
    """
    Hide free text whole: nobody knows who is named in it.

    Examples
    --------
    >>> mask_text("张三家漏水"), mask_text("")
    ('***', '')
    """
    return HIDDEN if text else ""


MASKS: dict[str, Callable[[str], str]] = {"name": mask_name, "phone": mask_phone, "address": mask_address}


def personal_fields(spec: KindSpec) -> frozenset[str]:
    """Return the names of the fields of a kind that hold personal text."""
    return frozenset(field.name for field in spec.fields if field.personal)


def mask_table(table: pa.Table, spec: KindSpec) -> pa.Table:
    """Return the table with every personal column masked; each distinct value is masked once."""
    for name in personal_fields(spec) & set(table.column_names):
        encoded = table.column(name).combine_chunks().dictionary_encode()
        mask = MASKS.get(name, mask_text)
        masked = pa.array([mask(v) for v in encoded.dictionary.to_pylist()], encoded.dictionary.type)
        table = table.set_column(table.column_names.index(name), name, masked.take(encoded.indices))
    return table


def mask_value(value: object, field: str) -> str:
    """Return one value masked as its column would be."""
    return "" if value is None or value is pd.NA else MASKS.get(field, mask_text)(str(value))
