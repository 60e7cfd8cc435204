"""Brings a stored file into blocks of the database, as the rows were; parses and joins rows.

The file itself is opened by core.workbook.reading, in a process of its own.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import Any

from core import faults, jobs
from core.jobs import files
from core.workbook import reading
from core.workbook.cells import Cell
from customers.imports.fields.issues import Issue
from customers.imports.heads import headers, memory
from customers.imports.heads.layout import TEXT_SHEET, Layout, SheetHead, SheetLayout
from customers.imports.kept import shapes
from customers.imports.kept.marks import Marks
from customers.imports.plan.documents import Collector
from customers.imports.plan.values import Parser
from customers.imports.steps import lookups
from customers.models import ImportBatch, ImportBlock, ImportIssue, ImportSheet

ISSUES_AT_ONCE = 5_000
HEAD = 30
BLOCKS_AT_ONCE = 10
MOST_NOTES = 50
MOST_NAME = 60
MORE = "-more"


def understood(heads: Sequence[SheetHead]) -> Layout:
    """Give how sheets are understood by their heads and by what was answered about such heads."""
    layout = headers.recognise(heads, {})
    known = memory.of_columns(sheet.fingerprint for sheet in layout.sheets)
    return headers.recognise(heads, known) if known else layout


class Rows:
    """All rows of a file; `sheets` say by index how they are understood, each before its rows."""

    def __init__(self, batch: ImportBatch, sheets: dict[int, SheetLayout]) -> None:
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


class Ahead(Rows):
    """The rows of a file that is being read, so nobody mended any: its child reads on meanwhile.

    They are of no use where a head leaves something to ask; a check that begins anew throws away
    what was stored of them.
    """

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch, {})
        self._goes_on = True

    def take(self, head: SheetHead, numbers: Sequence[int], rows: Sequence[Sequence[Cell]]) -> None:
        """Take a block of the sheet with this head."""
        if head.index not in self.sheets:
            layout = understood([head])
            self.sheets[head.index] = layout.sheets[0]
            self._goes_on = self._goes_on and not layout.needs_mapping
        if self._goes_on:
            self.add(head.index, numbers, rows)

    def give_up(self) -> None:
        """Be of no use: rows that were taken come once more."""
        self._goes_on = False

    def rows(self, layout: Layout) -> Rows | None:
        """Give the rows, if the whole file is understood as its sheets were one by one."""
        as_told = all(layout.by_index.get(at) == one for at, one in self.sheets.items())
        return self if self._goes_on and as_told else None


@dataclass
class _Read:
    """What was read and not yet stored, and what is known about the sheets so far."""

    blocks: list[ImportBlock] = field(default_factory=list)
    rows: int = 0
    sheets: dict[int, reading.Sheet] = field(default_factory=dict)
    heads: dict[int, list[tuple[int, list[Cell]]]] = field(default_factory=dict)
    notes: dict[int, list[dict[str, str]]] = field(default_factory=dict)


def store(batch: ImportBatch, run: jobs.Run, ahead: Ahead) -> None:
    """Read the file into blocks, with a look ahead; a run that was interrupted begins anew.

    Raises jobs.Failed with the sentence for people when the file cannot be read.
    """
    run.phase("read", None)
    if ImportBlock.objects.filter(batch=batch).exists():
        with run.chunk():
            ImportBlock.objects.filter(batch=batch).delete()
            ImportIssue.objects.filter(batch=batch).delete()
    found = _Read()
    chosen = batch.mapping.get("encoding", "")
    with tempfile.NamedTemporaryFile(suffix=PurePath(batch.name).suffix[:10]) as target:
        files.copy_to(batch.file, target.name)
        try:
            with reading.opened(target.name, batch.name, encoding=chosen) as book:
                for item in book:
                    run.look_up()
                    _take(batch, found, item, ahead)
                    if len(found.blocks) >= BLOCKS_AT_ONCE or ahead.has_many_issues:
                        _flush(run, found, ahead)
        except reading.Unreadable as problem:
            _keep_encoding(batch, run, found)
            raise jobs.Failed(str(problem)) from problem
    faults.point("import.read")
    with run.chunk() as step:
        step.done += _insert(found)
        ImportSheet.objects.bulk_create(_sheets(batch, found))
        ImportBatch.objects.filter(pk=batch.pk).update(is_read=True)
    batch.is_read = True


def _keep_encoding(batch: ImportBatch, run: jobs.Run, found: _Read) -> None:
    """Keep of a text table that cannot be read to its end what it was read as."""
    if any(one["kind"].startswith("encoding") for one in found.notes.get(0, ())):
        with run.chunk():
            ImportSheet.objects.bulk_create(_sheets(batch, found))


def _take(batch: ImportBatch, found: _Read, item: Any, ahead: Ahead) -> None:
    if isinstance(item, reading.Sheet):
        item.name = item.name or TEXT_SHEET
        found.sheets[item.index] = item
    elif isinstance(item, reading.Anew):
        _forget(batch, found, item.sheet)
        ahead.give_up()
    elif isinstance(item, reading.Note):
        _keep_note(found.notes.setdefault(item.sheet, []), item)
    elif item.numbers:
        head = found.heads.setdefault(item.sheet, [])
        head += islice(zip(item.numbers, item.rows, strict=True), HEAD - len(head))
        found.rows += len(item.numbers)
        found.blocks.append(
            ImportBlock(
                batch=batch,
                sheet=item.sheet,
                first=item.numbers[0],
                last=item.numbers[-1],
                count=len(item.numbers),
                data=shapes.packed_rows(item.numbers, item.rows, item.hidden),
            )
        )
        sheet = found.sheets[item.sheet]
        told = SheetHead(item.sheet, sheet.name[:MOST_NAME], head, sheet.state)
        ahead.take(told, item.numbers, item.rows)


def _keep_note(listed: list[dict[str, str]], note: reading.Note) -> None:
    """Keep the first notes of each kind; of the others, how many they are."""
    kind, is_more = note.kind.removesuffix(MORE), note.kind.endswith(MORE)
    if not is_more and sum(one["kind"] == kind for one in listed) < MOST_NOTES:
        listed.append({"cell": note.cell, "kind": kind, "detail": note.detail})
        return
    more = kind + MORE
    counted = next((one for one in listed if one["kind"] == more), None)
    if counted is None:
        counted = {"cell": "", "kind": more, "detail": "0"}
        listed.append(counted)
    counted["detail"] = str(int(counted["detail"]) + (int(note.detail) if is_more else 1))


def _forget(batch: ImportBatch, found: _Read, sheet: int) -> None:
    """Throw away what was read of a sheet whose rows come once more, in order."""
    ImportBlock.objects.filter(batch=batch, sheet=sheet).delete()
    found.blocks = [block for block in found.blocks if block.sheet != sheet]
    found.rows = sum(block.count for block in found.blocks)
    found.heads.pop(sheet, None)
    found.notes.pop(sheet, None)


def _flush(run: jobs.Run, found: _Read, ahead: Ahead) -> None:
    with run.chunk() as step:
        step.done += _insert(found)
        ahead.store_issues()


def _insert(found: _Read) -> int:
    ImportBlock.objects.bulk_create(found.blocks)
    count, found.rows = found.rows, 0
    found.blocks.clear()
    return count


def _sheets(batch: ImportBatch, found: _Read) -> list[ImportSheet]:
    return [
        ImportSheet(
            batch=batch,
            index=index,
            name=sheet.name[:MOST_NAME],
            state=sheet.state,
            head=found.heads.get(index, []),
            notes=found.notes.get(index, []),
        )
        for index, sheet in sorted(found.sheets.items())
    ]
