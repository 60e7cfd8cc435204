"""The encoding of a text table: what it was read as, and reading the file anew as another.

The guess itself is made where the file is opened (core/workbook/encodings.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.history import Act
from core.refusal import Refused
from core.workbook.cells import text_of
from core.workbook.encodings import NAMES
from customers.import_lifecycle import FAILED
from customers.imports.kept.packing import as_row
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

LABELS = {
    "utf-8": "UTF-8",
    "gb18030": lazy("GBK / GB18030 (simplified Chinese)"),
    "cp950": lazy("Big5 (traditional Chinese)"),
    "utf-16": "UTF-16",
    "cp1252": lazy("Windows-1252 (Western Europe)"),
    "cp932": lazy("Shift-JIS (Japanese)"),
    "cp949": lazy("EUC-KR (Korean)"),
    "cp1250": lazy("Windows-1250 (Central Europe)"),
    "cp1251": lazy("Windows-1251 (Cyrillic)"),
}
CHOICES = [(name, LABELS[name]) for name in NAMES]
_TEXT_FILES = (".csv", ".txt", ".tsv")
_ALIKE = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
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
        return label_of(self.name)


def label_of(name: str) -> str:
    """Give the name by which people know an encoding, of one that was found as well."""
    name = _ALIKE.get(name, name)
    return str(LABELS.get(name, name))


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
    name = _ALIKE.get(note["detail"], note["detail"])
    return Encoding(
        name, note["kind"] == "encoding", [_line(row) for _n, row in sheet.head[:_MOST_ROWS]]
    )


def read_anew(batch: ImportBatch, name: str, act: Act) -> ImportBatch:
    """Read a text table in another encoding and check it from the beginning.

    Raises Refused (no such encoding, no text table, state, right), Stale.
    """
    if name not in LABELS or of(batch) is None:
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
