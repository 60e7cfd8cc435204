"""Takes jobs and calls them off; carries out one that was delivered, and decides what comes of it.

Delivery is at least once; claim and fence (core/jobs/lease.py) make the effect exactly once. A job
exists only if the caller's transaction commits; what it does is registered by the apps.
"""

from __future__ import annotations

import gc
import logging
import math
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from core import extend, faults
from core.jobs import lease
from core.jobs.run import Cancelled, Failed, HandedOver, LeaseLost, Run
from core.models import Job, User

log = logging.getLogger(__name__)
active: set[Run] = set()


@task()
def deliver(job_id: int) -> None:
    """Carry out a job; what django-tasks brings to a worker."""
    execute(job_id)


def send(job: Job, *, delay: float = 0) -> None:
    """Put the delivery of a queued job into the queue, in the caller's transaction."""
    wanted = deliver
    if delay:
        wanted = deliver.using(run_after=timezone.now() + timedelta(seconds=delay))
    Job.objects.filter(pk=job.pk).update(task=wanted.enqueue(job.pk).id)


def execute(job_id: int, *, seconds: float | None = None) -> None:
    """Carry out a job if it can be claimed; whatever happens to it is written down, not raised.

    With `seconds` somebody waits: after them it is handed over at the next chunk.
    """
    job = lease.claim(job_id)
    if job is None:
        return
    run = Run(job, seconds=seconds)
    active.add(run)
    try:
        with translation.override(run.by.language), _seldom_collected():
            _carry_out(run)
    except LeaseLost:
        log.warning(
            "Job %s (%s): another worker has it now; nothing was written.", job.pk, job.kind
        )
    except HandedOver:
        hand_back(run, is_setback=False)
    except Exception as error:
        hand_back(run, error=_explained(run, error))
    except BaseException:
        hand_back(run, is_setback=False)
        raise
    finally:
        active.discard(run)


def hand_back(run: Run, *, error: str = "", is_setback: bool = True) -> None:
    """Let go of a job, queued again; if the database is gone, its lease runs out."""
    delay = lease.pause(run.job) if is_setback else 0
    faults.point("jobs.hand_back")
    try:
        with transaction.atomic():
            lease.set_back(run.job, error=error, is_setback=is_setback)
            send(run.job, delay=delay)
    except LeaseLost:
        log.warning("Job %s (%s): another worker has it now.", run.job_id, run.kind)
    except Exception:
        log.exception("Job %s (%s) could not be handed back.", run.job_id, run.kind)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage seldom: to visit all rows of a file at every turn takes a fifth of a job."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _carry_out(run: Run) -> None:
    kind = extend.job_kind(run.kind)
    if not run.ending:
        try:
            kind.handler(run)
            lease.end(run.job, Job.State.DONE, result=run.result, error="")
            return
        except Cancelled:
            run.begin_ending(Job.Ending.CANCEL)
        except Failed as reason:
            run.begin_ending(Job.Ending.FAILURE, str(reason))
    _take_back(run, kind)


def _take_back(run: Run, kind: extend.JobKind) -> None:
    if kind.take_back:
        kind.take_back(run)
    if run.ending == Job.Ending.CANCEL:
        lease.end(run.job, Job.State.CANCELLED, result=run.result, error="")
    else:
        lease.end(run.job, Job.State.FAILED, result=run.result)


def _explained(run: Run, error: Exception) -> str:
    """Log an error of the program; give the sentence that leads from the page to the log."""
    reference = secrets.token_hex(4)
    log.error(
        "Job %s (%s), attempt %s, reference %s",
        *(run.job_id, run.kind, run.job.attempts, reference),
        exc_info=error,
    )
    return _(
        "The program failed at this work. Tell the administrator the reference %(number)s."
    ) % {"number": reference}


def prepare(kind: str, params: Mapping[str, Any], *, by: User) -> Job:
    """Make a job for `run_here`; if that never happens, a worker's sweep finds it.

    Raises KeyError if nobody registered the kind.
    """
    extend.job_kind(kind)
    job = Job.objects.create(kind=kind, params=dict(params), created_by=by)
    Job.objects.filter(pk=job.pk).update(beat_at=Now())
    return job


def enqueue(kind: str, params: Mapping[str, Any], *, by: User) -> Job:
    """Make a job and have it delivered to a worker once the caller's transaction has committed.

    Raises KeyError if nobody registered the kind.
    """
    job = prepare(kind, params, by=by)
    send(job)
    return job


def run_here(job: Job, *, seconds: float = math.inf) -> Job:
    """Carry out a job in this process, outside any transaction; give it as it is then.

    Nothing is raised: what went wrong is in its state and `error`, or a worker tries again. What is
    not done after so many seconds is left to a worker, which goes on from the last chunk.
    """
    execute(job.pk, seconds=seconds)
    job.refresh_from_db()
    return job


def run_waiting() -> int:
    """Carry out everything that is queued, in this process, until nothing is; say how much.

    For tests and commands: it does not wait before it tries a failed job again.
    """
    count = 0
    while job := Job.objects.filter(state=Job.State.QUEUED).order_by("pk").first():
        execute(job.pk)
        count += 1
    return count


def cancel(job: Job, *, by: User) -> bool:
    """Ask for a job to stop before its next chunk and to be taken back; say whether it can be.

    One that has not begun is ended at once, so call it outside a transaction.
    """
    open_jobs = Job.objects.filter(pk=job.pk, state__in=Job.OPEN, ending="")
    asked = open_jobs.filter(cancel_requested_at=None).update(
        cancel_requested_at=Now(), cancel_requested_by=by
    )
    if Job.objects.filter(pk=job.pk, state=Job.State.QUEUED, started_at=None).exists():
        execute(job.pk)
    return bool(asked) or open_jobs.exists()


def resume(job: Job) -> bool:
    """Go on with a job at once: one that waits for its next try, or ended before its work did.

    It goes on from its checkpoint, with taking back if it was at that. Say whether it was there to
    be had: nobody is working on it.
    """
    with transaction.atomic():
        idle = Job.objects.filter(pk=job.pk).exclude(state=Job.State.RUNNING)
        if not idle.update(
            state=Job.State.QUEUED, token="", attempts=0, beat_at=Now(), finished_at=None
        ):
            return False
        send(job)
    job.refresh_from_db()
    return True
