"""Tells what came of an import: it adds up, links both ways, and says why where it did not go well.

Every number is counted from the outcomes that were committed with the writes themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.records import bulk
from core.workbook.cells import column_of
from customers.import_lifecycle import DONE
from customers.imports.heads.layout import Layout
from customers.imports.kept import outcomes, shapes
from customers.imports.kept.marks import LETTERS, NAMES, as_row
from customers.imports.kept.outcomes import Done
from customers.imports.pages import problems
from customers.imports.pages.shown import (
    Bucket,
    Counts,
    ErrorRow,
    ErrorSheet,
    Fault,
    Origin,
    Result,
    ResultRow,
)
from customers.imports.steps import undo as undo_work
from customers.lifecycle import DRAFT
from customers.models import (
    Customer,
    CustomerChange,
    ImportBatch,
    ImportBlock,
    ImportIssue,
    ImportOutcome,
    ImportSheet,
)

Phase = ImportOutcome.Phase
PAGE = 50
MOST_LISTED = 200
_LEFT = (LETTERS["failed"], LETTERS["skipped"])


def of(batch: ImportBatch, by: Any) -> Result:
    """Give the report of a finished (or undone) import as this user may see it."""
    counts = batch.counts.get("result", {})
    told = _Telling(batch, by)
    seconds = batch.counts.get("write_seconds", 0.0)
    undo = batch.counts.get("undo", {})
    customers = Counts(**counts.get("customers", {}))
    since, left = _not_written(batch, customers)
    forgotten = undo_work.forgotten(batch)
    return Result(
        sheets=problems.sheets(batch, counts.get("sheets", {})),
        customers=customers,
        codes=[(first, last, count) for first, last, count in counts.get("codes", ())],
        changed_since=told.rows(since),
        not_written=told.rows(left),
        submitted=counts.get("submitted", 0),
        drafts=_drafts(batch, by),
        seconds=seconds,
        rate=round(customers.read / seconds) if seconds else 0,
        undo=_buckets(batch, undo, told) if undo else (),
        undone_at=datetime.fromisoformat(undo["at"]) if undo else None,
        undone_by=undo.get("by", ""),
        can_undo=bool(forgotten) or (batch.state == DONE and customers.writable > 0),
        forgotten=forgotten,
        trouble=batch.failure if batch.state == DONE else "",
    )


def _not_written(batch: ImportBatch, customers: Counts) -> tuple[list[Done], list[Done]]:
    """Give the first that somebody changed since the check, and the first otherwise left out."""
    since: list[Done] = []
    left: list[Done] = []
    waiting = customers.failed + customers.skipped
    for one in outcomes.of(batch, Phase.WRITE) if waiting else ():
        if one.letter in _LEFT:
            listed = since if one.is_since else left
            listed += [one] * (len(listed) < MOST_LISTED)
            waiting -= 1
            if not waiting:
                break
    return since, left


def _buckets(batch: ImportBatch, undo: Mapping[str, Any], told: _Telling) -> list[Bucket]:
    found: dict[str, list[Done]] = {letter: [] for letter in outcomes.BUCKETS.values()}
    for one in outcomes.of(batch, Phase.UNDO):
        listed = found[one.letter]
        listed += [one] * (len(listed) < MOST_LISTED)
    buckets = [
        Bucket(name, undo[name], told.rows(found[letter]))
        for name, letter in outcomes.BUCKETS.items()
    ]
    if undo.get("left") or undo_work.forgotten(batch):
        left = undo_work.waiting(batch)
        buckets.append(Bucket("left", len(left), told.rows(left[:MOST_LISTED])))
    return buckets


def _drafts(batch: ImportBatch, by: Any) -> int:
    """Count the added customers that are still drafts, as far as a bulk action takes them."""
    there = Customer.objects.visible_to(by).filter(import_batch=batch, state=DRAFT)
    return there[: bulk.LIMIT + 1].count()


def rows(batch: ImportBatch, status: str, page: int, by: Any) -> tuple[Sequence[ResultRow], int]:
    """Give a page of what became of each customer of the file, and the number of pages."""
    letter = LETTERS.get(status, "")
    written = outcomes.of(batch, Phase.WRITE)
    chosen = [one for one in written if one.letter == letter] if letter else None
    total = outcomes.number(batch, Phase.WRITE) if chosen is None else len(chosen)
    pages = max(1, -(-total // PAGE))
    start = (min(max(page, 1), pages) - 1) * PAGE
    here = range(start, start + PAGE)
    some = outcomes.some(batch, Phase.WRITE, here) if chosen is None else chosen[start : here.stop]
    return _Telling(batch, by).rows(some), pages


def error_sheets(batch: ImportBatch) -> Iterator[ErrorSheet]:
    """Give, sheet by sheet, the user's own rows that are wrong or undecided, with the reasons."""
    layout = Layout.from_json(batch.mapping["layout"])
    heads = {one.index: one.head for one in ImportSheet.objects.filter(batch=batch)}
    wanted = {LETTERS["failed"], LETTERS["undecided"]}
    for sheet in layout.sheets:
        stored = ImportBlock.objects.filter(batch=batch, sheet=sheet.index).order_by("first")
        listed = stored.values_list("pk", "statuses")
        blocks = [pk for pk, statuses in listed if wanted & set(statuses)]
        if blocks and sheet.sheet:
            yield ErrorSheet(
                name=sheet.name,
                heads=[
                    (number, as_row(row))
                    for number, row in heads.get(sheet.index, [])
                    if number < sheet.first_row
                ],
                rows=_error_rows(batch, sheet.index, blocks, wanted),
                columns=max((column.index for column in sheet.columns), default=0) + 1,
            )


def _error_rows(
    batch: ImportBatch, sheet: int, blocks: Sequence[int], wanted: set[str]
) -> Iterator[ErrorRow]:
    fixes = shapes.fixes_of(batch)
    for pk in blocks:
        block = ImportBlock.objects.get(pk=pk)
        faults: dict[int, list[Fault]] = {}
        issues = ImportIssue.objects.filter(
            batch=batch, sheet=sheet, row__range=(block.first, block.last), is_error=True
        )
        for issue in issues.order_by("pk"):
            column = column_of(issue.column) if issue.column else -1
            faults.setdefault(issue.row, []).append(Fault(column, issue.reason, issue.hint))
        picked = [row for row in shapes.opened(block, fixes) if row.letter in wanted]
        why = problems.of_documents(batch, {r.document for r in picked if r.number not in faults})
        for row in picked:
            own = faults.get(row.number, ())
            others = () if own else problems.in_words(why.get(row.document, ()))
            yield ErrorRow(row.number, row.cells, own, others)


def origin(made: Any, by: Any) -> Origin | None:
    """Give the import that made a customer, or a change request; None where people did."""
    if made.import_batch_id is None:
        return None
    batch = ImportBatch.objects.get(pk=made.import_batch_id)
    may_open = ImportBatch.objects.visible_to(by).filter(pk=batch.pk).exists()
    return Origin(batch, may_open)


class _Telling:
    """Turns outcomes into rows for people, linking to what they may see."""

    def __init__(self, batch: ImportBatch, by: Any) -> None:
        self._by = by
        self._batch = batch
        sheets = ImportSheet.objects.filter(batch=batch)
        self._sheets = dict(sheets.values_list("index", "name"))

    def rows(self, done: Sequence[Done]) -> list[ResultRow]:
        """Give one row for each; which of them are visible is asked once."""
        keys = [one.pk for one in done if one.pk]
        seen = Customer.objects.visible_to(self._by).filter(pk__in=keys)
        there = seen.only("code", "name").in_bulk()
        silent = {one.number for one in done if one.letter == LETTERS["failed"] and not one.reason}
        why = problems.of_documents(self._batch, silent) if silent else {}
        requests = {one.request for one in done if one.request and one.pk in there}
        codes = dict(CustomerChange.objects.filter(pk__in=requests).values_list("pk", "code"))
        return [
            ResultRow(
                sheet=self._sheets.get(one.sheet, ""),
                row=one.row,
                status=NAMES.get(one.letter, "failed"),  # type: ignore[arg-type]
                label=there[one.pk].name if one.pk in there else one.label,
                code=there[one.pk].code if one.pk in there else one.code,
                pk=one.pk if one.pk in there else None,
                request=one.request if one.request in codes else None,
                request_code=codes.get(one.request or 0, ""),
                reasons=[one.reason] if one.reason else problems.in_words(why.get(one.number, ())),
            )
            for one in done
        ]
