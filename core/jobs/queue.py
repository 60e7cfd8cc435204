"""Asks for jobs and calls them off. One exists only if the caller's transaction commits.

What a job does is registered by the apps; who may ask for it is the views' business.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from core import extend
from core.jobs import delivery
from core.jobs.run import Run
from core.models import Job, User

Handler = Callable[[Run], None]


def register(
    name: str,
    handler: Handler,
    *,
    on_failure: Handler | None = None,
    on_cancel: Handler | None = None,
    is_tireless: bool = False,
) -> None:
    """Say what a kind of job does; the other two take back what it wrote. For `apps.ready()`.

    A tireless one never fails by setbacks: it is tried again until it is done.
    """
    extend.add_job_kind(extend.JobKind(name, handler, on_failure, on_cancel, is_tireless))


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
    delivery.send(job)
    return job


def run_here(job: Job, *, seconds: float = math.inf) -> Job:
    """Carry out a job in this process, outside any transaction; give it as it is then.

    Nothing is raised: what went wrong is in its state and `error`, or a worker tries again. What is
    not done after so many seconds is left to a worker, which goes on from the last chunk.
    """
    delivery.execute(job.pk, seconds=seconds)
    job.refresh_from_db()
    return job


def run_waiting() -> int:
    """Carry out everything that is queued, in this process, until nothing is; say how much.

    For tests and commands: it does not wait before it tries a failed job again.
    """
    count = 0
    while job := Job.objects.filter(state=Job.State.QUEUED).order_by("pk").first():
        delivery.execute(job.pk)
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
        delivery.execute(job.pk)
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
        delivery.send(job)
    job.refresh_from_db()
    return True
