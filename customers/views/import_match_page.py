"""What the two matching pages show: columns to fields, words to reference values.

It arranges what customers/imports/desk.py found and keeps what was chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.access import permissions_of
from core.choosing import MOST
from customers.forms.import_check import CHECK, OTHER, ChoicesForm
from customers.import_lifecycle import CHECKED
from customers.imports import desk
from customers.imports.fields.targets import CUSTOMERS, by_key
from customers.imports.pages.shown import ColumnLine, Target, ValueLine
from customers.models.import_batch import ImportBatch
from customers.parts import PARTS
from customers.views.import_page import steps

COLUMN, VALUE = "column-", "value-"
MOST_SAMPLES = 3
OPEN = frozenset({"unknown", "guess", "twice"})
MOST_WORDS = 40


def columns(batch: ImportBatch, typed: ChoicesForm | None = None) -> dict[str, Any]:
    """Give every sheet with its columns, and what each may be matched to."""
    form = typed or ChoicesForm(initial={"version": batch.revision})
    kept = typed.choices(COLUMN) if typed else {}
    lines = desk.columns(batch)
    open_ones = sum(1 for line in lines if line.how in OPEN)
    notes = {"columns": _matched(lines)}
    return {
        "form": form,
        "steps": steps(batch, 1, **notes),
        "groups": _sheets(lines, desk.targets(), kept),
        "open": open_ones,
        "problems": desk.column_problems(batch),
        "back_url": _check_url(batch),
    }


def values(batch: ImportBatch, user: Any, typed: ChoicesForm | None = None) -> dict[str, Any]:
    """Give every reference field with the words that name nothing known."""
    form = typed or ChoicesForm(initial={"version": batch.revision})
    kept = typed.choices(VALUE) if typed else {}
    found = desk.values(batch, user)
    lines = found[:MOST_WORDS]
    may_manage = "customers.manage_reference" in permissions_of(user)
    return {
        "form": form,
        "steps": steps(batch, 2),
        "groups": _fields(lines, kept, may_manage),
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


def _sheets(
    lines: list[ColumnLine], targets: Iterable[Target], kept: dict[str, str]
) -> list[dict[str, Any]]:
    labels = {CUSTOMERS: _("Customers")} | {part.name: part.label for part in PARTS}
    options: dict[str, list[tuple[str, str]]] = {}
    for target in targets:
        options.setdefault(target.sheet, []).append((target.key, target.label))
    sheets: dict[int, list[ColumnLine]] = {}
    for line in lines:
        sheets.setdefault(line.sheet, []).append(line)
    return [
        {
            "title": found[0].sheet_name,
            "note": _matched(found),
            "lines": [_column(line, kept) for line in found if line.how in OPEN],
            "settled": [_column(line, kept) for line in found if line.how not in OPEN],
            "options": [
                (labels[name], pairs)
                for name, pairs in options.items()
                if any(one.sheet == name for line in found for one in line.candidates)
            ],
        }
        for found in sheets.values()
    ]


def _column(line: ColumnLine, kept: dict[str, str]) -> dict[str, Any]:
    words, tone = _how()[line.how]
    return {
        "name": COLUMN + line.key,
        "title": line.header or _("(empty)"),
        "note": line.letter,
        "samples": " · ".join(text for text in line.samples[:MOST_SAMPLES] if text),
        "chosen": kept.get(line.key, line.target),
        "sure": words,
        "tone": tone,
        "is_fixed": line.how == "header" and not line.target,
    }


def _how() -> dict[str, tuple[str, str]]:
    return {
        "header": (pgettext("column", "Same name"), "success"),
        "alias": (pgettext("column", "Known name"), "success"),
        "remembered": (pgettext("column", "As last time"), "success"),
        "chosen": (pgettext("column", "Chosen"), "info"),
        "guess": (pgettext("column", "Guess: look at it"), "warn"),
        "twice": (pgettext("column", "There twice"), "warn"),
        "ignored": (pgettext("column", "Left out"), "neutral"),
        "unknown": (pgettext("column", "Unknown"), "danger"),
    }


def _fields(lines: list[ValueLine], kept: dict[str, str], may_manage: bool) -> list[dict[str, Any]]:
    fields: dict[str, list[ValueLine]] = {}
    for line in lines:
        fields.setdefault(line.field, []).append(line)
    return [
        {
            "title": found[0].field_label,
            "note": ngettext("%(n)d value", "%(n)d values", len(found)) % {"n": len(found)},
            "lines": [_value(line, kept) for line in found],
            "options": [],
            "address": _address(found[0]),
            "may_create": may_manage and any(line.may_create for line in found),
        }
        for found in fields.values()
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
        "name": VALUE + line.key,
        "title": line.text,
        "note": "",
        "samples": "",
        "chosen": chosen,
        "sure": line.suggestion.label if line.suggestion else "",
        "tone": "warn",
        "rows": f"{line.rows:,}",
        "alike": tuple(alike.items()),
        "other": OTHER + line.key if len(line.candidates) > MOST else "",
        "typed": chosen.removeprefix("named:") if chosen.startswith("named:") else "",
    }
