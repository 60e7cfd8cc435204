"""Lets people mend a file in the browser, answer for undecided rows, or upload the mended rows.

What the file said stays in its block; what people wrote lies beside it, with who and when.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.history import Act
from core.refusal import Refused
from core.workbook import reading
from customers.imports import grid, kept, problems, rechecking, stamp, steps, targets, words
from customers.imports.layout import TEXT_SHEET, Layout, SheetLayout
from customers.imports.packing import index_of, text_of, unpack, unpack_numbers
from customers.imports.plans import Planned
from customers.imports.resources import TAG_JOINER, TAG_SEPARATORS
from customers.imports.shown import Problem
from customers.models import (
    ImportBatch,
    ImportBlock,
    ImportDecision,
    ImportFix,
    ImportIssue,
    ImportPlan,
)

State = ImportBatch.State
MOST_TEXT = 5_000
_NEW = lazy("Import new customers with a file of their own.")
Cells = Mapping[tuple[int, int, int], Any]  # (sheet, row, column) -> cell


def fix_cell(
    batch: ImportBatch, sheet: int, row: int, column: int, text: str, act: Act
) -> ImportBatch:
    """Write one cell anew and check again. Raises Refused, Stale."""
    layout = Layout.from_json(batch.mapping.get("layout", {"sheets": [], "issues": []}))
    known = layout.by_index.get(sheet)
    if known is None or row < known.first_row or column not in {c.index for c in known.columns}:
        raise Refused([_("There is no such cell.")])
    block = ImportBlock.objects.filter(
        batch=batch, sheet=sheet, first__lte=row, last__gte=row
    ).first()
    if block is None or row not in kept.numbers_of(block):
        raise Refused([_("There is no such cell.")])
    return _fix(batch, {(sheet, row, column): text[:MOST_TEXT]}, act)


def fix_group(batch: ImportBatch, key: str, texts: Mapping[str, str], act: Act) -> int:
    """Write a new text for each different text of cells with an equal problem; give how many.

    What is not among `texts` stays as it is. Raises Refused, Stale.
    """
    group = problems.group(batch, key)
    if group is None or not group.values:
        raise Refused([_("These rows were changed meanwhile; look at the list again.")])
    places = ImportIssue.objects.filter(batch=batch, group=key, value__in=texts).exclude(column="")
    told = places.values_list("sheet", "row", "column", "field", "value")
    now = _Now(batch)
    cells: dict[tuple[int, int, int], str] = {}
    for sheet, row, letters, field, value in told.order_by("sheet", "row"):
        column = index_of(letters)
        place = (sheet, row, column)
        old = cells.get(place, _text_at(now, *place))
        cells[place] = _mended_text(field, old, value, texts[value])[:MOST_TEXT]
    if not cells:
        raise Refused([_("These rows were changed meanwhile; look at the list again.")])
    _fix(batch, cells, act)
    return len(cells)


def _text_at(now: _Now, sheet: int, row: int, column: int) -> str:
    cells = now.row(sheet, row) or ()
    return text_of(cells[column]) if column < len(cells) else ""


def _mended_text(field: str, old: str, value: str, new: str) -> str:
    """Give the new text of a cell: one of several tags is replaced among the others."""
    target = targets.by_key().get(field)
    if target is None or target.kind != targets.TAGS:
        return new
    parts = [part.strip() for part in TAG_SEPARATORS.split(old)]
    kept_parts = [new if part == value else part for part in parts]
    return TAG_JOINER.join(filter(None, kept_parts)) if value in parts else new


def next_problem(
    batch: ImportBatch, sheet: int, row: int, status: str, group: str = ""
) -> Problem | None:
    """Give the error at a row or after it, else the first: of the group, else of the file."""
    wrong = ImportIssue.objects.filter(batch=batch, row__gt=0).order_by("sheet", "row", "pk")
    later = Q(sheet=sheet, row__gte=row) | Q(sheet__gt=sheet)
    if group:
        own = wrong.filter(group=group)
        if found := own.filter(later).first() or own.first():
            at = problems.rows(batch, found.sheet, group).index(found.row)
            return _problem(found, at // grid.PAGE + 1, group)
    wrong = wrong.filter(is_error=True)
    if found := wrong.filter(later).first() or wrong.first():
        return _problem(found, grid.page_of(batch, found.sheet, status, found.row), "")
    return None


def _problem(issue: ImportIssue, page: int, group: str) -> Problem:
    column = index_of(issue.column) if issue.column else -1
    return Problem(issue.sheet, issue.row, column, page, group)


def _fix(batch: ImportBatch, cells: Cells, act: Act) -> ImportBatch:
    return _again(batch, act, cells, lambda: _keep(batch, cells, act))


def _again(
    batch: ImportBatch, act: Act, places: Iterable[tuple[int, int, int]], keep: Callable[[], None]
) -> ImportBatch:
    """Keep an answer, and check those customers again that it can change, or else everything."""
    if not steps.fits_request(batch, steps.MEND):
        return steps.go(batch, act, (State.CHECKED,), State.CHECKING, also=keep)

    def both() -> None:
        keep()
        rechecking.recheck(batch, places, batch.by)

    try:
        steps.move(batch, act, (State.CHECKED,), State.CHECKED, also=both)
    except rechecking.NotEnough:
        return steps.go(batch, act, (State.CHECKED,), State.CHECKING, also=keep)
    return batch


def _keep(batch: ImportBatch, cells: Cells, act: Act) -> None:
    now = timezone.now()
    ImportFix.objects.bulk_create(
        [
            ImportFix(
                batch=batch, sheet=sheet, row=row, column=column, cell=cell, by=act.by, at=now
            )
            for (sheet, row, column), cell in cells.items()
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["batch", "sheet", "row", "column"],
        update_fields=["cell", "by", "at"],
    )


def decide(batch: ImportBatch, sheet: int, row: int, decision: str, act: Act) -> ImportBatch:
    """Take an answer for an undecided row, or take it back. Raises Refused, Stale."""
    choice, _colon, pk = decision.partition(":")
    if decision and choice not in ImportDecision.Choice.values:
        raise Refused([_("There is no such answer.")])
    plan = plan_of(batch, sheet, row)
    if plan is None:
        raise Refused([_("There is nothing to decide about this row.")])
    asked = {key for key, _title in plan.candidates} | ({plan.pk} if plan.pk else set())
    if choice == ImportDecision.Choice.UPDATE and (not pk.isdecimal() or int(pk) not in asked):
        raise Refused([_("This customer is none of those that the row may mean.")])

    def answer() -> None:
        known = ImportDecision.objects.filter(batch=batch, sheet=plan.sheet, row=plan.row)
        known.delete()
        if decision:
            ImportDecision.objects.create(
                batch=batch,
                sheet=plan.sheet,
                row=plan.row,
                choice=choice,
                customer_id=int(pk) if pk else None,
                by=act.by,
                at=timezone.now(),
            )

    return _again(batch, act, [(plan.sheet, plan.row, -1)], answer)


def plan_of(batch: ImportBatch, sheet: int, row: int) -> Planned | None:
    """Give what would become of the customer that a row of the file belongs to."""
    block = ImportBlock.objects.filter(
        batch=batch, sheet=sheet, first__lte=row, last__gte=row
    ).first()
    if block is None or row not in (numbers := kept.numbers_of(block)):
        return None
    documents = unpack_numbers(block.documents)
    number = documents[numbers.index(row)] if documents else -1
    plans = ImportPlan.objects.filter(batch=batch, first__lte=number).order_by("-first").first()
    if number < 0 or plans is None:
        return None
    return kept.raised(unpack(plans.data)[number - plans.first])


def upload_again(batch: ImportBatch, file: Any, name: str, act: Act) -> ImportBatch:
    """Take mended rows of an error workbook into the same import. Raises Refused, Stale."""
    steps.require_right(act.by)
    if batch.state != State.CHECKED:
        raise Refused([steps.not_now(batch)])
    cells = _mended(batch, file, name)
    if not cells:
        raise Refused([_("Nothing in this file differs from what is there already.")])
    return _fix(batch, cells, act)


def _mended(batch: ImportBatch, file: Any, name: str) -> dict[tuple[int, int, int], Any]:
    """Give the cells that differ; sheets have their names and rows their numbers still."""
    layout = Layout.from_json(batch.mapping["layout"])
    by_name = {sheet.name: sheet for sheet in layout.sheets if sheet.sheet}
    now, mark = _Now(batch), _Mark()
    cells: dict[tuple[int, int, int], Any] = {}
    sheets: dict[int, SheetLayout] = {}
    own = -1
    with tempfile.NamedTemporaryFile(suffix=PurePath(name).suffix[:10]) as target:
        for chunk in file.chunks():
            target.write(chunk)
        target.flush()
        try:
            with reading.opened(target.name, name) as book:
                for item in book:
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
    return cells


def _refuse_another(batch: ImportBatch, block: Any) -> None:
    """Raise Refused for the error workbook of another import: its rows are others."""
    told = stamp.read([[text_of(cell) for cell in row] for row in block.rows])
    if told.get("kind") == stamp.ERRORS and told.get("batch") != batch.number:
        sentence = _("This is the error workbook of import %(other)s, not of %(number)s.")
        raise Refused([sentence % {"other": told.get("batch", ""), "number": batch.number}])


def _compare(
    now: _Now, known: SheetLayout, block: Any, cells: dict[tuple[int, int, int], Any], mark: _Mark
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
            before = current[column] if column < len(current) else ""
            if text_of(cell) != text_of(before):
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


class _Now:
    """The rows of an import as they are now, a block at a time."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._fixes = kept.fixes_of(batch)
        self._open: tuple[int, dict[int, Any], ImportBlock | None] = (-1, {}, None)

    def row(self, sheet: int, number: int) -> Sequence[Any] | None:
        """Give the cells of a row, or None when there is no such row."""
        at, rows, _block = self._open
        if at != sheet or number not in rows:
            block = ImportBlock.objects.filter(
                batch=self._batch, sheet=sheet, first__lte=number, last__gte=number
            ).first()
            if block is None:
                return None
            numbers, cells = kept.rows_of(block, self._fixes)
            rows = dict(zip(numbers, cells, strict=True))
            self._open = (sheet, rows, block)
        return rows.get(number)
