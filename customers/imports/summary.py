"""Sums up what a check found: counts, equal problems told once, notes about sheets and columns.

Reads what checking.py stored; every number comes from rows, none from memory.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from customers.imports import targets
from customers.imports.issues import MAPPABLE
from customers.imports.layout import IGNORED, SKIPPED, UNKNOWN, Layout
from customers.imports.shown import Counts, Group, ResultRow, SheetCounts, Summary
from customers.models import ImportBatch, ImportIssue, ImportSheet

MOST_GROUPS = 200
# The cell that is wrong says what should stand there: one text can replace it everywhere.
_FIXABLE = MAPPABLE | {"invalid", "date", "number", "flag", "too-long", "missing"}


def of(batch: ImportBatch) -> Summary:
    """Give the summary of a checked batch."""
    counts = batch.counts
    return Summary(
        sheets=sheets(batch, counts.get("sheets", {})),
        customers=Counts(**counts.get("customers", {})),
        groups=groups(batch),
        notes=notes(batch),
        seconds=counts.get("seconds", 0.0),
        field_changes=counts.get("field_changes", 0),
        moved=[
            ResultRow(_name(batch, sheet), row, "skipped", label, "", pk, reason)
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


def groups(batch: ImportBatch) -> list[Group]:
    """Give equal problems once each, errors first, then the most frequent."""
    told = (
        ImportIssue.objects.filter(batch=batch)
        .values("group", "kind", "field", "sheet", "is_error")
        .annotate(count=Count("pk"), first=Min("pk"))
        .order_by("-is_error", "-count", "first")[:MOST_GROUPS]
    )
    firsts = ImportIssue.objects.in_bulk([one["first"] for one in told])
    return [_group(one, firsts[one["first"]]) for one in told]


def _group(told: Any, first: ImportIssue) -> Group:
    target = targets.by_key().get(told["field"])
    return Group(
        key=told["group"],
        kind=told["kind"],
        sheet=told["sheet"],
        column_label=str(target.head) if target else first.column,
        value=first.value,
        reason=first.reason,
        hint=first.hint,
        suggestion=first.suggestion,
        count=told["count"],
        is_error=told["is_error"],
        is_fixable=told["kind"] in _FIXABLE and bool(first.column) and first.row > 0,
        first_row=first.row,
    )


def notes(batch: ImportBatch) -> list[str]:
    """Say what was noticed about sheets and columns: left out, hidden, merged, not dropped."""
    layout = _layout(batch)
    found = [
        _("Sheet “%(name)s” is not read: %(reason)s") % {"name": one.name, "reason": one.reason}
        for one in layout.sheets
        if one.shape == SKIPPED
    ]
    for one in layout.sheets:
        for column in one.columns:
            if column.fate in (IGNORED, UNKNOWN) and column.header:
                reason = column.reason or _("not matched to a field")
                found.append(
                    _("Column %(letter)s “%(header)s” of “%(sheet)s” is not read: %(reason)s")
                    % {
                        "letter": column.letter,
                        "header": column.header,
                        "sheet": one.name,
                        "reason": reason,
                    }
                )
    found += [issue.reason for issue in layout.issues if not issue.is_error]
    for sheet in ImportSheet.objects.filter(batch=batch).order_by("index"):
        for note in sheet.notes:
            place = f"{sheet.name} {note['cell']}".strip()
            found.append(f"{place}: {note['detail'] or note['kind']}")
    return found


def _layout(batch: ImportBatch) -> Layout:
    known = batch.mapping.get("layout")
    return Layout.from_json(known) if known else Layout(())


def _name(batch: ImportBatch, sheet: int) -> str:
    found = _layout(batch).by_index.get(sheet)
    return found.name if found else ""
