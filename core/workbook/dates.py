"""Which day a number of Excel is.

Runs in the child. It must not guess: a number that is no day stays a number.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

LAST = 2_958_466  # the day after 9999-12-31
_SECONDS = 24 * 60 * 60
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)?)?Z?")


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
