"""Addresses compared as text: one normal form, exact match first, then the longest known beginning; no guesses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

REGION = re.compile(r"^.{1,8}?(?:特别行政区|自治区|自治州|省|市|州|县|区)")
NOISE = re.compile(r"[\s,，。、;；:：()（）\[\]【】#'\"·\-—_/\\]+")
UNIFORM = (("栋", "幢"), ("號", "号"), ("樓", "楼"), ("單元", "单元"), ("弄堂", "弄"), ("門牌", ""), ("门牌", ""))


def normalise_address(text: str) -> str:
    """
    Return an address in the form it is compared in: half width, no spaces or punctuation, 栋 as 幢, lower case.

    Examples
    --------
    >>> normalise_address("硖石街道 人民路１２号，3栋 1单元"), normalise_address("12 Main St., Apt 4")
    ('硖石街道人民路12号3幢1单元', '12mainst.apt4')
    """
    plain = NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()
    for old, new in UNIFORM:
        plain = plain.replace(old, new)
    return plain


def shorter_forms(address: str) -> list[str]:
    """
    Return a normalised address and the forms left when province, city and county are cut off its beginning.

    Examples
    --------
    >>> shorter_forms("浙江省嘉兴市海宁市人民路12号")
    ['浙江省嘉兴市海宁市人民路12号', '嘉兴市海宁市人民路12号', '海宁市人民路12号', '人民路12号']
    """
    forms = [address]
    while (found := REGION.match(forms[-1])) and len(forms) < 5 and found.end() < len(forms[-1]):
        forms.append(forms[-1][found.end() :])
    return forms


def ends_inside_number(known: str, rest: str) -> bool:
    """
    Return whether a known beginning stops in the middle of a number, so that it is another address.

    Examples
    --------
    >>> ends_inside_number("人民路1", "2号"), ends_inside_number("人民路1号", "2幢")
    (True, False)
    """
    return bool(rest) and known[-1:].isascii() and known[-1:].isalnum() and rest[0].isascii() and rest[0].isalnum()


@dataclass(frozen=True)
class AddressBook:
    """Known addresses and the area of each; an address that stands for two areas stands for none."""

    areas: Mapping[str, str | None]
    longest: int

    @classmethod
    def build(cls, entries: Iterable[tuple[str, str]]) -> AddressBook:
        """
        Build the book from (address, area) pairs.

        Examples
        --------
        >>> book = AddressBook.build([("海宁市人民路1号", "A"), ("人民路1号2幢", "B"), ("河边", "A"), ("河边", "B")])
        >>> [book.find(one) for one in ("人民路1号", "人民路1号2幢301室", "人民路1号3幢", "人民路12号", "河边")]
        ['A', 'B', 'A', None, None]
        """
        areas: dict[str, str | None] = {}
        shorter: dict[str, str | None] = {}
        for address, area in entries:
            forms = shorter_forms(normalise_address(address))
            note(areas, forms[0], area)
            for form in forms[1:]:
                note(shorter, form, area)
        merged = shorter | areas
        merged.pop("", None)
        return cls(merged, max(map(len, merged), default=0))

    def find(self, address: str) -> str | None:
        """Return the area of an address: known exactly, else of the longest known address it begins with."""
        for form in shorter_forms(normalise_address(address)):
            for length in range(min(len(form), self.longest), 2, -1):
                known = form[:length]
                if known in self.areas and not ends_inside_number(known, form[length:]):
                    return self.areas[known]
        return None


def note(areas: dict[str, str | None], address: str, area: str) -> None:
    """Write an area beside an address; two different areas cancel each other."""
    areas[address] = area if areas.get(address, area) == area else None
