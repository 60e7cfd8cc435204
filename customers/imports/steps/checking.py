"""Checks an import: what the columns mean, what every cell says, what each customer would become.

Writes blocks, issues and plans of the import, never a customer. The judging itself is pure and
stands in headers, values, documents and planner.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils import timezone

from core import faults, jobs
from core.said import joined
from core.said import said as _
from customers.import_lifecycle import CHECK, JOBS
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads import memory
from customers.imports.heads.layout import SKIPPED, Layout, SheetHead
from customers.imports.kept.marks import as_row, counted, letter_of, pack_numbers
from customers.imports.kept.shapes import (
    Keys,
    decisions_of,
    fixes_of,
    keys_of,
    plan_block,
    rows_of,
    sheet_counts,
)
from customers.imports.plan.judging import Rights
from customers.imports.plan.planner import Leaps, Planner
from customers.imports.plan.plans import Document, Options, Planned
from customers.imports.steps import lookups, mended, moves, reading
from customers.imports.steps.reading import Ahead, Rows, understood
from customers.models import ImportBatch, ImportBlock, ImportIssue, ImportPlan, ImportSheet

PLAN_BLOCK = 1_000
PLANS_AT_ONCE = 5
MOST_SHEETS_TOLD = 5
# A file of more takes long enough for somebody to watch it.
WATCHED_BLOCKS = 20


def run(run: jobs.Run) -> None:
    """Do the job "import.check": read the file if that was not done, match, plan, count."""
    batch = ImportBatch.objects.select_related("by", "file").get(pk=run.params["batch"])
    if JOBS.get(batch.state) != CHECK:
        return
    began = time.monotonic()
    ahead = None
    if not batch.is_read:
        ahead = Ahead(batch)
        reading.store(batch, run, ahead)
    else:
        mended.take(batch, run)
    layout = layout_of(batch)
    if all(sheet.shape == SKIPPED for sheet in layout.sheets):
        raise jobs.Failed(_why_nothing(layout))
    if layout.needs_mapping or layout.has_errors:
        with run.chunk():
            moves.made(batch, "ask", mapping={**batch.mapping, "layout": layout.as_json()})
        return
    rows = ahead and ahead.rows(layout)
    check(batch, layout, run, rows or parsed(batch, layout, run), began)


def rows_in(batch: ImportBatch) -> int:
    """Give the number of rows that were read, heads and all."""
    return sum(ImportBlock.objects.filter(batch=batch).values_list("count", flat=True))


def give_up(run: jobs.Run) -> None:
    """End a check that failed or was stopped; nothing else was written."""
    with run.chunk():
        batch = ImportBatch.objects.get(pk=run.params["batch"])
        mended.forget(batch)
        if JOBS.get(batch.state) == CHECK:
            moves.end(batch, run)


def layout_of(batch: ImportBatch) -> Layout:
    """Give how the file is understood: as it was settled before, else from its heads."""
    known = batch.mapping.get("layout")
    if known:
        return Layout.from_json(known)
    return understood(
        [
            SheetHead(
                sheet.index,
                sheet.name,
                [(number, as_row(row)) for number, row in sheet.head],
                sheet.state,
            )
            for sheet in ImportSheet.objects.filter(batch=batch).order_by("index")
        ]
    )


def _why_nothing(layout: Layout) -> str:
    """Say why no sheet of a file is read: of the first ones the reason of each."""
    reasons = [joined([one.reason, one.hint]) for one in layout.issues if one.is_error]
    told = [
        _("Sheet “%(name)s” is not read: %(reason)s") % {"name": one.name, "reason": one.reason}
        for one in [sheet for sheet in layout.sheets if not sheet.is_own][:MOST_SHEETS_TOLD]
    ]
    return joined([*reasons, *told]) or _("There is no sheet with data in the file.")


def parsed(batch: ImportBatch, layout: Layout, run: jobs.Run) -> Rows:
    """Parse all rows anew as they were stored and mended."""
    rows = Rows(batch, layout.by_index)
    with run.chunk():
        ImportIssue.objects.filter(batch=batch).delete()
        ImportPlan.objects.filter(batch=batch).delete()
    run.phase("check", rows_in(batch))
    fixes = fixes_of(batch)
    blocks = ImportBlock.objects.filter(batch=batch).order_by("sheet", "first")
    keys = list(blocks.values_list("pk", flat=True))
    for pk in keys:
        block = ImportBlock.objects.get(pk=pk)
        rows.add(block.sheet, *rows_of(block, fixes))
        run.look_up()
        if rows.has_many_issues or len(keys) > WATCHED_BLOCKS:
            with run.chunk() as step:
                rows.store_issues()
                step.done += block.count
    return rows


def check(batch: ImportBatch, layout: Layout, run: jobs.Run, rows: Rows, began: float) -> None:
    """Judge every customer and keep issues, plans, statuses and counts; then it is "checked"."""
    if not rows.has_data:
        raise jobs.Failed(_("There are no data rows in the file: only the header was filled in."))
    rows.join()
    faults.point("import.check.parsed")
    checked = Check(batch, layout, rows)
    run.phase("plan", len(rows.collector))
    waiting: list[ImportPlan] = []
    for plans in checked.plan():
        run.look_up()
        waiting.append(plan_block(plans, batch))
        if len(waiting) == PLANS_AT_ONCE:
            with run.chunk() as step:
                _keep(waiting, rows, step)
    faults.point("import.check.planned")
    with run.chunk() as step:
        _keep(waiting, rows, step)
        checked.store_marks()
        moves.made(
            batch,
            "judge",
            mapping={**batch.mapping, "layout": layout.as_json()},
            counts={
                **checked.counts(),
                **run.params.get("told", {}),
                "seconds": round(time.monotonic() - began, 2),
            },
            checked_at=timezone.now(),
        )


def _keep(waiting: list[ImportPlan], rows: Rows, step: jobs.Chunk) -> None:
    """Store what was planned and found so far."""
    ImportPlan.objects.bulk_create(waiting)
    rows.store_issues()
    step.done += sum(block.count for block in waiting)
    waiting.clear()


class Check:
    """One look at all customers of a file."""

    def __init__(self, batch: ImportBatch, layout: Layout, rows: Rows) -> None:
        self.batch, self.layout, self.rows = batch, layout, rows
        self.actions: Counter[str] = Counter()
        self.field_changes = 0

    def plan(self) -> Iterator[list[tuple[Planned, Keys]]]:
        """Say what each customer of the file would become; gives blocks of plans."""
        codes = self.rows.collector.codes()
        judging = Judging(self.batch, self.layout, self.rows.vocabulary, codes)
        documents = self.rows.collector.documents()
        while some := list(islice(documents, PLAN_BLOCK)):
            block = []
            for planned, keys in judging.judged(some):
                self.rows.note(planned.issues)
                self.rows.marks.put(planned)
                self.actions[letter_of(planned)] += 1
                self.field_changes += planned.weight
                block.append((planned, keys))
            yield block

    def store_marks(self) -> None:
        """Write the status of every row."""
        marks = self.rows.marks
        for (sheet, first), numbers in self.rows.numbers.items():
            letters = marks.of(sheet, numbers, self.rows.first_row(sheet))
            documents = pack_numbers(marks.documents_of(sheet, numbers))
            ImportBlock.objects.filter(batch=self.batch, sheet=sheet, first=first).update(
                statuses=letters, documents=documents
            )

    def counts(self) -> dict[str, Any]:
        """Give the counts as the batch keeps them."""
        return {
            "sheets": sheet_counts(self.batch),
            "customers": counted(self.actions),
            "field_changes": self.field_changes,
        }


class Judging:
    """Judges customers of a file for the person who imports it; `codes` are all of the file."""

    def __init__(
        self, batch: ImportBatch, layout: Layout, vocabulary: Vocabulary, codes: Iterable[str]
    ) -> None:
        options = Options(
            mode=batch.mode,
            child_mode=batch.child_mode,
            empty=batch.empty,
            submit=batch.submit,
            given=layout.given,
            default_department=batch.by.unit_id,
        )
        # Somebody may have said that codes of this file may leap.
        said = batch.mapping.get("values", {}).get(memory.FILE, {})
        self._by = batch.by
        self._planner = Planner(layout, options, Rights(batch.by), vocabulary)
        self._leaps = Leaps(codes, layout, vocabulary, are_right=memory.LEAPS in said)
        self._decisions = decisions_of(batch)

    def judged(self, documents: Sequence[Document]) -> Iterator[tuple[Planned, Keys]]:
        """Give what each would become, and what it shares with others."""
        answers = [self._decisions.get((one.sheet, one.row)) for one in documents]
        decided = [one.pk for one in answers if one and one.pk]
        known = lookups.known_to(documents, self._by, decided)
        for document, decision in zip(documents, answers, strict=True):
            planned = self._planner.plan(document, known, decision)
            self._leaps.judge(planned, document)
            yield planned, keys_of(document, known)
