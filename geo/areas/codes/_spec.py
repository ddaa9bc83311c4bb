"""What a check must know of a code scheme without knowing how it is built."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.errors import Say, say


@dataclass(frozen=True, kw_only=True)
class CodeSpec:
    """
    A scheme of codes: digits in groups, each group naming one level below the former.

    `groups` are the lengths of the groups, empty for free text. `serial_digits` counts the last digits that number
    areas inside their parent in reading order, 0 where they do not.
    """

    title: str
    help: str
    groups: tuple[int, ...]
    serial_digits: int
    source: str

    def fault(self, code: str) -> Say | None:
        """
        Return what is wrong with one code, None if nothing.

        Examples
        --------
        >>> scheme = CodeSpec(title="t", help="h", groups=(6, 3), serial_digits=0, source="s")
        >>> scheme.fault("330481101"), str(scheme.fault("33048110"))
        (None, '33048110 has 8 characters, not 9')
        >>> str(scheme.fault("33048110A")), str(scheme.fault("330481000"))
        ('33048110A is not digits alone', '330481000 has a group of zeros: it names an area of a coarser level')
        """
        length = sum(self.groups)
        if not length:
            return None
        if len(code) != length:
            template = "{code} has {count} characters, not {length}"
            return say(template, code=code, count=len(code), length=length)
        if not re.fullmatch("[0-9]+", code):
            return say("{code} is not digits alone", code=code)
        start = 0
        for number, size in enumerate(self.groups):
            if not code[start : start + size].strip("0") and not self.may_be_zero(number):
                return say("{code} has a group of zeros: it names an area of a coarser level", code=code)
            start += size
        return None

    def may_be_zero(self, number: int) -> bool:
        """Return whether a group may be all zeros: the serial of an area that is not divided."""
        return number == len(self.groups) - 1 and self.groups[-1] == 2
