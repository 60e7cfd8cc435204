"""What all pages of one import share: whose it is, its steps, its progress, how an act on it goes.

It never writes; acts are carried out by customers/imports/desk.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from core.forms.keyed import KeyedForm
from core.history import Act
from core.once import claimed
from core.views.acts import INVALID, Attempt, act_of, carry_out
from core.workflow import State
from customers.forms.import_upload import FileForm
from customers.import_lifecycle import IMPORT, RUNNING, UNDOING, WRITING
from customers.imports import desk
from customers.imports.pages.shown import Counts
from customers.models import ImportBatch

_TAKEN = "done"  # what a form came to that gave no address


@dataclass(frozen=True)
class Problem:
    """Why something did not happen: a title and sentences."""

    title: str
    lines: list[str]


def batch_of(request: HttpRequest, pk: int) -> ImportBatch:
    """Give an import the user may open; 404 for any other."""
    mine = desk.visible_to(request.user).select_related("by", "file", "job")
    return get_object_or_404(mine, pk=pk)


def state_of(batch: ImportBatch) -> State:
    """Give the state of an import: its label and tone."""
    return IMPORT.state(batch.state)


def steps(batch: ImportBatch | None, current: int | None = None, **notes: str) -> list[Any]:
    """Give the five steps ("done", "current", "todo" or "error") with their notes.

    `current` counts from 0, else the state of the import says it.
    """
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
        found.append({"label": label, "step": state, "note": notes.get(name, "")})
    return found


def keyed(batch: ImportBatch, name: str) -> KeyedForm:
    """Give the form of a button: a key, and the revision that is on the screen."""
    return KeyedForm(initial={"version": batch.revision}, auto_id=f"{name}-%s")


def errors_url(batch: ImportBatch, *counts: Counts) -> str:
    """Give where the error workbook is, "" where no row is wrong or undecided."""
    is_wrong = any(one.failed or one.undecided for one in counts)
    return reverse("customers:import-errors", args=[batch.pk]) if is_wrong else ""


def attempt(
    request: HttpRequest, batch: ImportBatch | None, form: KeyedForm, call: Callable[..., Any]
) -> Attempt:
    """Carry out a form that takes effect once, however often it is sent, even while it runs.

    The import is meant as the page showed it: its revision is the form's version. The result is
    what `call(batch, act=…)` gave; "" for a repetition that came before it was known.
    """
    if not form.is_valid():
        return Attempt(INVALID)
    if batch is not None and form.cleaned_data.get("version") is not None:
        batch.revision = form.cleaned_data["version"]
    act = act_of(request, source="import", reason=batch.number if batch else "")
    if isinstance(form, FileForm):
        act = _with_file(act, form)

    def claim() -> Any:
        with claimed(act) as ticket:
            result = call(batch, act=replace(act, key=None))
            ticket.result = result if isinstance(result, str) else _TAKEN
        return result

    return carry_out(form, claim)


def _with_file(act: Act, form: FileForm) -> Act:
    """Give the act of a form with a file: another file is another body."""
    digest, file = hashlib.sha256(), form.cleaned_data["file"]
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    assert act.key is not None
    body = hashlib.sha256(json.dumps([act.key.body_hash, digest.hexdigest()]).encode())
    return replace(act, reason=form.name, key=replace(act.key, body_hash=body.hexdigest()))


def problem_of(form: KeyedForm, tried: Attempt) -> Problem:
    """Say why an act did not happen, for the top of the page as it is now."""
    if tried.is_stale:
        return Problem(
            _("This import was moved on meanwhile"),
            [_("Nothing was changed. Below is how it stands now; try again if it still applies.")],
        )
    lines = [str(error) for errors in form.errors.values() for error in errors]
    return Problem(_("Not done"), lines)


BY_ROW = frozenset({"read", "check"})


def progress(batch: ImportBatch) -> dict[str, Any]:
    """Give everything the progress panel prints."""
    now = desk.progress(batch)
    return {
        "now": now,
        "state": state_of(batch),
        "is_running": batch.state in RUNNING,
        "is_writing": batch.state == WRITING,
        "is_undoing": batch.state == UNDOING,
        "is_by_row": now.phase in BY_ROW,
        "stop_form": keyed(batch, "stop") if now.can_stop else None,
        "resume_form": keyed(batch, "resume") if now.is_standing_still or now.failures else None,
    }
