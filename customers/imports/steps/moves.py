"""Moves an import from step to step: one of two who act on the same revision wins.

It decides who may and when, and hands the work to a job, here or in the worker.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core import jobs, serials
from core.access import permissions_of
from core.history import Act
from core.jobs import files
from core.models import User
from core.refusal import Refused, Stale
from core.workbook.reading import Limits
from customers.import_lifecycle import CHECK, IMPORT, JOBS, RIGHT, RUNNING, UNDO, WRITE
from customers.imports.plan.plans import Options
from customers.models import ImportBatch

# A file of more bytes surely takes longer than somebody wants to wait.
SMALL_BYTES = 1024 * 1024
# So many times as long as its check a step takes on the same machine; to mend a cell, all that the
# others may share with its customer is looked at.
MEND = "mend"
AS_LONG = {CHECK: 1.0, WRITE: 1.5, UNDO: 1.5, MEND: 0.12}

log = logging.getLogger(__name__)


def require_right(user: User) -> None:
    """Raise Refused unless the user may import."""
    if RIGHT not in permissions_of(user):
        raise Refused([_("You do not have the right to import customers.")])


def begin(file: Any, name: str, options: Options, by: User) -> ImportBatch:
    """Keep an uploaded file (anything with `chunks()`) and check it.

    Small files are checked before this returns, larger ones by the worker: look at `state`.
    A file that cannot be read is a batch in state "failed" whose `failure` says why.
    Raises Refused when the user may not import, or the file is too big to keep.
    """
    require_right(by)
    now = timezone.now()
    with transaction.atomic():
        stored = keep(file, name, by)
        day = f"{timezone.localdate(now):%Y%m%d}"
        serial = serials.draw("import", day, count=1, start=1, step=1)
        batch = ImportBatch.objects.create(
            number=f"YR-{day}-{serial:02d}",
            name=stored.name[-200:],
            file=stored,
            by=by,
            created_at=now,
            mode=options.mode,
            child_mode=options.child_mode,
            empty=options.empty,
            submit=options.submit,
        )
        is_here = fits_request(batch, CHECK)
        _give_job(batch, CHECK, by, is_here=is_here)
    return _carried_out(batch, is_here=is_here)


def keep(file: Any, name: str, by: User) -> Any:
    """Store an uploaded file. Raises Refused when it is too large."""
    limit = Limits().file_bytes
    try:
        return files.store(name, file.chunks(), by, limit=limit)
    except files.TooLarge as error:
        sentence = _("The file is larger than %(limit)d MB.") % {"limit": limit // 1024 // 1024}
        raise Refused([sentence]) from error


def fits_request(batch: ImportBatch, kind: str) -> bool:
    """Say whether a request may begin with a step; it goes on for IMPORT_REQUEST_SECONDS at most.

    How fast this machine is with these rows is known from their check; before it, a large file is
    known by its size.
    """
    checked = batch.counts.get("seconds")
    if checked is None:
        return settings.IMPORT_REQUEST_SECONDS > 0 and batch.file.size <= SMALL_BYTES
    return bool(AS_LONG[kind] * checked < settings.IMPORT_REQUEST_SECONDS)


def can(batch: ImportBatch, name: str) -> bool:
    """Say whether a move starts in the state the import is in."""
    return batch.state in IMPORT.transition(name).sources


def require(batch: ImportBatch, act: Act, name: str) -> None:
    """Raise Refused unless a person may make this move now."""
    require_right(act.by)
    if not can(batch, name):
        raise Refused([not_now(batch)])


def move(
    batch: ImportBatch,
    act: Act,
    name: str,
    also: Callable[[], None] = lambda: None,
    **values: Any,
) -> None:
    """Make a person's move, and do `also` with it.

    Raises Refused (right, state), Stale when somebody moved it on since `batch` was read.
    """
    require(batch, act, name)
    with transaction.atomic():
        if not made(batch, name, revision=batch.revision, **values):
            raise Stale
        also()
    batch.refresh_from_db()


def made(batch: ImportBatch, name: str, revision: int | None = None, **values: Any) -> bool:
    """Make a move by compare-and-set; False where it starts from no state the import is in.

    With a `revision`, also where anybody moved it on since. A job gives none: its lease decides.
    """
    step = IMPORT.transition(name)
    found = ImportBatch.objects.filter(pk=batch.pk, state__in=step.sources)
    if revision is not None:
        found = found.filter(revision=revision)
    return bool(found.update(state=step.target, revision=F("revision") + 1, **values))


def end(batch: ImportBatch, run: jobs.Run, **values: Any) -> None:
    """Make the move with which a job is over that was stopped or cannot be done."""
    is_stopped = run.ending == "cancel"
    failure = "" if is_stopped else run.job.error
    name = "stop" if is_stopped else "fail"
    made(batch, name, failure=failure, finished_at=timezone.now(), **values)


def not_now(batch: ImportBatch) -> str:
    """Say that a step is not possible in the state the import is in."""
    label = batch.get_state_display()
    return _("Not possible while the import is “%(state)s”.") % {"state": label}


def go(
    batch: ImportBatch,
    act: Act,
    name: str,
    also: Callable[[], None] = lambda: None,
    **values: Any,
) -> ImportBatch:
    """Make a move into a state in which a job works on it, and have the job carried out.

    State and job come in one transaction: there is never one without the other. Raises what
    `move` does.
    """
    kind = JOBS[IMPORT.transition(name).target]
    is_here = fits_request(batch, kind)

    def begin() -> None:
        also()
        _give_job(batch, kind, act.by, is_here=is_here)

    move(batch, act, name, begin, **values)
    return _carried_out(batch, is_here=is_here)


def _give_job(batch: ImportBatch, kind: str, by: User, *, is_here: bool) -> None:
    ask = jobs.prepare if is_here else jobs.enqueue
    job = ask(kind, {"batch": batch.pk}, by=by)
    ImportBatch.objects.filter(pk=batch.pk).update(job=job)


def _carried_out(batch: ImportBatch, *, is_here: bool) -> ImportBatch:
    """Carry out the job of a batch, and the one that may follow it, while there is time."""
    end = time.monotonic() + settings.IMPORT_REQUEST_SECONDS
    done: set[int | None] = {None}
    batch.refresh_from_db()
    while is_here and batch.job_id not in done and batch.state in RUNNING:
        done.add(batch.job_id)
        assert batch.job is not None
        jobs.run_here(batch.job, seconds=max(end - time.monotonic(), 0.0))
        batch.refresh_from_db()
    return batch


def resume(batch: ImportBatch, act: Act) -> ImportBatch:
    """Go on at once with an import whose work failed and waits, or stands still.

    The worker carries it out. Raises Refused (right, nothing to set going).
    """
    require_right(act.by)
    if batch.state not in RUNNING:
        raise Refused([not_now(batch)])
    if not _set_going(batch.pk):
        raise Refused([_("This import is being worked on.")])
    batch.refresh_from_db()
    return batch


def mend() -> int:
    """Set going what stands in a running state without a job that is open; say how many."""
    lost = ImportBatch.objects.standing_still().values_list("pk", flat=True)
    return sum(_set_going(pk) for pk in lost)


def _set_going(pk: int) -> bool:
    """Go on with the job of a batch, or give it one; say whether nobody was working on it."""
    with transaction.atomic():
        found = ImportBatch.objects.select_for_update(no_key=True).filter(pk=pk)
        batch = found.filter(state__in=RUNNING).first()
        if batch is None:
            return False
        kind = JOBS[batch.state]
        job = batch.job
        if job is not None and job.kind == kind:
            is_set = jobs.resume(job)
        elif is_set := job is None or not job.is_open:
            _give_job(batch, kind, batch.by, is_here=False)
    if is_set:
        log.warning("Import %s stood still while %s; it goes on.", batch.number, batch.state)
    return is_set
