"""What the progress of an import says: phase, amount, speed, time left, and whether anyone works.

It reads; the job itself is core/jobs.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.forms.keyed import KeyedForm
from customers.import_lifecycle import RUNNING, UNDOING, WRITING
from customers.imports import desk
from customers.imports.pages.shown import Progress
from customers.models.import_batch import ImportBatch
from customers.views.import_page import duration, word

BY_ROW = frozenset({"read", "check"})


def context(batch: ImportBatch) -> dict[str, Any]:
    """Give everything the progress panel prints."""
    now = desk.progress(batch)
    form = KeyedForm(initial={"version": batch.revision}, auto_id="stop-%s")
    resume = KeyedForm(initial={"version": batch.revision}, auto_id="resume-%s")
    return {
        "run": {
            "is_running": batch.state in RUNNING,
            "word": word(batch).word,
            "tone": word(batch).tone,
            "phase": _phase(now),
            "amount": _amount(now),
            "speed": _speed(now),
            "percent": now.percent,
            "trouble": _trouble(now),
            "hint": _hint(batch, now),
        },
        "stop_form": form if now.can_stop else None,
        "resume_form": resume if now.is_standing_still or now.failures else None,
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
