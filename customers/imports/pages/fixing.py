"""Lets people mend a file in the browser, answer for undecided rows, or upload the mended rows.

What the file said stays in its block; what people wrote lies beside it, with who and when.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.history import Act
from core.records import plain
from core.records.widgets import TAG_JOINER, TAG_SEPARATORS
from core.refusal import Refused
from core.workbook.cells import column_of
from customers.imports.fields import targets
from customers.imports.heads.layout import Layout
from customers.imports.kept import shapes
from customers.imports.pages import grid, problems
from customers.imports.pages.shown import Problem
from customers.imports.plan.plans import Planned
from customers.imports.steps import mended, moves, rechecking
from customers.models import (
    ImportBatch,
    ImportDecision,
    ImportIssue,
)

MOST_TEXT = 5_000
Cells = Mapping[tuple[int, int, int], Any]  # (sheet, row, column) -> cell


def fix_cell(
    batch: ImportBatch, sheet: int, row: int, column: int, text: str, act: Act
) -> ImportBatch:
    """Write a cell anew and check again; the file's own text stays in the block.

    Raises Refused, Stale.
    """
    layout = Layout.from_json(batch.mapping.get("layout", {"sheets": [], "issues": []}))
    known = layout.by_index.get(sheet)
    if known is None or row < known.first_row or column not in {c.index for c in known.columns}:
        raise Refused([_("There is no such cell.")])
    if shapes.Now(batch).row(sheet, row) is None:
        raise Refused([_("There is no such cell.")])
    return _fix(batch, {(sheet, row, column): text[:MOST_TEXT]}, act)


def fix_group(batch: ImportBatch, key: str, texts: Mapping[str, str], act: Act) -> int:
    """Write new texts (old -> new) into the cells of a group of equal problems; give how many.

    Cells with other texts stay. Raises Refused (the group is gone, or texts do not mend it), Stale.
    """
    group = problems.group(batch, key)
    if group is None or not group.values:
        raise Refused([_("These rows were changed meanwhile; look at the list again.")])
    places = ImportIssue.objects.filter(batch=batch, group=key, value__in=texts).exclude(column="")
    told = places.values_list("sheet", "row", "column", "field", "value")
    now = shapes.Now(batch)
    cells: dict[tuple[int, int, int], str] = {}
    for sheet, row, letters, field, value in told.order_by("sheet", "row"):
        place = (sheet, row, column_of(letters))
        if (old := cells.get(place)) is None:
            found = now.row(sheet, row)
            old = found.text(place[2]) if found else ""
        cells[place] = _mended_text(field, old, value, texts[value])[:MOST_TEXT]
    if not cells:
        raise Refused([_("These rows were changed meanwhile; look at the list again.")])
    _fix(batch, cells, act)
    return len(cells)


def _mended_text(field: str, old: str, value: str, new: str) -> str:
    """Give the new text of a cell: one of several tags is replaced among the others."""
    target = targets.by_key().get(field)
    if target is None or target.kind != plain.TAGS:
        return new
    parts = [part.strip() for part in TAG_SEPARATORS.split(old)]
    kept_parts = [new if part == value else part for part in parts]
    return TAG_JOINER.join(filter(None, kept_parts)) if value in parts else new


def next_problem(
    batch: ImportBatch, sheet: int, row: int, status: str, group: str = ""
) -> Problem | None:
    """Give the error at a row or behind it: of the group if any is left, else of the file."""
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
    column = column_of(issue.column) if issue.column else -1
    return Problem(issue.sheet, issue.row, column, page, group)


def _fix(batch: ImportBatch, cells: Cells, act: Act) -> ImportBatch:
    return _again(batch, act, cells, lambda: shapes.keep_cells(batch, cells, act.by))


def _again(
    batch: ImportBatch, act: Act, places: Iterable[tuple[int, int, int]], keep: Callable[[], None]
) -> ImportBatch:
    """Keep an answer, and check those customers again that it can change, or else everything."""
    if not moves.fits_request(batch, moves.MEND):
        return moves.go(batch, act, "check", also=keep)

    def both() -> None:
        keep()
        rechecking.recheck(batch, places)

    try:
        moves.move(batch, act, "mend", also=both)
    except rechecking.NotEnough:
        return moves.go(batch, act, "check", also=keep)
    return batch


def decide(batch: ImportBatch, sheet: int, row: int, decision: str, act: Act) -> ImportBatch:
    """Answer for an undecided row: "update:<pk>", "create" or "skip"; "" takes it back.

    Raises Refused when the customer is none of the row's candidates, Stale.
    """
    choice, _colon, pk = decision.partition(":")
    if decision and choice not in ImportDecision.Choice.values:
        raise Refused([_("There is no such answer.")])
    plan = plan_of(batch, sheet, row)
    if plan is None:
        raise Refused([_("There is nothing to decide about this row.")])
    asked = {key for key, _title in plan.candidates} | ({plan.pk} if plan.pk else set())
    if choice == ImportDecision.Choice.UPDATE and pk not in map(str, asked):
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
                customer_id=int(pk) if choice == ImportDecision.Choice.UPDATE else None,
                by=act.by,
                at=timezone.now(),
            )

    return _again(batch, act, [(plan.sheet, plan.row, -1)], answer)


def plan_of(batch: ImportBatch, sheet: int, row: int) -> Planned | None:
    """Give what would become of the customer that a row of the file belongs to."""
    found = shapes.Now(batch).row(sheet, row)
    return shapes.plans(batch, {found.document}).get(found.document) if found else None


def upload_again(batch: ImportBatch, file: Any, name: str, act: Act) -> ImportBatch:
    """Take the mended error workbook into the same import and check the whole again.

    Its rows stand for those of the same sheet name and row number. Raises Refused, Stale.
    """
    moves.require(batch, act, "mend")
    if file.size > moves.SMALL_BYTES:
        stored = moves.keep(file, name, act.by)
        mapping = mended.noted(batch, stored)
        return moves.go(batch, act, "check", mapping=mapping)
    with tempfile.NamedTemporaryFile(suffix=PurePath(name).suffix[:10]) as target:
        for chunk in file.chunks():
            target.write(chunk)
        target.flush()
        return _fix(batch, mended.cells_of(batch, target.name, name), act)
