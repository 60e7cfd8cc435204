"""Draws codes for many customers at once: one statement per counter, one for the ledger.

Runs inside the transaction that saves the customers, as customers/services/coding.py does for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core import saving, serials
from customers.models import UsedCode
from customers.rules import code as rules
from customers.services import coding
from customers.services.aggregates import CUSTOMER


def draw(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Take a code for each of the records, in their order; "" where a segment is unknown."""
    rule = coding.active_rule()
    if rule is None:
        return [""] * len(records)
    segments = coding.segments_of(rule)
    counter = rules.serial_segment(segments)
    parts = _parts(records)
    bases = [
        None if rules.missing_parts(segments, known) else rules.basis(segments, known)
        for known in parts
    ]
    wanted = Counter(basis for basis in bases if basis is not None)
    following = {
        basis: serials.draw(
            coding.counter_name(rule), basis, count=wanted[basis], start=counter.start,
            step=counter.step,
        )
        for basis in sorted(wanted)
    }
    codes = []
    for basis, known in zip(bases, parts, strict=True):
        codes.append("" if basis is None else rules.render(segments, known, following[basis]))
        if basis is not None:
            following[basis] += counter.step
    taken = set(UsedCode.objects.filter(code__in=codes).values_list("code", flat=True))
    return [
        coding.draw(values, needed=True) if code in taken else code
        for code, values in zip(codes, records, strict=True)
    ]


def remember(codes: Iterable[tuple[str, int]]) -> None:
    """Write (code, customer) pairs into the ledger of codes ever given. Raises Duplicate."""
    saving.note_many(
        CUSTOMER, [UsedCode(code=code, customer_id=pk) for code, pk in codes if code]
    )


def _parts(records: Sequence[Mapping[str, Any]]) -> list[rules.Parts]:
    """Give the parts of every record, asking the database once per region, not per record."""
    known: dict[tuple[Any, ...], rules.Parts] = {}
    found = []
    for values in records:
        references = [values.get(name) for name in ("region", "customer_type", "category")]
        key = tuple(one.pk if one else None for one in references)
        if key not in known:
            known[key] = coding.parts_of(values)
        found.append(known[key])
    return found
