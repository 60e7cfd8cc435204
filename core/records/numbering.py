"""Serial numbers that are free: steps over every code that was ever given, however many there are.

It asks the ledger; when a code is drawn is for coding.py.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from core import saving, serials
from core.models import Counter
from core.records import code as rules
from core.records.kind import Kind
from core.said import of_error

Segments = Sequence[rules.Segment]


def counter_name(rule: Any) -> str:
    """Give the name under which the counters of a rule are kept."""
    return f"{rule.subject.rpartition('.')[2]}:{rule.pk}"


def ledger(kind: Kind) -> QuerySet[Any]:
    """Give every code that records of a kind have or once had."""
    return kind.coding.ledger._default_manager.filter(subject_type=kind.subject)


def take(kind: Kind, rule: Any, segments: Segments, known: Sequence[rules.Parts]) -> list[str]:
    """Take a code for each of these parts, all of one basis, in order. Raises Refused.

    The counter stays locked until the transaction ends, so what is free now stays free.
    """
    counter, basis = rules.serial_segment(segments), rules.basis(segments, known[0])
    first = serials.draw(
        counter_name(rule), basis, count=len(known), start=counter.start, step=counter.step
    )
    try:
        found = free(kind, segments, known, first)
    except ValidationError as error:
        raise saving.Refused(error.messages, {"code": of_error(error)}) from error
    serials.push(counter_name(rule), {basis: found[-1][0]})
    return [code for _serial, code in found]


def free(
    kind: Kind, segments: Segments, known: Sequence[rules.Parts], first: int
) -> list[tuple[int, str]]:
    """Give a free number from `first` on for each of these parts, with the code it makes.

    One query where the next numbers are free, one more where they are not. Raises ValidationError
    when a code gets too long.
    """
    step = rules.serial_segment(segments).step
    straight = [
        (serial, rules.render(segments, parts, serial))
        for serial, parts in zip(range(first, first + len(known) * step, step), known, strict=True)
    ]
    if not ledger(kind).filter(code__among=[code for _serial, code in straight]).exists():
        return straight
    used = _used(kind, segments, known, first)
    found, serial = [], first
    for parts in known:
        taken = used[rules.frame(segments, parts)]
        while serial in taken:
            serial += step
        found.append((serial, rules.render(segments, parts, serial)))
        serial += step
    return found


def in_use(kind: Kind, segments: Segments, basis: str) -> list[int]:
    """Give the numbers that records of a basis have.

    Raises LookupError where the basis does not say how its codes look.
    """
    parts = rules.parts_of_basis(segments, basis)
    before, after = rules.frame(segments, parts)
    codes = kind.model._default_manager.filter(code__startswith=before, code__endswith=after)
    serials_of = (
        rules.parse(segments, parts, code) for code in codes.values_list("code", flat=True)
    )
    return [one for one in serials_of if one is not None]


def let_go(kind: Kind, rule: Any, segments: Segments, gone: Set[str]) -> None:
    """Let every counter that stands at one of these codes fall back to the numbers in use."""
    for basis, last in counters(rule):
        try:
            parts = rules.parts_of_basis(segments, basis)
            if rules.render(segments, parts, last) not in gone:
                continue
        except (LookupError, ValidationError):
            continue
        highest = max(in_use(kind, segments, basis), default=None)
        serials.put(counter_name(rule), basis, highest, seen=last)


def counters(rule: Any) -> QuerySet[Any, Any]:
    """Give basis and last number of every counter of a rule."""
    found = Counter.objects.filter(rule=counter_name(rule)).order_by("basis")
    return found.values_list("basis", "last")


def _used(
    kind: Kind, segments: Segments, known: Sequence[rules.Parts], first: int
) -> dict[tuple[str, str], set[int]]:
    """Give per frame the numbers from `first` on that were ever given."""
    frames = {rules.frame(segments, parts): parts for parts in known}
    wanted = Q()
    for before, after in frames:
        wanted |= Q(code__startswith=before, code__endswith=after)
    used: dict[tuple[str, str], set[int]] = {frame: set() for frame in frames}
    rows = ledger(kind).filter(wanted).values_list("code", flat=True)
    for code in rows.iterator():
        for frame, parts in frames.items():
            serial = rules.parse(segments, parts, code)
            if serial is not None and serial >= first:
                used[frame].add(serial)
    return used
