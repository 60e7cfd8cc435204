"""The one page of an import: matching, check, progress or result, as its state asks for.

It shows; what people do on it is carried out in import_act.py.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import requires
from customers.forms.import_check import (
    CHECK,
    COLUMNS,
    VALUES,
    ChoicesForm,
    EncodingForm,
    Place,
)
from customers.import_lifecycle import CHECKED, DONE, MAPPING, RIGHT, RUNNING, UNDONE
from customers.imports import desk
from customers.models.import_batch import ImportBatch
from customers.views import (
    import_check_page,
    import_match_page,
    import_progress_page,
    import_result_page,
)
from customers.views.import_page import Problem, batch_of, steps

FINISHED = frozenset({DONE, UNDONE})
TEMPLATE = "customers/import_batch/{}.html"


@requires(RIGHT)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an import where it stands."""
    return page(request, batch_of(request, pk), Place.read(request.GET))


@requires(RIGHT)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the panel of the progress alone; the page asks for it every second."""
    batch = batch_of(request, pk)
    context = {**common(batch, request), **import_progress_page.context(batch)}
    return render(request, "customers/import_batch/parts/progress.html", context)


def page(
    request: HttpRequest,
    batch: ImportBatch,
    place: Place,
    *,
    problem: Problem | None = None,
    typed: Any = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page of an import; `problem` says what did not happen, `typed` is kept."""
    kept = typed if isinstance(typed, ChoicesForm) else None
    name = step_of(batch, place, request.user)
    more = {
        "columns": lambda: import_match_page.columns(batch, kept),
        "values": lambda: import_match_page.values(batch, request.user, kept),
        "check": lambda: import_check_page.context(batch, place, request.user, typed),
        "progress": lambda: import_progress_page.context(batch),
        "result": lambda: import_result_page.context(batch, request, place),
        "stopped": lambda: import_result_page.stopped(batch),
    }[name]()
    context = {**common(batch, request), "problem": problem, **more}
    return render(request, TEMPLATE.format(name), context, status=status)


def common(batch: ImportBatch, request: HttpRequest) -> dict[str, Any]:
    """Give what every page of an import prints."""
    return {
        "batch": batch,
        "file_name": batch.name,
        "is_foreign": batch.by_id != request.user.pk,
        "steps": steps(batch),
        **_encoding(batch),
    }


def _encoding(batch: ImportBatch) -> dict[str, Any]:
    """Give what a text table was read as, and the form to read it anew; nothing for workbooks."""
    found = desk.encoding(batch)
    initial = {"version": batch.revision, "encoding": found.name if found else ""}
    return {
        "encoding": found,
        "encoding_form": EncodingForm(initial=initial, auto_id="encoding-%s") if found else None,
    }


def step_of(batch: ImportBatch, place: Place, user: Any) -> str:
    """Say which page an import shows: its state decides, then the address, then open values."""
    if batch.state in RUNNING:
        return "progress"
    if batch.state in FINISHED:
        return "result"
    if batch.state == MAPPING:
        return COLUMNS
    if batch.state != CHECKED:
        return "stopped"
    if place.step in (COLUMNS, VALUES):
        return place.step
    if place.is_on_grid:
        return CHECK
    is_open = any(not line.chosen for line in desk.values(batch, user))
    return VALUES if is_open else CHECK
