"""The rows of a file on their way to customers: parsed and joined, block after block.

Ahead does so while the file is still being read: its child reads the next block meanwhile.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence

from core.workbook.cells import Cell
from customers.imports.fields.issues import Issue
from customers.imports.heads import headers, memory
from customers.imports.heads.layout import Layout, Memory, SheetHead, SheetLayout
from customers.imports.kept import shapes
from customers.imports.kept.marks import Marks
from customers.imports.plan.documents import Collector
from customers.imports.plan.values import Parser
from customers.imports.steps import lookups
from customers.models import ImportBatch, ImportIssue

Sheets = Mapping[int, SheetLayout]
ISSUES_AT_ONCE = 5_000


def understood(heads: Sequence[SheetHead]) -> Layout:
    """Give how sheets are understood by their heads and by what was answered about such heads."""
    layout = headers.recognise(heads, Memory())
    known = memory.of_columns(sheet.fingerprint for sheet in layout.sheets)
    return headers.recognise(heads, known) if known.columns else layout


class Rows:
    """All rows of a file; `sheets` say by index how they are understood, each before its rows."""

    def __init__(self, batch: ImportBatch, sheets: Sheets) -> None:
        self.batch, self.sheets = batch, sheets
        self.vocabulary = lookups.vocabulary()
        self._parser = Parser(sheets, self.vocabulary, shapes.answers_of(batch, self.vocabulary))
        self.collector = Collector(sheets)
        self.marks = Marks()
        self.issues: list[Issue] = []
        self.numbers: dict[tuple[int, int], array[int]] = {}
        self.has_data = False

    def add(self, sheet: int, numbers: Sequence[int], rows: Sequence[Sequence[Cell]]) -> None:
        """Take a block of rows as they are now."""
        self.numbers[sheet, numbers[0]] = array("i", numbers)
        if first := self.first_row(sheet):
            self.has_data = self.has_data or numbers[-1] >= first
            parsed = self._parser.parse(sheet, numbers, rows)
            self.note(parsed.issues)
            self.collector.add(parsed)

    def join(self) -> None:
        """Say that all rows were taken."""
        self.note(self.collector.finish())

    def note(self, issues: Iterable[Issue]) -> None:
        """Keep issues until they are stored; a row with an error is marked as wrong."""
        for issue in issues:
            self.issues.append(issue)
            if issue.is_error:
                self.marks.wrong(issue.sheet, issue.row)

    @property
    def has_many_issues(self) -> bool:
        """Say whether it is time to store them."""
        return len(self.issues) >= ISSUES_AT_ONCE

    def store_issues(self) -> None:
        """Write the issues found so far."""
        ImportIssue.objects.bulk_create(
            [shapes.issue_row(self.batch, issue) for issue in self.issues], batch_size=500
        )
        self.issues.clear()

    def first_row(self, sheet: int) -> int:
        """Give the first row of a sheet that holds data, 0 for a sheet that is left out."""
        found = self.sheets.get(sheet)
        return found.first_row if found and found.sheet else 0


class Ahead:
    """The rows of a file that is being read, so nobody mended any.

    They are of no use where a head leaves something to ask.
    """

    def __init__(self, batch: ImportBatch) -> None:
        self._sheets: dict[int, SheetLayout] = {}
        self._rows = Rows(batch, self._sheets)
        self._goes_on = True

    def take(self, head: SheetHead, numbers: Sequence[int], rows: Sequence[Sequence[Cell]]) -> None:
        """Take a block of the sheet with this head."""
        if head.index not in self._sheets:
            layout = understood([head])
            self._sheets[head.index] = layout.sheets[0]
            self._goes_on = self._goes_on and not layout.needs_mapping
        if self._goes_on:
            self._rows.add(head.index, numbers, rows)

    def give_up(self) -> None:
        """Be of no use: rows that were taken come once more."""
        self._goes_on = False

    @property
    def has_many_issues(self) -> bool:
        """Say whether it is time to store them."""
        return self._rows.has_many_issues

    def store_issues(self) -> None:
        """Write the issues found so far; a check that begins anew throws them away."""
        self._rows.store_issues()

    def rows(self, layout: Layout) -> Rows | None:
        """Give the rows, if the whole file is understood as its sheets were one by one."""
        as_told = all(layout.by_index.get(at) == one for at, one in self._sheets.items())
        return self._rows if self._goes_on and as_told else None
