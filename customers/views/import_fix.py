"""One cell of a checked row: shown with its row, typed anew, checked again.

The script of the grid posts here too and takes the page that follows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import requires
from core.forms.keyed import with_fresh_key
from core.history import Act
from core.views.acts import Attempt
from customers.forms.import_check import CellForm, Place
from customers.import_lifecycle import CHECKED, RIGHT
from customers.imports import desk
from customers.imports.pages.shown import GridCell
from customers.models.import_batch import ImportBatch
from customers.views import import_show
from customers.views.import_page import attempt, batch_of, problem_of


@requires(RIGHT)
def fix(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a row with one cell to type anew, or write that cell and check the row again."""
    batch = batch_of(request, pk)
    if request.method != "POST":
        return _opened(request, batch)
    form = CellForm(request.POST)

    def mend(batch: ImportBatch, act: Act) -> Any:
        typed = form.cleaned_data
        return desk.fix_cell(
            batch, typed["sheet"], typed["row"], typed["column"], typed["value"], act
        )

    tried = attempt(request, batch, form, mend)
    if not tried.is_done:
        return _refused(request, pk, form, tried)
    return redirect(_next(request, pk, form))


def _next(request: HttpRequest, pk: int, form: CellForm) -> str:
    """Give the address of the next error: at the same row, behind it, or the first of the file."""
    batch, place = batch_of(request, pk), form.place
    if batch.state != CHECKED:
        return _back(pk, place)
    sheet, row = form.cleaned_data["sheet"], form.cleaned_data["row"]
    found = desk.next_problem(batch, sheet, row, place.show, place.group)
    if found is None:
        messages.success(request, _("Nothing is wrong any more."))
        return _back(pk, replace(place, show="", group="", page=1)) + "#write-bar"
    at = f"{found.row}-{found.column}" if found.column >= 0 else ""
    there = replace(place, sheet=found.sheet, group=found.group, page=found.page)
    anchor = "next" if at else f"row-{found.row}"
    mark = f"&at={at}" if at else ""
    return f"{_back(pk, there)}{mark}#{anchor}"


def _opened(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    place = Place.read(request.GET)
    if batch.state != CHECKED:
        return redirect("customers:import-show", batch.pk)
    asked = CellForm({**request.GET.dict(), "value": "", "key": "0" * 16})
    row = asked.cleaned_data.get("row") if not asked.errors.get("row") else None
    if row is None or place.sheet is None:
        return redirect(_back(batch.pk, place))
    initial = {
        "version": batch.revision,
        "sheet": place.sheet,
        "row": row,
        "column": asked.cleaned_data.get("column"),
        "back": place.query(),
    }
    return _page(request, batch, CellForm(initial=initial), place, row, initial["column"])


def _refused(request: HttpRequest, pk: int, form: CellForm, tried: Attempt) -> HttpResponse:
    """Show the cell again with what was typed; where its row is gone, the import as it is now."""
    batch = batch_of(request, pk)
    kept = form.cleaned_data
    place, row = form.place, kept.get("row")
    problem = problem_of(form, tried)
    if batch.state != CHECKED or row is None or kept.get("sheet") is None:
        return import_show.page(request, batch, place, problem=problem, status=tried.status)
    form.data = with_fresh_key(request.POST, version=batch.revision)
    return _page(
        request, batch, form, place, row, kept.get("column"), problem=problem, status=tried.status
    )


def _page(
    request: HttpRequest,
    batch: ImportBatch,
    form: CellForm,
    place: Place,
    number: int,
    column: int | None,
    *,
    problem: Any = None,
    status: int = 200,
) -> HttpResponse:
    sheet = place.sheet or 0
    found = desk.row(batch, sheet, number, request.user)
    if not found.rows:
        raise Http404
    cells = {cell.column: cell for cell in found.rows[0].cells}
    shown = [(one, cells.get(one.index) or GridCell(one.index, "")) for one in found.columns]
    chosen = next((pair for pair in shown if pair[0].index == column), None)
    if chosen and not form.is_bound:
        form.initial["value"] = chosen[1].text
    context = {
        **import_show.common(batch, request),
        "problem": problem,
        "form": form,
        "cells": shown,
        "chosen": chosen,
        "row": found.rows[0],
        "sheet_name": found.name,
        "here": place.query(),
        "back_url": _back(batch.pk, place),
    }
    return render(request, "customers/import_batch/fix.html", context, status=status)


def _back(pk: int, place: Place) -> str:
    return reverse("customers:import-show", args=[pk]) + place.query()
