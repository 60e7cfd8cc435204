"""What people do on the page of an import: match, fix, decide, write, stop, undo.

Every view finds the import, reads the form and makes one call; refusals come back on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.access import requires
from core.forms.keyed import KeyedForm, with_fresh_key
from core.history import Act
from core.views.acts import INVALID, Attempt
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
from customers.import_lifecycle import CHECKED, RIGHT
from customers.imports import desk
from customers.models.import_batch import ImportBatch
from customers.views import import_show
from customers.views.import_match_page import COLUMN, VALUE
from customers.views.import_page import attempt, batch_of, problem_of

Call = Callable[[Act], Any]


@require_POST
@requires(RIGHT)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the columns of the file to fields."""
    batch, form = batch_of(request, pk), ChoicesForm(request.POST)
    tried = _try(
        request, batch, form, lambda act: desk.match_columns(batch, form.choices(COLUMN), act)
    )
    if not tried.is_done:
        return _again(request, pk, form, tried, Place(step=COLUMNS), typed=form)
    return redirect(_url(pk))


@require_POST
@requires(RIGHT)
def values(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what words of the file stand for."""
    batch, form = batch_of(request, pk), ChoicesForm(request.POST)
    tried = _try(
        request, batch, form, lambda act: desk.match_values(batch, form.choices(VALUE), act)
    )
    if not tried.is_done:
        return _again(request, pk, form, tried, Place(step=VALUES), typed=form)
    return redirect(_url(pk, Place(step=CHECK)))


@require_POST
@requires(RIGHT)
def fix_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the same text into all cells of a group of equal problems."""
    batch, form = batch_of(request, pk), GroupForm(request.POST)

    def write(act: Act) -> int:
        typed = form.cleaned_data
        return desk.fix_group(batch, typed["group"], typed["texts"], act)

    tried = _try(request, batch, form, write)
    if not tried.is_done:
        return _again(request, pk, form, tried, form.place)
    if isinstance(tried.result, int):
        told = ngettext("%(n)d cell changed", "%(n)d cells changed", tried.result)
        messages.success(request, told % {"n": tried.result})
    return redirect(_url(pk, form.place))


@require_POST
@requires(RIGHT)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer for a row that may mean several customers."""
    batch, form = batch_of(request, pk), DecideForm(request.POST)
    tried = _try(
        request,
        batch,
        form,
        lambda act: desk.decide(batch, form.sheet, form.row, form.decision, act),
    )
    if not tried.is_done:
        return _again(request, pk, form, tried, form.place)
    return redirect(_url(pk, form.place))


@require_POST
@requires(RIGHT)
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the check planned."""
    batch, form = batch_of(request, pk), WriteForm(request.POST)

    def put(act: Act) -> ImportBatch:
        typed = form.cleaned_data
        return desk.write(batch, typed["policy"], typed["submit"], act)

    tried = _try(request, batch, form, put)
    if not tried.is_done:
        form.data = with_fresh_key(request.POST, version=batch_of(request, pk).revision)
        return _again(request, pk, form, tried, Place(step=CHECK), typed=form)
    if batch_of(request, pk).state != CHECKED:
        return redirect(_url(pk))  # written, or the worker is at it
    messages.warning(request, _("Nothing was written. Look at the check once more."))
    return redirect(_url(pk, Place(step=CHECK)))


@require_POST
@requires(RIGHT)
def encoding(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a text table anew, as written in another encoding."""
    batch, form = batch_of(request, pk), EncodingForm(request.POST)
    tried = _try(
        request,
        batch,
        form,
        lambda act: desk.read_anew(batch, form.cleaned_data["encoding"], act),
    )
    if not tried.is_done:
        return _again(request, pk, form, tried, Place())
    return redirect(_url(pk))


@require_POST
@requires(RIGHT)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop what runs, or put the import aside."""
    return _simple(request, pk, desk.cancel)


@require_POST
@requires(RIGHT)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a finished import back."""
    return _simple(request, pk, desk.undo)


@require_POST
@requires(RIGHT)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on at once with an import that failed on its way, or stands still."""
    return _simple(request, pk, desk.resume)


def _simple(request: HttpRequest, pk: int, call: Callable[[ImportBatch, Act], Any]) -> HttpResponse:
    batch, form = batch_of(request, pk), KeyedForm(request.POST)
    tried = _try(request, batch, form, lambda act: call(batch, act))
    if not tried.is_done:
        return _again(request, pk, form, tried, Place())
    return redirect(_url(pk))


def _try(request: HttpRequest, batch: ImportBatch, form: KeyedForm, write: Call) -> Attempt:
    if not form.is_valid():
        return Attempt(INVALID)
    return attempt(request, batch, form, write, reason=batch.number)


def _again(
    request: HttpRequest,
    pk: int,
    form: KeyedForm,
    tried: Attempt,
    place: Place,
    *,
    typed: Any = None,
) -> HttpResponse:
    """Show the import as it is now, with why nothing happened and what was typed."""
    batch = batch_of(request, pk)
    problem = problem_of(form, tried)
    if isinstance(typed, ChoicesForm):
        typed.data = with_fresh_key(request.POST, version=batch.revision)
    return import_show.page(
        request, batch, place, problem=problem, typed=typed, status=tried.status
    )


def _url(pk: int, place: Place | None = None) -> str:
    query = place.query() if place and place.is_on_grid else ""
    return reverse("customers:import-show", args=[pk]) + query
