"""Writes down every file that leaves, before its first byte and when it is complete.

A large one is made in the background into a stored file that is fetched later: made anew when a
worker dies; linked, and so there for people, only once.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import IO, Any
from urllib.parse import parse_qs

from django.db import transaction
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from core import extend, jobs
from core.access import permissions_of
from core.jobs import Failed, Run, files
from core.models import ExportLog, StoredFile, User
from core.records.exports import files as kinds
from core.records.register import Register
from core.snapshot import snapshot

KIND = "export"
_PIECE = 1024 * 1024


def ask(log: ExportLog, columns: Sequence[str]) -> None:
    """Have the file of a record made by a worker, with these columns of the list."""
    with transaction.atomic():
        params = {"log": log.pk, "columns": list(columns)}
        log.job = jobs.enqueue(KIND, params, by=log.user)
        log.state = ExportLog.State.WAITING
        log.save(update_fields=["job", "state"])


def run(run: Run) -> None:
    """Make the file from one look at the database, store it, and note that it is complete."""
    log = ExportLog.objects.select_related("user").get(pk=run.params["log"])
    if log.state == ExportLog.State.DONE:
        return
    register = extend.register_of(log.subject_type)
    if register.kind.right("export") not in permissions_of(run.by):
        raise Failed(_("You do not have the right to export any more."))
    forget_old()
    with tempfile.TemporaryFile() as file:
        run.phase("making", None)
        rows = _write(run, register, log, file)
        run.phase("storing", rows)
        label = f"{log.pk}-{log.name}"
        for leftover in StoredFile.objects.filter(by=run.by, name=label):
            leftover.delete()
        stored = files.store(label, _pieces(file), run.by)
    with run.chunk() as step:
        ExportLog.objects.filter(pk=log.pk).update(file=stored)
        finish(log, rows=rows, state=ExportLog.State.DONE)
        step.done = rows


def ended(run: Run) -> None:
    """Note that nothing will come of it."""
    with run.chunk():
        log = ExportLog.objects.get(pk=run.params["log"])
        finish(log, rows=0, state=ExportLog.State.FAILED)


def _write(run: Run, register: Register, log: ExportLog, file: IO[bytes]) -> int:
    ExportLog.objects.filter(pk=log.pk).update(state=ExportLog.State.RUNNING)
    user: User = run.by
    listing, kind = register.listing_of(user), kinds.of(register)[log.kind]
    columns = [listing.columns[name] for name in run.params["columns"] if name in listing.columns]
    asked = listing.read(MultiValueDict(parse_qs(log.conditions["query"].lstrip("?"))), user)
    order = kinds.made(kind, register, user, asked, columns)
    total = 0
    with snapshot():
        for rows, data in order.parts():
            total = rows
            file.write(data)
            run.sign_of_life = time.monotonic()  # the lease is renewed by the worker's heart
    return total


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


KEPT = timedelta(days=7)

Parts = Callable[[], Iterator[tuple[int, bytes]]]


def begin(
    subject: str,
    user: Any,
    *,
    kind: str,
    name: str,
    conditions: dict[str, Any],
    columns: Sequence[str],
) -> ExportLog:
    """Note who is about to take what; without this row nothing leaves."""
    return ExportLog.objects.create(
        user=user,
        subject_type=subject,
        kind=kind,
        name=name,
        conditions=conditions,
        columns=list(columns),
        state=ExportLog.State.RUNNING,
    )


def finish(log: ExportLog, *, rows: int, state: str) -> None:
    """Note how many rows left, and whether the file is complete."""
    ExportLog.objects.filter(pk=log.pk).update(rows=rows, state=state, finished_at=timezone.now())


def forget_old() -> None:
    """Drop the files that were made longer ago than they are kept; what left stays noted."""
    before = timezone.now() - KEPT
    for log in ExportLog.objects.filter(finished_at__lt=before, file__isnull=False):
        assert log.file is not None
        log.file.delete()


def streamed(log: ExportLog, parts: Parts) -> Iterator[bytes]:
    """Give a file part by part, all of it from one look at the database, in today's language.

    A reader who goes away, or an error half-way, leaves a record that says so.
    """
    return _streamed(log, parts, translation.get_language() or "")


def _streamed(log: ExportLog, parts: Parts, language: str) -> Iterator[bytes]:
    total, state = 0, ExportLog.State.FAILED
    try:
        with translation.override(language), snapshot():
            for rows, data in parts():
                total = rows
                if data:
                    yield data
        state = ExportLog.State.DONE
    finally:
        finish(log, rows=total, state=state)
