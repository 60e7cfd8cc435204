"""What a number format makes people see: a day, a code with its zeros, a unit, or just the number.

Runs in the child. It must not guess: where a format is not understood the number stays a number.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from core.workbook import markup

# Built-in numbers; 27-36 and 50-58 are the East Asian ones. Those of a time alone are left out.
BUILT_IN = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_LITERAL = re.compile(r'"[^"]*"?|[\\!].|_.|\*.|\[[^\]]*\]?')
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_GENERAL = re.compile(r"general|g/通用格式|standard|g/標準|標準")
_EXPONENT = re.compile(r"[0#?.]e[+-]")
# Years, days, years and names of eras, Buddhist years, days of the week.
_DAY_LETTERS = set("ydegba")

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[\$(?P<money>[^\]-]*)[^\]]*\]'
    r"|(?P<skipped>_.|\*.|\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\])"
    r"|(?P<digits>[0#?]+)|(?P<plain>[-+/() :'.&~{}=^$¥￥€£])",  # noqa: RUF001
    re.IGNORECASE,
)
_MOST_DIGITS = 15
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_UNIT = re.compile("[十百千万亿萬億]")
_MONEY = re.compile(r"[$¥￥€£]|RMB|CNY|USD|EUR|HKD|JPY|GBP|TWD|MOP", re.IGNORECASE)  # noqa: RUF001
_CODE_BEFORE, _CODE_AFTER = re.compile(r"[A-Za-z0-9]"), re.compile(r"[-/#_0-9]")


def is_date_format(code: str) -> bool:
    """Say whether a format shows a day; a time of day or a duration alone is none."""
    first = _LITERAL.sub("", code.split(";")[0]).lower()
    if _ELAPSED.search(code) or _GENERAL.search(first) or _EXPONENT.search(first):
        return False
    if _DAY_LETTERS & set(first.replace("am/pm", "").replace("a/p", "")):
        return True
    return "m" in first and not set("hs") & set(first)


class Shape:
    """A format that shows more than the number: zeros in front, signs of a code, a unit."""

    def __init__(self, parts: list[str], is_whole: bool) -> None:
        self._parts, self._is_whole = parts, is_whole
        at = [index for index, part in enumerate(parts) if _is_digits(part)]
        before, after = "".join(parts[: at[0]]), "".join(parts[at[-1] + 1 :])
        unit = _UNIT.search(after)
        self._unit = after[unit.start() :].strip() if unit else ""
        self._is_grouped = any(
            part.strip() for part in parts[at[0] : at[-1]] if part[0] not in "0#?"
        )
        self._has_code = bool(
            _CODE_BEFORE.search(_MONEY.sub("", before)) or _CODE_AFTER.search(after)
        )  # fmt: skip
        self._zeros = sum(part.count("0") for part in parts if _is_digits(part))

    @property
    def is_telling(self) -> bool:
        """Say whether any number is shown as more than its digits."""
        padded = self._is_whole and self._zeros > 1
        return padded or bool(self._unit) or self._is_grouped or self._has_code

    def shown(self, raw: str) -> str:
        """Give what people see of a number where it is more than its digits, else ""."""
        if self._unit:
            return f"{Decimal(raw):f}{self._unit}" if "e" not in raw.casefold() else ""
        if not self._is_whole or not _WHOLE.fullmatch(raw) or len(raw) > _MOST_DIGITS:
            return ""
        if not (self._is_grouped or self._has_code) and len(raw) >= self._zeros:
            return ""
        return self._filled(raw)

    def _filled(self, digits: str) -> str:
        left = digits
        room = sum(len(part) for part in self._parts if _is_digits(part))
        found: list[str] = []
        for part in reversed(self._parts):
            if not _is_digits(part):
                found.append(part)
                continue
            room -= len(part)
            cut = len(left) - len(part) if room else 0
            own, left = left[max(cut, 0) :], left[: max(cut, 0)]
            signs = part[: max(len(part) - len(own), 0)]
            found.append(signs.replace("#", "").replace("?", " ") + own)
        text = "".join(reversed(found)).strip()
        return _MONEY.sub("", text).strip() if not self._has_code else text


def _is_digits(part: str) -> bool:
    return part[0] in "0#?" and not part.strip("0#?")


def shape(code: str) -> Shape | None:
    """Give the shape of a format, None where it shows the number as it is or is not understood."""
    parts: list[str] = []
    at = 0
    first = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)[0]
    is_whole = True
    while at < len(first):
        found = _TOKEN.match(first, at)
        if not found:
            return None
        at = found.end()
        if found["skipped"]:
            continue
        if found["plain"] == ".":
            is_whole = False
        text = next((one for one in found.groups() if one is not None), "")
        if text and (not found["digits"]) and _is_digits(text):
            return None  # digits that are no places: nothing tells them apart below
        if text:
            parts.append(text)
    if not any(_is_digits(part) for part in parts):
        return None
    made = Shape(parts, is_whole)
    return made if made.is_telling else None


Look = bool | Shape


class Styles:
    """Takes the elements of styles.xml; `looks` says per cell style what people see."""

    def __init__(self) -> None:
        self.looks: list[Look] = []
        self._formats: dict[str, Look] = {}

    def take(self, path: tuple[str, ...], attributes: dict[str, str]) -> None:
        if path[1:] == ("numFmts", "numFmt"):
            code = attributes.get("formatCode", "")[:1024]
            self._formats[attributes.get("numFmtId", "")] = look(code)
        elif path[1:] == ("cellXfs", "xf"):
            number = attributes.get("numFmtId", "0")
            known = self._formats.get(number)
            self.looks.append(number.isdecimal() and int(number[:9]) in BUILT_IN
                              if known is None else known)  # fmt: skip


def look(code: str) -> Look:
    """Say what a format shows: True for a day, a shape, False for just the number."""
    return is_date_format(code) or shape(code) or False


def styles(chunks: Iterable[bytes]) -> list[Look]:
    """Give for every cell style what people see. Raises Bad when the part is damaged."""
    found = Styles()
    markup.elements(chunks, found.take, "styles.xml")
    return found.looks


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
