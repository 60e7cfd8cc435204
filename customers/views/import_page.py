"""What all pages of one import share: whose it is, its steps, and how an act on it goes.

It shows nothing by itself and never writes; acts are carried out by customers/imports/desk.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.forms.keyed import KeyedForm
from core.history import Act
from core.once import claimed
from core.views.acts import Attempt, act_of, carry_out
from customers.import_lifecycle import IMPORT
from customers.imports import desk
from customers.models import ImportBatch

_TAKEN = "done"  # what a form came to that gave no address


@dataclass(frozen=True)
class Step:
    """A step of the wizard: "done", "current", "todo" or "error"."""

    label: str
    step: str
    note: str = ""


@dataclass(frozen=True)
class Problem:
    """Why something did not happen: a title and sentences."""

    title: str
    lines: list[str]


@dataclass(frozen=True)
class Word:
    """A state in words with its tone."""

    word: Any
    tone: str


def batch_of(request: HttpRequest, pk: int) -> ImportBatch:
    """Give an import the user may open; 404 for any other."""
    mine = desk.visible_to(request.user).select_related("by", "file", "job")
    return get_object_or_404(mine, pk=pk)


def word(batch: ImportBatch) -> Word:
    """Give the state of an import in words."""
    state = IMPORT.state(batch.state)
    return Word(state.label, state.tone)


def steps(batch: ImportBatch | None, current: int | None = None, **notes: str) -> list[Step]:
    """Give the five steps; `current` counts from 0, else the state of the import says it."""
    labels = (
        ("upload", _("Upload")),
        ("columns", _("Match columns")),
        ("values", _("Match values")),
        ("check", _("Check")),
        ("write", _("Write and result")),
    )
    stands = IMPORT.state(batch.state) if batch else None
    here = current if current is not None else stands.passed if stands else 0
    is_wrong = stands is not None and stands.is_setback
    found = []
    for number, (name, label) in enumerate(labels):
        state = "done" if number < here else "todo"
        if number == here:
            state = "error" if is_wrong else "current"
        found.append(Step(label, state, notes.get(name, "")))
    return found


def duration(seconds: float) -> str:
    """Give a length of time in words."""
    if seconds < 60:
        shown = f"{seconds:.1f}" if seconds < 10 and seconds != int(seconds) else f"{seconds:.0f}"
        return _("%(n)s seconds") % {"n": shown}
    minutes = round(seconds / 60)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def attempt(
    request: HttpRequest,
    batch: ImportBatch,
    form: KeyedForm,
    write: Callable[[Act], Any],
    *,
    reason: str = "",
) -> Attempt:
    """Carry out an act on the import as the page showed it: its revision is the form's version."""
    version = form.cleaned_data.get("version")
    if version is not None:
        batch.revision = version
    return once_only(form, act_of(request, source="import", reason=reason), write)


def once_only(form: KeyedForm, act: Act, write: Callable[[Act], Any]) -> Attempt:
    """Carry out a form that takes effect once, however often it is sent, even while it runs.

    The result is what `write` gave; "" for a repetition that came before it was known.
    """

    def claim() -> Any:
        with claimed(act) as ticket:
            result = write(replace(act, key=None))
            ticket.result = result if isinstance(result, str) else _TAKEN
        return result

    return carry_out(form, claim)


def problem_of(form: KeyedForm, tried: Attempt) -> Problem:
    """Say why an act did not happen, for the top of the page as it is now."""
    if tried.is_stale:
        return Problem(
            _("This import was moved on meanwhile"),
            [_("Nothing was changed. Below is how it stands now; try again if it still applies.")],
        )
    lines = [str(error) for errors in form.errors.values() for error in errors]
    return Problem(_("Not done"), lines)
