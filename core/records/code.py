"""Code rules (编码规则) as pure data: segments in, a code, its counter and its problems out.

It draws no number: who counts, and in which transaction, is coding.py's business.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.text import fold_width, natural_key, without_point_zero

MAX_LENGTH = 40
SORT_LENGTH = 280
# Nobody enters so many records between two that are given codes by hand.
LEAP = 1000
CONSTANT, DATE, SERIAL = "constant", "date", "serial"
DATE_FORMATS = ("%Y", "%y", "%Y%m", "%y%m", "%Y%m%d")

_ALLOWED = r"\w\-./#"
_BASIS_SEPARATOR = "|"
_SHORTEST_PART = 2


@dataclass(frozen=True)
class Segment:
    """One piece of a rule; `separator` stands behind it unless it is the last.

    Its kind is one of those above, or the name of what a record gives (a Piece of its Coding).
    """

    kind: str
    text: str = ""
    date_format: str = "%Y%m%d"
    width: int = 3
    start: int = 1
    step: int = 1
    pad: str = "0"
    separator: str = ""
    is_basis: bool = False


class Problem(NamedTuple):
    """What is wrong with a rule, and with which of its segments (None: with the whole)."""

    line: int | None
    message: Any


Parts = Mapping[str, str | datetime.date]


def stored(value: str) -> str:
    """A code as it is stored: capitals, plain dashes, no blanks (BJ – JS – 001 -> BJ-JS-001)."""
    code = re.sub(r"\s+", "", re.sub("[‐‑‒–—−]", "-", fold_width(value))).upper()
    code = without_point_zero(code)
    if found := re.search(rf"[^{_ALLOWED}]", code):
        raise ValidationError(
            _("“%(found)s” cannot stand in a code; letters, digits and - . / # _ can."),
            code="characters",
            params={"found": found[0]},
        )
    return _bounded(code)


def sort_key(code: str) -> str:
    """An ASCII key by which 999 stands before 1000, as long as its column."""
    return natural_key(code)[:SORT_LENGTH]


def problems(segments: Sequence[Segment], pieces: Iterable[str]) -> list[Problem]:
    """Everything that keeps these segments, with pieces of these names, from being a rule."""
    kinds = {CONSTANT, DATE, SERIAL, *pieces}
    found = [
        Problem(index, text) for index, one in enumerate(segments) for text in _wrong(one, kinds)
    ]
    serials = sum(segment.kind == SERIAL for segment in segments)
    if serials != 1:
        found.append(Problem(None, _("A rule has exactly one serial number.")))
    if sum(map(_least_length, segments)) > MAX_LENGTH:
        found.append(Problem(None, _("Codes of this rule would have more than 40 characters.")))
    return found


def missing_parts(segments: Sequence[Segment], parts: Parts) -> list[str]:
    """The kinds of segments that the record cannot fill yet, in order."""
    needed = [one.kind for one in segments if one.kind not in (CONSTANT, SERIAL)]
    return [kind for kind in dict.fromkeys(needed) if not parts.get(kind)]


def basis(segments: Sequence[Segment], parts: Parts) -> str:
    """The name of the counter: the rendered basis segments; all parts must be known."""
    chosen = [segment for segment in segments if segment.is_basis and segment.kind != SERIAL]
    return _BASIS_SEPARATOR.join(_rendered(segment, parts) for segment in chosen)


def render(segments: Sequence[Segment], parts: Parts, serial: int) -> str:
    """The code; a serial too long for its width widens it. Raises beyond 40 characters."""
    before, counter, after = _split(segments, parts)
    return _bounded(before + _serial_text(counter, serial) + after)


def parse(segments: Sequence[Segment], parts: Parts, code: str) -> int | None:
    """The serial number in a typed code that fits the rule and these parts, else None."""
    if missing_parts(segments, parts):
        return None
    before, counter, after = _split(segments, parts)
    if not (code.startswith(before) and code.endswith(after)):
        return None
    middle = code[len(before) : len(code) - len(after)]
    digits = middle.lstrip(counter.pad) or "0" if counter.pad else middle
    if not re.fullmatch("[0-9]{1,18}", digits):
        return None
    serial = int(digits)
    return serial if _serial_text(counter, serial) == middle else None


def next_serial(counter: Segment, last: int | None) -> int:
    """The serial number that follows the last one drawn or typed; None: none yet."""
    return counter.start if last is None or last < counter.start else last + counter.step


def frame(segments: Sequence[Segment], parts: Parts) -> tuple[str, str]:
    """What stands before and behind the serial number of a record's code."""
    before, _counter, after = _split(segments, parts)
    return before, after


def parts_of_basis(segments: Sequence[Segment], basis: str) -> Parts:
    """The parts that a counter is named by; raises LookupError where it does not name them all."""
    chosen = [segment for segment in segments if segment.is_basis and segment.kind != SERIAL]
    pieces = basis.split(_BASIS_SEPARATOR) if chosen else []
    parts: dict[str, str | datetime.date] = {}
    for segment, piece in zip(chosen, pieces, strict=False):
        if segment.kind != CONSTANT and parts.setdefault(segment.kind, piece) != piece:
            raise LookupError(basis)
    if len(pieces) != len(chosen) or missing_parts(segments, parts):
        raise LookupError(basis)
    return parts


def leap(serial: int, before: int | None) -> bool:
    """Say whether a number is so far from the one before it that it may be a slip."""
    return serial - (before or 0) > LEAP


def settled(numbers: Iterable[int]) -> int | None:
    """The highest of these numbers that is reached without a leap; None when there is none."""
    reached = None
    for number in sorted(numbers):
        if leap(number, reached):
            break
        reached = number
    return reached


def serial_segment(segments: Sequence[Segment]) -> Segment:
    """The one serial segment of a rule without problems."""
    return next(segment for segment in segments if segment.kind == SERIAL)


def _split(segments: Sequence[Segment], parts: Parts) -> tuple[str, Segment, str]:
    """The code before the serial number, its segment, and the code behind it."""
    pieces, at = [], 0
    for index, segment in enumerate(segments):
        separator = segment.separator if index < len(segments) - 1 else ""
        if segment.kind == SERIAL:
            at = index
            pieces.append(separator)
        else:
            pieces.append(_rendered(segment, parts) + separator)
    return "".join(pieces[:at]), segments[at], "".join(pieces[at:])


def _rendered(segment: Segment, parts: Parts) -> str:
    if segment.kind == CONSTANT:
        return segment.text.upper()
    part = parts[segment.kind]
    if isinstance(part, datetime.date):
        return part.strftime(segment.date_format)
    return part.upper()


def _serial_text(counter: Segment, serial: int) -> str:
    return str(serial).rjust(counter.width, counter.pad) if counter.pad else str(serial)


def _bounded(code: str) -> str:
    if len(code) > MAX_LENGTH:
        raise ValidationError(
            _("A code has at most %(most)d characters, this has %(found)d."),
            code="length",
            params={"most": MAX_LENGTH, "found": len(code)},
        )
    return code


def _least_length(segment: Segment) -> int:
    own = {
        CONSTANT: len(segment.text),
        DATE: sum(4 if letter == "Y" else 2 for letter in segment.date_format.replace("%", "")),
        SERIAL: segment.width,
    }
    return own.get(segment.kind, _SHORTEST_PART) + len(segment.separator)


def _wrong(segment: Segment, kinds: Container[str]) -> list[Any]:
    found = []
    if segment.kind not in kinds:
        found.append(_("This kind of segment is unknown."))
    if not re.fullmatch(r"[\-./#_]{0,3}", segment.separator):
        found.append(_("A separator is up to three of - . / # _"))
    if segment.kind == CONSTANT and not re.fullmatch(rf"[{_ALLOWED}]+", segment.text):
        found.append(_("Give the fixed text: letters, digits and - . / # _"))
    if segment.kind == DATE and segment.date_format not in DATE_FORMATS:
        found.append(_("This date format is unknown."))
    if segment.kind == SERIAL:
        found.extend(_wrong_serial(segment))
    return found


def _wrong_serial(segment: Segment) -> list[Any]:
    found = []
    if segment.is_basis:
        found.append(_("The serial number cannot restart itself."))
    if not 1 <= segment.width <= 12:
        found.append(_("The width is between 1 and 12."))
    if segment.start < 0:
        found.append(_("The start cannot be below zero."))
    if not 1 <= segment.step <= 1000:
        found.append(_("The step is between 1 and 1000."))
    if not re.fullmatch(r"0?|[A-Z._#\-]", segment.pad):
        found.append(_("The padding is 0, one capital letter or mark, or nothing."))
    return found
