"""What became of each customer of a file, chunk by chunk: packed with what undoing it needs.

Only shapes; writing.py and undo.py fill them inside the transaction they tell of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from customers.imports.packing import pack, unpack
from customers.models import ImportBatch, ImportOutcome

REVERTED, KEPT, FAILED = "r", "k", "f"


@dataclass(slots=True)
class Done:
    """One customer of the file: its status letter, and where it is now.

    `before` are the plain values that an update replaced: {"values": …, "rows": {child: [[pk,
    values], …]}}. `rows` are [sheet, row, letter planned] where it came otherwise than planned.
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


# Walking through dataclasses by themselves costs ten times.
_flat = attrgetter(*(one.name for one in fields(Done)))


def keep(batch: ImportBatch, phase: str, first: int, done: Sequence[Done]) -> None:
    """Write down what a chunk did. Raises IntegrityError if it was written down before."""
    data = pack(list(map(_flat, done)))
    ImportOutcome.objects.create(batch=batch, phase=phase, first=first, count=len(done), data=data)


def of(batch: ImportBatch, phase: str) -> Iterator[Done]:
    """Give what became of every customer of the file in a phase, in the order of the file."""
    stored = ImportOutcome.objects.filter(batch=batch, phase=phase).order_by("first")
    for data in stored.values_list("data", flat=True):
        yield from unpacked(data)


def unpacked(data: Any) -> list[Done]:
    """Give what became of the customers of one chunk."""
    return [Done(*values) for values in unpack(data)]
