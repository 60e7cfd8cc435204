"""Reads the mended rows of an error workbook: which cells of an import they change.

Small ones are read where they are uploaded, large ones where the import is checked again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import jobs
from core.jobs import files
from core.models import StoredFile
from core.refusal import Refused
from core.said import again, plain
from core.workbook import reading
from core.workbook.cells import text_of
from customers.imports.heads import stamp, words
from customers.imports.heads.layout import TEXT_SHEET, Layout, SheetLayout
from customers.imports.kept import shapes
from customers.models import ImportBatch

Cells = Mapping[tuple[int, int, int], Any]  # (sheet, row, column) -> cell
WAITING, REFUSED = "mended", "mended_refused"
_NEW = lazy("Import new customers with a file of their own.")


def noted(batch: ImportBatch, stored: StoredFile) -> dict[str, Any]:
    """Give the mapping of an import with a mended file that waits for the next check."""
    return {**_without(batch), WAITING: stored.pk}


def take(batch: ImportBatch, run: jobs.Run) -> None:
    """Put the cells of a mended file that waits into the import, or why it was not taken."""
    stored = StoredFile.objects.filter(pk=batch.mapping.get(WAITING)).first()
    if stored is None:
        return
    cells: Cells = {}
    mapping = _without(batch)
    with tempfile.NamedTemporaryFile(suffix=PurePath(stored.name).suffix[:10]) as target:
        files.copy_to(stored, target.name)
        try:
            cells = cells_of(batch, target.name, stored.name, run.look_up)
        except Refused as refusal:
            mapping[REFUSED] = plain(refusal.problems[0])
    with run.chunk():
        shapes.keep_cells(batch, cells, run.by)
        ImportBatch.objects.filter(pk=batch.pk).update(mapping=mapping)
        stored.delete()
    batch.mapping = mapping


def forget(batch: ImportBatch) -> None:
    """Delete a mended file that waits in vain."""
    StoredFile.objects.filter(pk=batch.mapping.get(WAITING)).delete()


def refusal(batch: ImportBatch) -> str:
    """Say why the last mended file was not taken, "" when it was."""
    why = batch.mapping.get(REFUSED)
    return _("The mended file was not taken: %(why)s") % {"why": again(why)} if why else ""


def _without(batch: ImportBatch) -> dict[str, Any]:
    return {key: value for key, value in batch.mapping.items() if key not in (WAITING, REFUSED)}


def cells_of(
    batch: ImportBatch, path: str, name: str, look_up: Callable[[], None] = lambda: None
) -> Cells:
    """Give the cells that differ; sheets have their names and rows their numbers still.

    Raises Refused when the file is none of this import, or nothing differs.
    """
    layout = Layout.from_json(batch.mapping["layout"])
    by_name = {sheet.name: sheet for sheet in layout.sheets if sheet.sheet}
    now, mark = shapes.Now(batch), _Mark()
    cells: dict[tuple[int, int, int], Any] = {}
    sheets: dict[int, SheetLayout] = {}
    own = -1
    try:
        with reading.opened(path, name) as book:
            for item in book:
                look_up()
                if isinstance(item, reading.Sheet):
                    own = item.index if item.name == stamp.SHEET else own
                    if known := by_name.get(item.name or TEXT_SHEET):
                        sheets[item.index] = known
                elif isinstance(item, reading.Block) and item.sheet in sheets:
                    _compare(now, sheets[item.sheet], item, cells, mark)
                elif isinstance(item, reading.Block) and item.sheet == own:
                    _refuse_another(batch, item)
    except reading.Unreadable as problem:
        raise Refused([str(problem)]) from problem
    if not sheets:
        raise Refused([_("This is no error workbook of this import: no sheet has its name.")])
    if not cells:
        raise Refused([_("Nothing in this file differs from what is there already.")])
    return cells


def _refuse_another(batch: ImportBatch, block: Any) -> None:
    """Raise Refused for the error workbook of another import: its rows are others."""
    told = stamp.read([[text_of(cell) for cell in row] for row in block.rows])
    if told.get("kind") == stamp.ERRORS and told.get("batch") != batch.number:
        sentence = _("This is the error workbook of import %(other)s, not of %(number)s.")
        raise Refused([sentence % {"other": told.get("batch", ""), "number": batch.number}])


def _compare(
    now: shapes.Now,
    known: SheetLayout,
    block: Any,
    cells: dict[tuple[int, int, int], Any],
    mark: _Mark,
) -> None:
    columns = [column.index for column in known.columns]
    for at, row in zip(block.numbers, block.rows, strict=True):
        if at == known.header_row:
            mark.look(known.index, row)
        number = mark.number(known, at, row)
        if number < known.first_row:
            continue
        current = now.row(known.index, number)
        if current is None:
            reason = _("“%(sheet)s”: row %(row)d is not in this import.")
            raise Refused([f"{reason % {'sheet': known.name, 'row': number}} {_NEW}"])
        for column in columns:
            cell = row[column] if column < len(row) else ""
            if text_of(cell) != current.text(column):
                cells[known.index, number, column] = cell


class _Mark:
    """The column of an error workbook that says which row of the file each of its rows is."""

    def __init__(self) -> None:
        self._columns: dict[int, int] = {}

    def look(self, sheet: int, heads: Sequence[Any]) -> None:
        """Find the column by its head."""
        for at, head in enumerate(heads):
            if words.folded(text_of(head)) in words.row_heads():
                self._columns[sheet] = at

    def number(self, known: SheetLayout, at: int, row: Sequence[Any]) -> int:
        """Give the number of a row in the file. Raises Refused for a row that has none."""
        column = self._columns.get(known.index)
        if column is None or at < known.first_row:
            return at
        text = text_of(row[column]).strip() if column < len(row) else ""
        if text.isascii() and text.isdigit() and len(text) < 9:
            return int(text)
        if any(text_of(cell).strip() for cell in row):
            reason = _("“%(sheet)s”, row %(row)d does not say which row of the file it is.")
            raise Refused([f"{reason % {'sheet': known.name, 'row': at}} {_NEW}"])
        return 0
