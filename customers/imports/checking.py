"""Checks an import: what the columns mean, what every cell says, what each customer would become.

Writes blocks, issues and plans of the import, never a customer. The judging itself is pure and
stands in headers, values, documents and diff.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import faults, jobs
from core.models import User
from customers.imports import headers, lookups, memory, reading
from customers.imports.diff import Planner
from customers.imports.documents import Collector
from customers.imports.issues import Issue
from customers.imports.kept import (
    Keys,
    answers_of,
    decisions_of,
    fixes_of,
    issue_row,
    keys_of,
    plan_block,
    rows_of,
)
from customers.imports.layout import SKIPPED, Layout, SheetHead
from customers.imports.marks import BY_ACTION, Marks, counted
from customers.imports.packing import NO_DATA, as_rows, pack_numbers
from customers.imports.plans import UPDATE, Options, Planned
from customers.imports.rights import Rights
from customers.imports.values import Parser
from customers.models import ImportBatch, ImportBlock, ImportIssue, ImportPlan, ImportSheet

State = ImportBatch.State
PLAN_BLOCK = 1_000
ISSUES_AT_ONCE = 5_000
# What a request can wait for: about two seconds.
SMALL_ROWS = 5_000


def run(run: jobs.Run) -> None:
    """Do the job "import.check": read the file if that was not done, match, plan, count."""
    batch = ImportBatch.objects.select_related("by", "file").get(pk=run.params["batch"])
    if batch.state not in (State.UPLOADED, State.CHECKING):
        return
    if not batch.is_read:
        reading.store(batch, run)
    if rows_in(batch) > SMALL_ROWS:
        run.leave_to_worker()
    layout = layout_of(batch)
    if all(sheet.shape == SKIPPED for sheet in layout.sheets):
        reasons = [issue.reason for issue in layout.issues if issue.is_error]
        raise jobs.Failed(" ".join(reasons) or _("There is no sheet with data in the file."))
    if layout.needs_mapping or layout.has_errors:
        with run.chunk():
            _to_mapping(batch, layout)
        return
    check(batch, layout, run, batch.by)


def rows_in(batch: ImportBatch) -> int:
    """Give the number of rows that were read, heads and all."""
    return sum(ImportBlock.objects.filter(batch=batch).values_list("count", flat=True))


def give_up(run: jobs.Run) -> None:
    """End a check that failed or was stopped; nothing else was written."""
    state = State.CANCELLED if run.ending == "cancel" else State.FAILED
    with run.chunk():
        ImportBatch.objects.filter(
            pk=run.params["batch"], state__in=(State.UPLOADED, State.CHECKING)
        ).update(state=state, failure=run.job.error, finished_at=timezone.now())


def layout_of(batch: ImportBatch) -> Layout:
    """Give how the file is understood: as it was settled before, else from its heads."""
    known = batch.mapping.get("layout")
    if known:
        return Layout.from_json(known)
    heads = [
        SheetHead(
            sheet.index,
            sheet.name,
            [(number, as_rows([row])[0]) for number, row in sheet.head],
            sheet.state,
        )
        for sheet in ImportSheet.objects.filter(batch=batch).order_by("index")
    ]
    layout = headers.recognise(heads, memory.of_columns(()))
    known_before = memory.of_columns(sheet.fingerprint for sheet in layout.sheets)
    return headers.recognise(heads, known_before) if known_before.columns else layout


def _to_mapping(batch: ImportBatch, layout: Layout) -> None:
    mapping = {**batch.mapping, "layout": layout.as_json()}
    ImportBatch.objects.filter(pk=batch.pk, state__in=(State.UPLOADED, State.CHECKING)).update(
        state=State.MAPPING, mapping=mapping, revision=batch.revision + 1
    )


def check(batch: ImportBatch, layout: Layout, run: jobs.Run, by: User) -> None:
    """Judge every row anew and keep issues, plans, statuses and counts; then it is "checked"."""
    began = time.monotonic()
    checked = Check(batch, layout, by)
    with run.chunk():
        ImportIssue.objects.filter(batch=batch).delete()
        ImportPlan.objects.filter(batch=batch).delete()
    run.phase("check", rows_in(batch))
    for count in checked.parse():
        if len(checked.issues) >= ISSUES_AT_ONCE or checked.is_large:
            with run.chunk() as step:
                checked.store_issues()
                step.done += count
    faults.point("import.check.parsed")
    run.phase("plan", len(checked))
    for plans in checked.plan():
        with run.chunk() as step:
            ImportPlan.objects.bulk_create([plan_block(plans, batch)])
            checked.store_issues()
            step.done += len(plans)
    faults.point("import.check.planned")
    with run.chunk():
        checked.store_issues()
        checked.store_marks()
        finish(batch, checked.counts(), layout, time.monotonic() - began)


class Check:
    """One look at all rows of a file."""

    def __init__(self, batch: ImportBatch, layout: Layout, by: User) -> None:
        self.batch, self.layout, self.by = batch, layout, by
        self.references = lookups.references()
        self.answers = answers_of(batch, self.references)
        self.fixes = fixes_of(batch)
        self.decisions = decisions_of(batch)
        self.collector = Collector(layout)
        self.marks = Marks()
        self.issues: list[Issue] = []
        self.actions: Counter[str] = Counter()
        self.field_changes = 0
        blocks = ImportBlock.objects.filter(batch=batch).order_by("sheet", "first")
        self._blocks = list(blocks.values_list("pk", "sheet"))
        self._numbers: dict[int, array[int]] = {}

    @property
    def is_large(self) -> bool:
        """Say whether the check takes long enough for somebody to watch it."""
        return len(self._blocks) > 20

    def __len__(self) -> int:
        return len(self.collector)

    def parse(self) -> Iterator[int]:
        """Turn all rows into customers of the file; gives the number of rows of each block."""
        parser = Parser(self.layout, self.references, self.answers)
        for pk, sheet in self._blocks:
            numbers, rows = rows_of(ImportBlock.objects.get(pk=pk), self.fixes)
            self._numbers[pk] = array("i", numbers)
            if self._first_row(sheet):
                parsed = parser.parse(sheet, numbers, rows)
                self._note(parsed.issues)
                self.collector.add(parsed)
            yield len(numbers)
        self._note(self.collector.finish())

    def plan(self) -> Iterator[list[tuple[Planned, Keys]]]:
        """Say what each customer of the file would become; gives blocks of plans."""
        planner = planner_of(self.batch, self.layout, self.references, self.by)
        documents = self.collector.documents()
        while some := list(islice(documents, PLAN_BLOCK)):
            answers = [self.decisions.get((one.sheet, one.row)) for one in some]
            decided = [one.pk for one in answers if one and one.pk]
            known = lookups.known_to(some, self.by, decided)
            block = []
            for document, decision in zip(some, answers, strict=True):
                planned = planner.plan(document, known, decision)
                self._note(planned.issues)
                self.marks.put(planned)
                self.actions[BY_ACTION[planned.action]] += 1
                if planned.action == UPDATE:
                    self.field_changes += len(planned.changes) + len(planned.children)
                block.append((planned, keys_of(document, known)))
            yield block

    def store_issues(self) -> None:
        """Write the issues found so far."""
        ImportIssue.objects.bulk_create(
            [issue_row(self.batch, issue) for issue in self.issues], batch_size=500
        )
        self.issues.clear()

    def store_marks(self) -> None:
        """Write the status of every row."""
        self.letters: dict[int, Counter[str]] = {}
        for pk, sheet in self._blocks:
            numbers = self._numbers[pk]
            letters = self.marks.of(sheet, numbers, self._first_row(sheet))
            self.letters.setdefault(sheet, Counter()).update(letters)
            documents = pack_numbers(self.marks.documents_of(sheet, numbers))
            ImportBlock.objects.filter(pk=pk).update(statuses=letters, documents=documents)

    def counts(self) -> dict[str, Any]:
        """Give the counts as the batch keeps them."""
        return {
            "sheets": {
                str(sheet): counted(letters)
                for sheet, letters in self.letters.items()
                if set(letters) - {NO_DATA}
            },
            "customers": counted(self.actions),
            "field_changes": self.field_changes,
        }

    def _note(self, issues: Iterable[Issue]) -> None:
        for issue in issues:
            self.issues.append(issue)
            if issue.is_error:
                self.marks.wrong(issue.sheet, issue.row)

    def _first_row(self, sheet: int) -> int:
        found = self.layout.by_index.get(sheet)
        return found.first_row if found and found.sheet else 0


def finish(batch: ImportBatch, counts: dict[str, Any], layout: Layout, seconds: float) -> None:
    """Say that the batch is checked, unless somebody stopped it meanwhile."""
    batch.mapping = {**batch.mapping, "layout": layout.as_json()}
    batch.counts = {**counts, "seconds": round(seconds, 2)}
    ImportBatch.objects.filter(pk=batch.pk, state__in=(State.UPLOADED, State.CHECKING)).update(
        state=State.CHECKED,
        mapping=batch.mapping,
        counts=batch.counts,
        checked_at=timezone.now(),
        revision=batch.revision + 1,
    )


def planner_of(batch: ImportBatch, layout: Layout, references: Any, by: User) -> Planner:
    """Make what judges the customers of this file for the person who imports it."""
    options = Options(
        mode=batch.mode,
        child_mode=batch.child_mode,
        empty=batch.empty,
        submit=batch.submit,
        given=layout.given,
        default_department=by.unit_id,
    )
    return Planner(layout, options, Rights(by), references)
