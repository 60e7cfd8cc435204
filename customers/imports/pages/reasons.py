"""Says why customers of a file are refused: every error of their rows, each with its place.

A customer is one with its contacts and accounts, so each of its rows answers for the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.imports.fields import targets
from customers.imports.kept import plan_blocks
from customers.models import ImportBatch, ImportIssue, ImportSheet

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
    for number, planned in plan_blocks.plans(batch, set(numbers)).items():
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
