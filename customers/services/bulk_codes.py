"""Draws codes for many customers at once: one statement per counter, one for the ledger.

Runs inside the transaction that saves the customers, as customers/services/coding.py does for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core import saving
from customers.models import Customer, UsedCode
from customers.rules import code as rules
from customers.services import coding, numbering
from customers.services.aggregates import CUSTOMER


class Parts:
    """Gives what goes into codes, asking the database once per region, not per record."""

    def __init__(self) -> None:
        self._by_region: dict[int | None, rules.Parts] = {}

    def of(self, region: Any, kind: Any, category: Any) -> rules.Parts:
        """Give the parts of a record with these references."""
        key = region.pk if region else None
        if key not in self._by_region:
            self._by_region[key] = coding.parts_of({"region": region})
        return {
            **self._by_region[key],
            rules.TYPE: kind.code if kind else "",
            rules.CATEGORY: category.code if category else "",
        }


def draw(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Take a code for each of the records, in their order; "" where a segment is unknown."""
    rule = coding.active_rule()
    if rule is None:
        return [""] * len(records)
    segments = coding.segments_of(rule)
    memory = Parts()
    parts = [
        memory.of(values.get("region"), values.get("customer_type"), values.get("category"))
        for values in records
    ]
    together: dict[str, list[int]] = {}
    for at, known in enumerate(parts):
        if not rules.missing_parts(segments, known):
            together.setdefault(rules.basis(segments, known), []).append(at)
    codes = [""] * len(records)
    for _basis, places in sorted(together.items()):
        taken = numbering.take(rule, segments, [parts[at] for at in places])
        for at, code in zip(places, taken, strict=True):
            codes[at] = code
    return codes


def why_none(customers: Sequence[Customer]) -> dict[int, str]:
    """Say by its key of every record without a code that the rule gives it none, and why."""
    without = [one for one in customers if not one.code]
    if not without:
        return {}
    rule, memory = coding.active_rule(), Parts()
    found = {
        one.pk: coding.why_none(rule, memory.of(one.region, one.customer_type, one.category))
        for one in without
    }
    return {pk: problem for pk, problem in found.items() if problem}


def remember(codes: Iterable[tuple[str, int]]) -> None:
    """Write (code, customer) pairs into the ledger of codes ever given. Raises Duplicate."""
    rows = [{"code": code, "customer_id": pk} for code, pk in codes if code]
    saving.note(CUSTOMER, UsedCode, rows)
