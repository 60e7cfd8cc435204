"""Makes a large export in the background: into a stored file that the person fetches later.

The file is made anew when a worker dies; it is linked, and so exists for people, only once.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import IO
from urllib.parse import parse_qs

from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from core import extend, jobs
from core.access import permissions_of
from core.jobs import Failed, Run, files
from core.models import ExportLog, StoredFile, User
from core.records.exports import files as kinds
from core.records.exports import log as noted
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
    noted.forget_old()
    with tempfile.TemporaryFile() as file:
        run.phase("making", None)
        rows = _write(run, register, log, file)
        run.phase("storing", rows)
        label = f"{log.pk}-{log.name}"
        for leftover in StoredFile.objects.filter(by=run.by, name=label):
            files.delete(leftover)
        stored = files.store(label, _pieces(file), run.by)
    with run.chunk() as step:
        ExportLog.objects.filter(pk=log.pk).update(file=stored)
        noted.finish(log, rows=rows, state=ExportLog.State.DONE)
        step.done = rows


def ended(run: Run) -> None:
    """Note that nothing will come of it."""
    with run.chunk():
        log = ExportLog.objects.get(pk=run.params["log"])
        noted.finish(log, rows=0, state=ExportLog.State.FAILED)


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
