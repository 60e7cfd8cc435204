"""Codes of a file that leap far beyond the numbers before them: most are slips of a finger.

A slip that is written moves the counter, and every code after it; so the check asks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from core.records import code as rules
from core.records import coding, numbering
from core.said import said as _
from customers.imports.fields import issues
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads.layout import Layout
from customers.imports.plan.plans import REJECT, Document, Planned, issue_at
from customers.services.kinds import CUSTOMER as KIND

_SERIAL = re.compile(r"(.*?)([0-9]{1,18})([^0-9]*)", re.DOTALL)


class Leaps:
    """Judges the codes that a file brings, by the counters and by the other `codes` of the file."""

    def __init__(
        self, codes: Iterable[str], layout: Layout, vocabulary: Vocabulary, *, are_right: bool
    ) -> None:
        self._layout, self._vocabulary, self._are_right = layout, vocabulary, are_right
        self._numbers: dict[tuple[str, str], list[int]] = {}
        for code in codes:
            if found := _SERIAL.fullmatch(code):
                frame, number = (found[1], found[3]), int(found[2])
                self._numbers.setdefault(frame, []).append(number)
        for numbers in self._numbers.values():
            numbers.sort()
        rule = coding.active_rule(KIND) if self._numbers else None
        self._segments = coding.segments_of(rule) if rule else []
        self._last = dict(numbering.counters(rule)) if rule else {}
        self._parts = coding.Parts(KIND)

    def judge(self, planned: Planned, document: Document) -> None:
        """Add to a plan that its code leaps; an error until somebody says that it is right."""
        code = str(planned.new("code") or "")
        if not code or not self._segments:
            return
        known = self._parts.of({name: self._instance(planned, name) for name in KIND.coding.fields})
        serial = rules.parse(self._segments, known, code)
        if serial is None:
            return
        before = self._before(code, serial, rules.basis(self._segments, known))
        if not rules.leap(serial, before):
            return
        reason = _("The code %(code)s leaves the numbers before it: from %(before)d to %(number)d.")
        reason = reason % {"code": code, "before": before, "number": serial}
        hint = _("Mend the code if it is a slip, or say above that it is right.")
        sheets, place = self._layout.by_index, (document.sheet, document.row)
        key, is_error = "customers.code", not self._are_right
        planned.issues.append(
            issue_at(sheets, place, key, issues.LEAP, reason, hint, code, is_error=is_error)
        )
        if is_error:
            planned.action = REJECT

    def _before(self, code: str, serial: int, basis: str) -> int:
        found = _SERIAL.fullmatch(code)
        numbers = self._numbers.get((found[1], found[3]), []) if found else []
        at = bisect_left(numbers, serial)
        start = rules.serial_segment(self._segments).start
        return max(self._last.get(basis, 0), numbers[at - 1] if at else 0, start - 1)

    def _instance(self, planned: Planned, name: str) -> object:
        pk = planned.new(name)
        return self._vocabulary.instances(f"customers.{name}").get(pk) if pk else None  # type: ignore[arg-type]
