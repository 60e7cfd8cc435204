"""The one page of an import: matching, check, progress or result, as its state asks for.

And what people do on it: match, fix, decide, write, stop, undo. Every view finds the import, reads
the form and makes one call; refusals come back on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.access import requires
from core.forms.keyed import KeyedForm, with_fresh_key
from core.history import Act
from core.views.acts import Attempt
from customers.forms.import_check import (
    CHECK,
    COLUMNS,
    VALUES,
    ChoicesForm,
    DecideForm,
    EncodingForm,
    GroupForm,
    Place,
    WriteForm,
)
from customers.import_lifecycle import CHECKED, DONE, MAPPING, RIGHT, RUNNING, UNDONE
from customers.imports import desk
from customers.models.import_batch import ImportBatch
from customers.views import import_check_page, import_match_page, import_page, import_result_page
from customers.views.import_match_page import COLUMN, VALUE
from customers.views.import_page import Problem, attempt, batch_of, problem_of, steps

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
    context = {**common(batch, request), **import_page.progress(batch)}
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
        "progress": lambda: import_page.progress(batch),
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


Call = Callable[..., Any]
HERE = Place()


@require_POST
@requires(RIGHT)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the columns of the file to fields."""
    form = ChoicesForm(request.POST)
    match = partial(desk.match_columns, choices=form.choices(COLUMN))
    return _act(request, pk, form, match, Place(step=COLUMNS))


@require_POST
@requires(RIGHT)
def values(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what words of the file stand for."""
    form = ChoicesForm(request.POST)
    match = partial(desk.match_values, choices=form.choices(VALUE))
    return _act(request, pk, form, match, Place(step=VALUES), Place(step=CHECK))


@require_POST
@requires(RIGHT)
def fix_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the same text into all cells of a group of equal problems."""
    form = GroupForm(request.POST)

    def mend(batch: ImportBatch, act: Act) -> None:
        typed = form.cleaned_data
        number = desk.fix_group(batch, typed["group"], typed["texts"], act)
        told = ngettext("%(n)d cell changed", "%(n)d cells changed", number)
        messages.success(request, told % {"n": number})

    return _act(request, pk, form, mend, form.place, form.place)


@require_POST
@requires(RIGHT)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer for a row that may mean several customers."""
    form = DecideForm(request.POST)

    def answer(batch: ImportBatch, act: Act) -> Any:
        return desk.decide(batch, *form.answered, act)

    return _act(request, pk, form, answer, form.place, form.place)


@require_POST
@requires(RIGHT)
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the check planned."""
    form = WriteForm(request.POST)

    def put(batch: ImportBatch, act: Act) -> Any:
        typed = form.cleaned_data
        given = typed["policy"], typed["submit"]
        return desk.write(batch, *given, act, reason=typed["reason"])

    tried = attempt(request, batch_of(request, pk), form, put)
    if not tried.is_done:
        return _again(request, pk, form, tried, Place(step=CHECK))
    if batch_of(request, pk).state != CHECKED:
        return redirect(_url(pk))  # written, or the worker is at it
    messages.warning(request, _("Nothing was written. Look at the check once more."))
    return redirect(_url(pk, Place(step=CHECK)))


@require_POST
@requires(RIGHT)
def encoding(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a text table anew, as written in another encoding."""
    form = EncodingForm(request.POST)

    def read(batch: ImportBatch, act: Act) -> Any:
        return desk.read_anew(batch, form.cleaned_data["encoding"], act)

    return _act(request, pk, form, read)


@require_POST
@requires(RIGHT)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop what runs, or put the import aside."""
    return _act(request, pk, KeyedForm(request.POST), desk.cancel)


@require_POST
@requires(RIGHT)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a finished import back."""
    return _act(request, pk, KeyedForm(request.POST), desk.undo)


@require_POST
@requires(RIGHT)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on at once with an import that failed on its way, or stands still."""
    return _act(request, pk, KeyedForm(request.POST), desk.resume)


def _act(
    request: HttpRequest, pk: int, form: KeyedForm, call: Call, stay: Place = HERE, go: Place = HERE
) -> HttpResponse:
    """Carry out a form on an import and go on; what is refused comes back on the page it is of."""
    tried = attempt(request, batch_of(request, pk), form, call)
    if not tried.is_done:
        return _again(request, pk, form, tried, stay)
    return redirect(_url(pk, go))


def _again(
    request: HttpRequest, pk: int, form: KeyedForm, tried: Attempt, place: Place
) -> HttpResponse:
    """Show the import as it is now, with why nothing happened and what was typed."""
    batch = batch_of(request, pk)
    problem = problem_of(form, tried)
    typed = form if isinstance(form, ChoicesForm | WriteForm) else None
    if typed:
        typed.data = with_fresh_key(request.POST, version=batch.revision)
    return page(request, batch, place, problem=problem, typed=typed, status=tried.status)


def _url(pk: int, place: Place = HERE) -> str:
    query = place.query() if place.is_on_grid else ""
    return reverse("customers:import-show", args=[pk]) + query
