"""Codes for many customers of a file at once: those it brings are accepted, the others drawn.

Runs inside the transaction that saves the customers; what one code means is services/coding.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core import serials
from core.said import said as _
from customers.models import UsedCode
from customers.rules import code as rules
from customers.services import bulk_codes, coding, numbering


def accept(typed: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """Push the counters past the codes a file brings; give code -> why it cannot be accepted."""
    if not typed:
        return {}
    rule = coding.active_rule()
    if rule is not None and not rule.allow_typed:
        sentence = _("Codes are given by the code rule and cannot be typed.")
        return {code: sentence for code, _values in typed}
    codes = [code for code, _values in typed]
    used = set(UsedCode.objects.filter(code__among=codes).values_list("code", flat=True))
    sentence = _("The code %(code)s is used or was used before.")
    problems = {code: sentence % {"code": code} for code in codes if code in used}
    if rule is not None:
        _push(rule, [pair for pair in typed if pair[0] not in used])
    return problems


def let_go(codes: Iterable[str]) -> None:
    """Let the counters fall back behind codes of customers that were taken back."""
    gone, rule = set(filter(None, codes)), coding.active_rule()
    if gone and rule is not None:
        numbering.let_go(rule, coding.segments_of(rule), gone)


def _push(rule: Any, typed: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    segments, memory = coding.segments_of(rule), bulk_codes.Parts()
    last: dict[str, int] = {}
    for code, values in typed:
        parts = memory.of(*(values.get(n) for n in ("region", "customer_type", "category")))
        serial = rules.parse(segments, parts, code)
        if serial is not None:
            basis = rules.basis(segments, parts)
            last[basis] = max(serial, last.get(basis, serial))
    if last:
        serials.push(numbering.counter_name(rule), last)
