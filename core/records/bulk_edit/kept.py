"""What is kept of a bulk edit: the frozen selection, the values chosen, what came of each record.

Shapes alone; a record is judged and written in work.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.transaction import atomic

from core.aggregate import is_blank
from core.catalog import Row
from core.models import BulkEdit, BulkEditBlock, User
from core.models.bulk_edit import pack, unpack
from core.records import plain
from core.records.kind import Kind
from core.records.plain import Target
from core.said import again
from core.said import plain as plain_of

SET, ADD, REMOVE = "set", "add", "remove"
CHANGED, ASKED, SAME, REFUSED, LEFT = "changed", "asked", "same", "refused", "left"
WITHDRAWN, KEPT = "withdrawn", "kept"  # of an undo: the request went, or it stays
BLOCK = 500

_POINTING = (plain.REFERENCE, plain.TAGS)


@dataclass(frozen=True, slots=True)
class Done:
    """What will be or was made of one record: its outcome, the version it has then, why.

    `fields` are plain values, [old, new] by field; so are those that it is `asked` to change, by
    the change request of the key `request` once there is one.
    """

    pk: int
    outcome: str
    version: int = 0
    sentence: str = ""
    fields: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    asked: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    request: int = 0


def rows(kind: Kind) -> list[Row]:
    """Give the fields of a kind that are set in bulk, as its field table says."""
    return [row for row in kind.catalog if row.bulk]


def chosen(kind: Kind, edit: BulkEdit) -> dict[str, dict[str, Any]]:
    """Give what an edit sets, in the order of the field table: not every database keeps one."""
    return {row.name: edit.choice[row.name] for row in kind.catalog if row.name in edit.choice}


def targets(kind: Kind) -> dict[str, Target]:
    """Give what values of a kind are given for, by the names of the fields."""
    return {one.name: one for one in plain.targets_of("", kind.catalog)}


def freeze(kind: Kind, items: Sequence[tuple[int, int]], *, by: User) -> BulkEdit:
    """Keep which records (pk, version) a person wants to edit, in blocks."""
    with atomic():
        edit = BulkEdit.objects.create(user=by, subject_type=kind.subject, total=len(items))
        add_blocks(edit, items)
    return edit


def add_blocks(edit: BulkEdit, items: Sequence[Sequence[Any]]) -> None:
    """Pack the records of an edit into blocks."""
    BulkEditBlock.objects.bulk_create(
        BulkEditBlock(edit=edit, number=number, items=pack(items[start : start + BLOCK]))
        for number, start in enumerate(range(0, len(items), BLOCK))
    )


def packed(told: Iterable[Done]) -> bytes:
    """Pack what came of the records of a block."""
    return pack(
        [[one.pk, one.outcome, one.version, plain_of(one.sentence), dict(one.fields),
          dict(one.asked), one.request]
         for one in told]
    )  # fmt: skip


def unpacked(data: Any) -> Iterator[Done]:
    """Give what came of the records of a block, in the language of the moment."""
    for pk, outcome, version, sentence, *values in unpack(data):
        yield Done(pk, outcome, version, str(again(sentence)), *values)


def outcomes(edit: BulkEdit) -> Iterator[Done]:
    """Give what is known of every record, in the order of the selection.

    Of an edit that was begun it is what was written; those that it did not come to are left.
    """
    for block in edit.blocks():
        data = block.told if edit.started_at else block.seen
        if data is not None:
            yield from unpacked(data)
        elif edit.done_at:
            yield from (Done(item[0], LEFT) for item in unpack(block.items))


def counted(told: Iterable[Done], before: Mapping[str, int]) -> dict[str, int]:
    """Add what came of some records to the counts of those before."""
    return dict(Counter(before) + Counter(one.outcome for one in told))


class Instances:
    """The rows that plain values point to, asked for once for each table."""

    def __init__(self, known: Mapping[str, Target]) -> None:
        self._targets = known
        self._found: dict[type[models.Model], dict[int, Any]] = {}

    def look_up(self, values: Iterable[tuple[str, Any]]) -> None:
        """Find what these values, by field, point to."""
        wanted: dict[type[models.Model], set[int]] = {}
        for name, value in values:
            target = self._targets[name]
            if target.kind in _POINTING and value:
                named = value if isinstance(value, list) else [value]
                wanted.setdefault(target.field.related_model, set()).update(named)
        for model, keys in wanted.items():
            known = self._found.setdefault(model, {})
            if missing := keys - known.keys():
                known |= model._default_manager.in_bulk(missing)

    def native(self, name: str, value: Any) -> Any:
        """Give the value of a field as the model holds it. Raises KeyError for one that is gone."""
        target = self._targets[name]
        known = self._found.get(target.field.related_model, {})
        made = None if is_blank(value) else plain.native(target.kind, known)
        return made(value) if made else value
