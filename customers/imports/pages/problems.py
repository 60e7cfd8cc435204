"""Equal problems of a check told once: how many, in which cells, with which different values.

Every page of them costs the same few queries, however many rows are wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from customers.imports.fields import issues, targets
from customers.imports.fields.cells import MOST_VALUE
from customers.imports.pages.shown import Group, GroupValue
from customers.models import ImportBatch, ImportIssue

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
    return Group(
        key=told["group"],
        kind=told["kind"],
        sheet=told["sheet"],
        column_label=str(target.head) if target else first.column,
        reason=first.reason,
        hint=first.hint,
        suggestion=first.suggestion,
        count=told["count"],
        is_error=told["is_error"],
        values=[one for one in values if len(one.text) < MOST_VALUE] if is_fixable else (),
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
        .annotate(
            place=Window(
                RowNumber(), partition_by=F("group"), order_by=[F("n").desc(), F("value").asc()]
            )
        )
        .filter(place__lte=MOST_VALUES)
        .order_by("group", "place")
    )
    found: dict[str, list[GroupValue]] = {}
    for one in counted:
        found.setdefault(one["group"], []).append(GroupValue(one["value"], one["n"]))
    return found


def _cells(batch: ImportBatch, keys: Sequence[str]) -> dict[str, list[str]]:
    """Give the first cells of each group as Excel names them; a row as a whole is a row."""
    numbered = (
        of(batch)
        .filter(group__in=keys)
        .annotate(
            place=Window(
                RowNumber(), partition_by=F("group"), order_by=[F("row").asc(), F("pk").asc()]
            )
        )
        .filter(place__lte=MOST_CELLS)
        .order_by("place")
    )
    found: dict[str, list[str]] = {key: [] for key in keys}
    for one in numbered.values("group", "column", "row"):
        if one["row"]:
            cell = f"{one['column']}{one['row']}" if one["column"] else _("row %(row)d") % one
            found[one["group"]].append(cell)
    return {key: list(dict.fromkeys(names)) for key, names in found.items()}
