"""What the two matching pages show: columns to fields, words to reference values.

It arranges what customers/imports/desk.py found and keeps what was chosen.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.choosing import MOST
from customers.forms.import_check import CHECK, OTHER, ChoicesForm
from customers.import_lifecycle import CHECKED
from customers.imports import desk
from customers.imports.fields.targets import CUSTOMERS, by_key, of_sheet
from customers.imports.pages.shown import ColumnLine, ValueLine
from customers.models.import_batch import ImportBatch
from customers.parts import PARTS
from customers.views.import_page import steps

COLUMN, VALUE = "column-", "value-"
SURE = {
    "header": (pgettext_lazy("column", "Same name"), "success"),
    "remembered": (pgettext_lazy("column", "As last time"), "success"),
    "guess": (pgettext_lazy("column", "Guess: look at it"), "warn"),
    "twice": (pgettext_lazy("column", "There twice"), "warn"),
    "ignored": (pgettext_lazy("column", "Left out"), "neutral"),
    "unknown": (pgettext_lazy("column", "Unknown"), "danger"),
}
OPEN = frozenset({"unknown", "guess", "twice"})
MOST_WORDS = 40


def columns(batch: ImportBatch, typed: ChoicesForm | None = None) -> dict[str, Any]:
    """Give every sheet with its columns, and what each may be matched to."""
    kept = typed.choices(COLUMN) if typed else {}
    lines = desk.columns(batch)
    return {
        "form": typed or ChoicesForm(initial={"version": batch.revision}),
        "steps": steps(batch, 1, columns=_matched(lines)),
        "groups": _sheets(lines, kept),
        "open": sum(line.how in OPEN for line in lines),
        "problems": desk.column_problems(batch),
        "back_url": _check_url(batch),
    }


def values(batch: ImportBatch, user: Any, typed: ChoicesForm | None = None) -> dict[str, Any]:
    """Give the words that name nothing known, those of one field together."""
    kept = typed.choices(VALUE) if typed else {}
    found = desk.values(batch, user)
    fields = list(dict.fromkeys(line.field for line in found))
    lines = sorted(found[:MOST_WORDS], key=lambda line: fields.index(line.field))
    return {
        "form": typed or ChoicesForm(initial={"version": batch.revision}),
        "steps": steps(batch, 2),
        "lines": [_value(line, kept) for line in lines],
        "open": sum(1 for line in found if not line.chosen),
        "rest": len(found) - len(lines),
        "back_url": _check_url(batch),
    }


def _check_url(batch: ImportBatch) -> str:
    if batch.state != CHECKED:
        return ""
    return f"{reverse('customers:import-show', args=[batch.pk])}?step={CHECK}"


def _matched(lines: list[ColumnLine]) -> str:
    known = sum(1 for line in lines if line.target)
    return _("%(known)d / %(all)d columns") % {"known": known, "all": len(lines)}


def _sheets(lines: list[ColumnLine], kept: dict[str, str]) -> list[dict[str, Any]]:
    """Give the sheets; one of a part takes fields of its own, one of customers can take all."""
    labels = {CUSTOMERS: _("Customers")} | {part.name: part.label for part in PARTS}
    sheets = [(sheet, list(own)) for sheet, own in groupby(lines, attrgetter("sheet"))]

    def tell(line: ColumnLine) -> tuple[ColumnLine, str, Any]:
        return line, kept.get(line.key, line.target), SURE[line.how]

    return [
        {
            "title": sheet.name,
            "note": _matched(found),
            "lines": [told for told in map(tell, found) if told[0].how in OPEN],
            "settled": [told for told in map(tell, found) if told[0].how not in OPEN],
            "options": [
                (label, [(one.key, one.head) for one in of_sheet(name)])
                for name, label in labels.items()
                if sheet.sheet in ("", CUSTOMERS, name)
            ],
        }
        for sheet, found in sheets
    ]


def _address(line: ValueLine) -> str:
    """Give where suggestions for a field come from, "" for one that points to no table."""
    column = by_key()[line.field].field
    related = getattr(column, "related_model", None)
    return reverse("core:choose", args=[related._meta.label_lower]) if related else ""


def _value(line: ValueLine, kept: dict[str, str]) -> dict[str, Any]:
    suggested = f"map:{line.suggestion.code}" if line.suggestion else ""
    chosen = kept.get(line.key, line.chosen or suggested)
    alike = {f"map:{one.code}": one.label for one in line.candidates}
    if len(alike) > MOST:  # the rest is found by typing
        alike = {name: label for name, label in alike.items() if name in (chosen, suggested)}
    if line.suggestion:
        alike.setdefault(suggested, line.suggestion.label)
    return {
        "line": line,
        "name": VALUE + line.key,
        "chosen": chosen,
        "address": _address(line),
        "alike": tuple(alike.items()),
        "other": OTHER + line.key if len(line.candidates) > MOST else "",
        "typed": chosen.removeprefix("named:") if chosen.startswith("named:") else "",
    }
