"""Draws codes for many customers at once: one statement per counter, one for the ledger.

Runs inside the transaction that saves the customers, as customers/services/coding.py does for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core import saving, serials
from customers.models import Customer, UsedCode
from customers.rules import code as rules
from customers.services import coding
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
    counter = rules.serial_segment(segments)
    memory = Parts()
    parts = [
        memory.of(values.get("region"), values.get("customer_type"), values.get("category"))
        for values in records
    ]
    bases = [
        None if rules.missing_parts(segments, known) else rules.basis(segments, known)
        for known in parts
    ]
    wanted = Counter(basis for basis in bases if basis is not None)
    following = {
        basis: serials.draw(
            coding.counter_name(rule),
            basis,
            count=wanted[basis],
            start=counter.start,
            step=counter.step,
        )
        for basis in sorted(wanted)
    }
    codes = []
    for basis, known in zip(bases, parts, strict=True):
        codes.append("" if basis is None else rules.render(segments, known, following[basis]))
        if basis is not None:
            following[basis] += counter.step
    taken = set(UsedCode.objects.filter(code__among=codes).values_list("code", flat=True))
    return [
        coding.draw(values, needed=True) if code in taken else code
        for code, values in zip(codes, records, strict=True)
    ]


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
    saving.note_many(CUSTOMER, UsedCode, rows)
