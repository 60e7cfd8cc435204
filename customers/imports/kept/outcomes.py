"""What became of each customer of a file, chunk by chunk: packed with what undoing it needs.

Only shapes; writing.py and undo.py fill them inside the transaction they tell of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any

from core.said import again, plain
from customers.imports.kept.marks import pack, unpack
from customers.imports.kept.shapes import holding
from customers.models import ImportBatch, ImportOutcome

REVERTED, KEPT, FAILED = "r", "k", "f"
# What an undo came to, as counts and pages name it.
BUCKETS = {"reverted": REVERTED, "kept": KEPT, "failed": FAILED}
MOST_RUNS = 50


@dataclass(slots=True)
class Done:
    """One customer of the file: its status letter, and where it is now. Packed in this order.

    `before` are the plain values that an update replaced: {"values": …, "rows": {child: [[pk,
    values], …]}}. `rows` are [sheet, row, letter planned] where it came otherwise than planned,
    `request` is the change request that was made of it.
    """

    number: int
    sheet: int
    row: int
    letter: str
    pk: int | None = None
    version: int = 0
    code: str = ""
    label: str = ""
    reason: str = ""
    is_since: bool = False
    is_submitted: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)
    request: int | None = None


# Walking through dataclasses by themselves costs ten times.
_flat = attrgetter(*(one.name for one in fields(Done)))


def keep(batch: ImportBatch, phase: str, first: int, done: Sequence[Done]) -> None:
    """Write down what a chunk did. Raises IntegrityError if it was written down before."""
    data = pack([_flat(_plain(one)) for one in done])
    ImportOutcome.objects.create(batch=batch, phase=phase, first=first, count=len(done), data=data)


def _plain(done: Done) -> Done:
    """Give it with its reason as JSON holds it."""
    return replace(done, reason=plain(done.reason)) if done.reason else done


def of(batch: ImportBatch, phase: str) -> Iterator[Done]:
    """Give what became of every customer of the file in a phase, in the order of the file."""
    stored = ImportOutcome.objects.filter(batch=batch, phase=phase).order_by("first")
    for data in stored.values_list("data", flat=True):
        yield from unpacked(data)


def number(batch: ImportBatch, phase: str) -> int:
    """Give of how many customers it is known what became of them: the number of the next one."""
    last = ImportOutcome.objects.filter(batch=batch, phase=phase).order_by("first").last()
    return last.first + last.count if last else 0


def some(batch: ImportBatch, phase: str, numbers: Collection[int]) -> list[Done]:
    """Give what became of these customers of the file; unpacks their chunks only."""
    blocks = holding(ImportOutcome.objects.filter(batch=batch, phase=phase), numbers)
    return [done for one in blocks for done in unpacked(one.data) if done.number in numbers]


class Runs:
    """Codes of new customers on their way into runs that share all but their trailing number."""

    def __init__(self) -> None:
        self._runs: dict[str, tuple[str, str, int]] = {}

    def add(self, code: str) -> None:
        """Take a code."""
        first, last, count = self._runs.get(stem := code.rstrip("0123456789"), (code, code, 0))
        place = (len(code), code)
        first = code if place < (len(first), first) else first
        last = code if place > (len(last), last) else last
        self._runs[stem] = first, last, count + 1

    def told(self) -> list[tuple[str, str, int]]:
        """Give (first, last, count) of the runs, the first 50."""
        return sorted(self._runs.values())[:MOST_RUNS]


def unpacked(data: Any) -> list[Done]:
    """Give what became of the customers of one chunk."""
    found = [Done(*values) for values in unpack(data)]
    for one in found:
        one.reason = again(one.reason)
    return found
