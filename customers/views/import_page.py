"""What all pages of one import share: whose it is, its steps, its progress, how an act on it goes.

It never writes; acts are carried out by customers/imports/desk.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.forms.keyed import KeyedForm
from core.history import Act
from core.once import claimed
from core.views.acts import INVALID, Attempt, act_of, carry_out
from core.workflow import State
from customers.import_lifecycle import IMPORT, RUNNING, UNDOING, WRITING
from customers.imports import desk
from customers.imports.pages.shown import Counts, Progress
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
    call: Callable[[ImportBatch, Act], Any],
) -> Attempt:
    """Carry out an act on the import as the page showed it: its revision is the form's version."""
    if not form.is_valid():
        return Attempt(INVALID)
    version = form.cleaned_data.get("version")
    if version is not None:
        batch.revision = version
    act = act_of(request, source="import", reason=batch.number)
    return once_only(form, act, lambda own: call(batch, own))


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


BY_ROW = frozenset({"read", "check"})


def progress(batch: ImportBatch) -> dict[str, Any]:
    """Give everything the progress panel prints."""
    now = desk.progress(batch)
    return {
        "run": {
            "is_running": batch.state in RUNNING,
            "state": state_of(batch),
            "phase": _phase(now),
            "amount": _amount(now),
            "speed": _speed(now),
            "percent": now.percent,
            "trouble": _trouble(now),
            "hint": _hint(batch, now),
        },
        "stop_form": keyed(batch, "stop") if now.can_stop else None,
        "resume_form": keyed(batch, "resume") if now.is_standing_still or now.failures else None,
    }


def _phase(now: Progress) -> str:
    if now.is_standing_still:
        return _("Standing still")
    if now.failures:
        return _("Waiting for the next try")
    if now.is_waiting:
        return _("Waiting for its turn")
    return now.phase_label or _("At work")


def _amount(now: Progress) -> str:
    if now.total is None:
        return f"{now.done:,}" if now.done else ""
    return f"{now.done:,} / {now.total:,}"


def _speed(now: Progress) -> str:
    if not now.per_second:
        return ""
    count = round(now.per_second)
    speed = ngettext("%(n)s customer a second", "%(n)s customers a second", count)
    if now.phase in BY_ROW:
        speed = ngettext("%(n)s row a second", "%(n)s rows a second", count)
    words = speed % {"n": f"{now.per_second:,.0f}"}
    if now.seconds_left is None:
        return words
    left = duration(max(1, round(now.seconds_left)))
    return _("%(speed)s, about %(time)s left") % {"speed": words, "time": left}


def _trouble(now: Progress) -> str:
    if now.has_worker and now.is_standing_still:
        return _("The work ended before it was done. A worker takes it up again by itself.")
    if now.has_worker and now.failures:
        return _failed(now)
    if not now.has_worker:
        return _(
            "No worker is running, so this waits. Ask an administrator to start one; it then"
            " goes on by itself."
        )
    if now.is_stalled:
        return _(
            "Nothing has moved for a while. Another worker takes over by itself. If this lasts,"
            " tell an administrator: the database may be away or its disk full."
        )
    return ""


def _failed(now: Progress) -> str:
    """Say how often it failed, why, and that it goes on by itself."""
    told = ngettext(
        "%(n)d try failed without getting on: %(why)s The next one comes in %(time)s by itself.",
        "%(n)d tries failed without getting on: %(why)s The next one comes in %(time)s by itself.",
        now.failures,
    )
    why = now.error or _("the work was interrupted.")
    words = told % {
        "n": now.failures,
        "why": why,
        "time": duration(max(1, now.seconds_to_next or 0)),
    }
    if now.is_taking_back:
        return words + " " + _("It is tried until everything is taken back.")
    return words


def _hint(batch: ImportBatch, now: Progress) -> str:
    if batch.state == WRITING and now.is_taking_back:
        return _("You may leave this page; what was written is being taken back.")
    if batch.state == WRITING:
        return _(
            "You may leave this page; the import goes on. Stopping takes effect after the current"
            " chunk, and what was written is taken back."
        )
    if batch.state == UNDOING:
        return _("You may leave this page; the undo continues.")
    return _("You may leave this page; the check goes on. Nothing is written yet.")
