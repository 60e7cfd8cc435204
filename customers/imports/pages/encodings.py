"""The encoding of a text table: what it was read as, and reading the file anew as another.

The guess itself is made where the file is opened (core/workbook/encodings.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.history import Act
from core.refusal import Refused
from core.workbook.cells import text_of
from core.workbook.sentences import ALIKE, ENCODINGS, encoding_label
from customers.import_lifecycle import FAILED
from customers.imports.kept.marks import as_row
from customers.imports.steps import moves
from customers.models import (
    ImportBatch,
    ImportBlock,
    ImportDecision,
    ImportFix,
    ImportIssue,
    ImportPlan,
    ImportSheet,
)

_TEXT_FILES = (".csv", ".txt", ".tsv")
_MOST_ROWS, _MOST_CELLS, _MOST_SIGNS = 3, 6, 40


@dataclass(frozen=True)
class Encoding:
    """What a text table was read as ("" when it was not), how surely, and its first rows."""

    name: str
    is_sure: bool
    rows: Sequence[str]

    @property
    def label(self) -> str:
        """Give the name that people know."""
        return encoding_label(self.name)


def of(batch: ImportBatch) -> Encoding | None:
    """Give what a text table was read as, while that can be changed; None for workbooks."""
    was_checked = batch.state == FAILED and batch.checked_at is not None
    is_text = batch.name.lower().endswith(_TEXT_FILES)
    if not is_text or was_checked or not moves.can(batch, "read_anew"):
        return None
    sheet = ImportSheet.objects.filter(batch=batch).order_by("index").first()
    if sheet is None:
        return Encoding("", False, ())
    note = next((one for one in sheet.notes if one["kind"].startswith("encoding")), None)
    if note is None:
        return None
    name = ALIKE.get(note["detail"], note["detail"])
    return Encoding(
        name, note["kind"] == "encoding", [_line(row) for _n, row in sheet.head[:_MOST_ROWS]]
    )


def read_anew(batch: ImportBatch, name: str, act: Act) -> ImportBatch:
    """Read a text table in another encoding and check it from the beginning.

    Raises Refused (no such encoding, no text table, state, right), Stale.
    """
    if name not in ENCODINGS or of(batch) is None:
        raise Refused([_("The file cannot be read in this encoding.")])

    def forget() -> None:
        for kept in (ImportDecision, ImportFix, ImportPlan, ImportIssue, ImportBlock, ImportSheet):
            kept.objects.filter(batch=batch).delete()

    return moves.go(
        batch,
        act,
        "read_anew",
        forget,
        mapping={"encoding": name},
        counts={},
        is_read=False,
        failure="",
        checked_at=None,
        finished_at=None,
    )


def _line(row: Sequence[Any]) -> str:
    texts = [text_of(cell)[:_MOST_SIGNS] for cell in as_row(row)]
    return " · ".join(filter(None, texts[:_MOST_CELLS]))
