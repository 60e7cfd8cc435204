"""What a check found: its counts and notes, equal problems told once, why customers are refused.

Every page of problems costs the same few queries, however many rows are wrong. A customer is one
with its contacts and accounts, so each of its rows answers for the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from core.said import again
from customers.imports.fields import issues, targets
from customers.imports.fields.cells import MOST_VALUE
from customers.imports.heads import noticed
from customers.imports.heads.layout import Layout
from customers.imports.kept import shapes
from customers.imports.pages.shown import Counts, Group, GroupValue, ResultRow, SheetCounts, Summary
from customers.imports.steps import mended
from customers.models import ImportBatch, ImportIssue, ImportSheet

PAGE = 20
MOST_VALUES = 10
MOST_CELLS = 4
# The cell that is wrong says what should stand there: one text can replace an equal one.
_FIXABLE = issues.MAPPABLE | {
    issues.INVALID,
    issues.DATE,
    issues.NUMBER,
    issues.FLAG,
    issues.TOO_LONG,
}


def of(batch: ImportBatch) -> Any:
    """Give the issues that are problems: the sample row is none."""
    return ImportIssue.objects.filter(batch=batch).exclude(kind=issues.SAMPLE)


def number(batch: ImportBatch) -> tuple[int, int]:
    """Give how many kinds of errors there are, and how many of warnings."""
    found = of(batch).aggregate(
        errors=Count("group", distinct=True, filter=Q(is_error=True)),
        warnings=Count("group", distinct=True, filter=Q(is_error=False)),
    )
    return found["errors"], found["warnings"]


def groups(batch: ImportBatch, page: int = 1) -> list[Group]:
    """Give a page of equal problems, errors first, then the most frequent."""
    start = (page - 1) * PAGE
    told = list(_told(batch).order_by("-is_error", "-count", "first")[start : start + PAGE])
    return _groups(batch, told)


def group(batch: ImportBatch, key: str) -> Group | None:
    """Give one group by its key, None when no row has this problem any more."""
    return next(iter(_groups(batch, list(_told(batch).filter(group=key)))), None)


def rows(batch: ImportBatch, sheet: int, key: str) -> list[int]:
    """Give the rows of a sheet that have this problem."""
    found = of(batch).filter(sheet=sheet, group=key, row__gt=0)
    return list(found.order_by("row").values_list("row", flat=True).distinct())


def _told(batch: ImportBatch) -> Any:
    return (
        of(batch)
        .values("group", "kind", "field", "sheet", "is_error")
        .annotate(
            count=Count("row", distinct=True),
            first=Min("pk"),
            values=Count("value", distinct=True),
        )
    )


def _groups(batch: ImportBatch, told: Sequence[Any]) -> list[Group]:
    keys = [one["group"] for one in told]
    firsts = ImportIssue.objects.in_bulk([one["first"] for one in told])
    values, cells = _values(batch, keys), _cells(batch, keys)
    return [
        _group(one, firsts[one["first"]], values.get(one["group"], ()), cells[one["group"]])
        for one in told
    ]


def _group(
    told: Any, first: ImportIssue, values: Sequence[GroupValue], cells: Sequence[str]
) -> Group:
    target = targets.by_key().get(told["field"])
    is_fixable = told["kind"] in _FIXABLE and bool(first.column) and first.row > 0
    texts = [one for one in values if len(one.text) < MOST_VALUE] if is_fixable else []
    return Group(
        key=told["group"],
        sheet=told["sheet"],
        column_label=str(target.head) if target else first.column,
        reason=first.reason,
        hint=first.hint,
        suggestion=first.suggestion if len(texts) == told["values"] == 1 else "",
        count=told["count"],
        is_error=told["is_error"],
        values=texts,
        values_left=max(0, told["values"] - len(values)),
        first_row=first.row,
        cells=cells,
    )


def _values(batch: ImportBatch, keys: Sequence[str]) -> dict[str, list[GroupValue]]:
    """Give the different values of each group with their rows, the most frequent first."""
    counted = (
        of(batch)
        .filter(group__in=keys, kind__in=_FIXABLE)
        .values("group", "value")
        .annotate(n=Count("pk"))
    )
    found: dict[str, list[GroupValue]] = {}
    for one in _first(counted, MOST_VALUES, F("n").desc(), F("value").asc()):
        found.setdefault(one["group"], []).append(GroupValue(one["value"], one["n"]))
    return found


def _cells(batch: ImportBatch, keys: Sequence[str]) -> dict[str, list[str]]:
    """Give the first cells of each group as Excel names them; a row as a whole is a row."""
    numbered = _first(of(batch).filter(group__in=keys), MOST_CELLS, F("row").asc(), F("pk").asc())
    found: dict[str, list[str]] = {key: [] for key in keys}
    for one in numbered.values("group", "column", "row"):
        if one["row"]:
            cell = f"{one['column']}{one['row']}" if one["column"] else _("row %(row)d") % one
            found[one["group"]].append(cell)
    return {key: list(dict.fromkeys(names)) for key, names in found.items()}


def _first(rows: Any, most: int, *order: Any) -> Any:
    """Give of each group the first rows in this order."""
    place = Window(RowNumber(), partition_by=F("group"), order_by=list(order))
    return rows.annotate(place=place).filter(place__lte=most).order_by("place")


MOST = 3
_AT_ONCE = 400
Place = tuple[int, int]  # (sheet, row)


@dataclass(frozen=True)
class Reason:
    """One error: where it stands, under which label, and what is wrong."""

    sheet: int
    row: int
    place: str
    label: str
    text: str

    def __str__(self) -> str:
        """Give it as one line."""
        where = f"{self.place} {self.label}".strip()
        return _("%(label)s: %(reason)s") % {"label": where, "reason": self.text}


def of_documents(batch: ImportBatch, numbers: Collection[int]) -> dict[int, list[Reason]]:
    """Give the errors of these customers of the file, in the order of their rows."""
    owners: dict[Place, list[int]] = {}
    for number, planned in shapes.plans(batch, set(numbers)).items():
        for place in {*planned.source, (planned.sheet, planned.row)}:
            owners.setdefault(place, []).append(number)
    sheets = dict(ImportSheet.objects.filter(batch=batch).values_list("index", "name"))
    found: dict[int, list[Reason]] = {}
    for issue in _errors(batch, owners):
        reason = _reason(issue, sheets.get(issue.sheet, ""))
        for number in owners.get((issue.sheet, issue.row), ()):
            found.setdefault(number, []).append(reason)
    return {n: sorted(own, key=lambda one: (one.sheet, one.row)) for n, own in found.items()}


def in_words(reasons: Sequence[Reason]) -> list[str]:
    """Give the first of them as lines; what is left out is counted."""
    lines = list(dict.fromkeys(map(str, reasons)))
    shown, left = lines[:MOST], len(lines) - MOST
    if left > 0:
        shown.append(_("and %(n)d more") % {"n": left})
    return shown


def _errors(batch: ImportBatch, places: Iterable[Place]) -> Iterable[ImportIssue]:
    by_sheet: dict[int, list[int]] = {}
    for sheet, row in sorted(places):
        by_sheet.setdefault(sheet, []).append(row)
    for sheet, rows in by_sheet.items():
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            yield from ImportIssue.objects.filter(
                batch=batch, sheet=sheet, row__in=some, is_error=True
            ).order_by("pk")


def _reason(issue: ImportIssue, sheet: str) -> Reason:
    target = targets.by_key().get(issue.field)
    cell = f"{issue.column}{issue.row}" if issue.column else _("row %(n)d") % {"n": issue.row}
    label = str(target.head) if target else ""
    return Reason(issue.sheet, issue.row, f"{sheet} {cell}".strip(), label, issue.reason)


def summary(batch: ImportBatch) -> Summary:
    """Give what the check found. Only for batches that were checked."""
    counts = batch.counts
    return Summary(
        sheets=sheets(batch, counts.get("sheets", {})),
        customers=Counts(**counts.get("customers", {})),
        kinds=number(batch),
        notes=notes(batch),
        seconds=counts.get("seconds", 0.0),
        field_changes=counts.get("field_changes", 0),
        moved=[
            ResultRow(_sheet_name(batch, sheet), row, "skipped", label, "", pk, [again(reason)])
            for sheet, row, label, pk, reason, _since in counts.get("moved", ())
        ],
    )


def sheets(batch: ImportBatch, counts: dict[str, Any]) -> list[SheetCounts]:
    """Give counts with the names of the sheets, in the order of the file."""
    layout = _layout(batch)
    return [
        SheetCounts(int(index), one.name, Counts(**found))
        for index, found in sorted(counts.items(), key=lambda pair: int(pair[0]))
        if (one := layout.by_index.get(int(index))) is not None
    ]


def notes(batch: ImportBatch) -> list[str]:
    """Say what was noticed about sheets and columns: left out, hidden, merged, not dropped."""
    sheets = ImportSheet.objects.filter(batch=batch).order_by("index")
    samples = ImportIssue.objects.filter(batch=batch, kind=issues.SAMPLE).count()
    told = noticed.told(_layout(batch), sheets.values_list("name", "notes"), samples)
    return [*filter(None, [mended.refusal(batch)]), *told]


def _layout(batch: ImportBatch) -> Layout:
    known = batch.mapping.get("layout")
    return Layout.from_json(known) if known else Layout(())


def _sheet_name(batch: ImportBatch, sheet: int) -> str:
    found = _layout(batch).by_index.get(sheet)
    return found.name if found else ""
