"""Sums up what a check found: counts, kinds of problems, notes about sheets and columns.

Reads what checking.py stored; every number comes from rows, none from memory.
"""

from __future__ import annotations

from typing import Any

from core.said import again
from customers.imports.fields.issues import SAMPLE
from customers.imports.heads import noticed
from customers.imports.heads.layout import Layout
from customers.imports.pages import problems
from customers.imports.pages.shown import Counts, ResultRow, SheetCounts, Summary
from customers.imports.steps import mended
from customers.models import ImportBatch, ImportIssue, ImportSheet


def of(batch: ImportBatch) -> Summary:
    """Give the summary of a checked batch."""
    counts = batch.counts
    return Summary(
        sheets=sheets(batch, counts.get("sheets", {})),
        customers=Counts(**counts.get("customers", {})),
        kinds=problems.number(batch),
        notes=notes(batch),
        seconds=counts.get("seconds", 0.0),
        field_changes=counts.get("field_changes", 0),
        moved=[
            ResultRow(_name(batch, sheet), row, "skipped", label, "", pk, [again(reason)])
            for sheet, row, label, pk, reason, _since in counts.get("moved", ())
        ],
    )


def sheets(batch: ImportBatch, counts: dict[str, Any]) -> list[SheetCounts]:
    """Give counts with the names of the sheets, in the order of the file."""
    layout = _layout(batch)
    return [
        SheetCounts(int(index), one.name, one.sheet, Counts(**found))
        for index, found in sorted(counts.items(), key=lambda pair: int(pair[0]))
        if (one := layout.by_index.get(int(index))) is not None
    ]


def notes(batch: ImportBatch) -> list[str]:
    """Say what was noticed about sheets and columns: left out, hidden, merged, not dropped."""
    sheets = ImportSheet.objects.filter(batch=batch).order_by("index")
    samples = ImportIssue.objects.filter(batch=batch, kind=SAMPLE).count()
    told = noticed.told(_layout(batch), sheets.values_list("name", "notes"), samples)
    return [*filter(None, [mended.refusal(batch)]), *told]


def _layout(batch: ImportBatch) -> Layout:
    known = batch.mapping.get("layout")
    return Layout.from_json(known) if known else Layout(())


def _name(batch: ImportBatch, sheet: int) -> str:
    found = _layout(batch).by_index.get(sheet)
    return found.name if found else ""
