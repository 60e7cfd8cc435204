"""Which number formats are dates, and which day a number of Excel is.

Runs in the child. It must not guess: a number that is no day stays a number.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import lru_cache

from core.workbook import markup

# Built-in numbers; 27-36 and 50-58 are the East Asian ones. Those of a time alone are left out.
BUILT_IN = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
LAST = 2_958_466  # the day after 9999-12-31
_SECONDS = 24 * 60 * 60
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?')
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)?)?Z?")


def is_date_format(code: str) -> bool:
    """Say whether a format shows a day; a time of day or a duration alone is none."""
    first = _LITERAL.sub("", code.split(";")[0]).lower()
    if _ELAPSED.search(code) or "general" in first or "e+" in first or "e-" in first:
        return False
    if "y" in first or "d" in first:
        return True
    return "m" in first and not set("hs") & set(first)


class Styles:
    """Takes the elements of styles.xml; `dates` says per cell style whether it shows a day."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._formats: dict[str, bool] = {}
        self._of_styles: list[str] = []

    def take(self, path: tuple[str, ...], attributes: dict[str, str]) -> None:
        if path[1:] == ("numFmts", "numFmt"):
            code = attributes.get("formatCode", "")[:1024]
            self._formats[attributes.get("numFmtId", "")] = is_date_format(code)
        elif path[1:] == ("cellXfs", "xf"):
            number = attributes.get("numFmtId", "0")
            known = self._formats.get(number)
            self.dates.append(number.isdecimal() and int(number[:9]) in BUILT_IN
                              if known is None else known)  # fmt: skip


def styles(chunks: Iterable[bytes]) -> list[bool]:
    """Give for every cell style whether it shows a day. Raises Bad when the part is damaged."""
    found = Styles()
    markup.elements(chunks, found.take, "styles.xml")
    return found.dates


@lru_cache(maxsize=20_000)
def day(number: str, from_1904: bool) -> str:
    """Give the day of a number as 2024-05-01, with its time if it has one; "" if it is none."""
    value = float(number)
    if not (0 if from_1904 else 1) <= value < LAST:
        return ""
    whole = int(value)
    seconds = round((value - whole) * _SECONDS)
    if seconds == _SECONDS:
        whole, seconds = whole + 1, 0
    shown = _calendar(whole, from_1904)
    time = f" {datetime.timedelta(seconds=seconds)!s:0>8}" if seconds and shown else ""
    return shown + time


def _calendar(whole: int, from_1904: bool) -> str:
    if whole == 60 and not from_1904:
        return "1900-02-29"  # as Excel shows it; no calendar knows this day
    if from_1904:
        start = datetime.date(1904, 1, 1)
    else:
        start = datetime.date(1899, 12, 31 if whole < 60 else 30)
    try:
        return (start + datetime.timedelta(days=whole)).isoformat()
    except OverflowError:
        return ""


def iso(text: str) -> str:
    """Give the day of an ISO date cell in our spelling; "" if it is none."""
    found = _ISO.fullmatch(text)
    if not found:
        return ""
    return f"{found[1]} {found[2]}" if found[2] and found[2] != "00:00:00" else found[1]
