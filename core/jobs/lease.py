"""Who holds a job: claimed by compare-and-set, renewed while somebody works, all by database time.

Every write names the token of the holder; who lost it changes nothing any more.
"""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Least, Now

from core import extend, faults
from core.models import Job

MOST_ATTEMPTS = 3
_COUNTED = 1_000  # attempts without end are counted up to here


class LeaseLost(Exception):
    """Another worker holds the job now: stop, write nothing."""


def this_process() -> str:
    """Give the name under which this process holds jobs and, as a worker, shows that it lives."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def ahead(seconds: float) -> ExpressionWrapper:
    """Give the database's time so many seconds from now; a negative number looks back."""
    return ExpressionWrapper(
        Now() + Value(timedelta(seconds=seconds)), output_field=DateTimeField()
    )


def run_out() -> Q:
    """Give the condition that a running job's holder has been silent for too long."""
    return Q(state=Job.State.RUNNING, lease_until__lt=Now())


def claim(job_id: int) -> Job | None:
    """Take a job that is queued, or whose lease ran out; None if it is not to be had.

    One that was cancelled or failed comes with `ending`: it is to be taken back.
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        return None
    ending = job.ending or (Job.Ending.CANCEL if job.cancel_requested_at else "")
    is_new_ending = ending != job.ending
    token = uuid.uuid4().hex
    faults.point("jobs.claim")
    free = Job.objects.filter(Q(state=Job.State.QUEUED) | run_out(), pk=job_id, token=job.token)
    if not is_new_ending and not never_gives_up(job):
        free = free.filter(attempts__lt=MOST_ATTEMPTS)
    claimed = free.update(
        token=token,
        worker=this_process(),
        state=Job.State.RUNNING,
        ending=ending,
        attempts=1 if is_new_ending else Least(F("attempts") + 1, _COUNTED),
        lease_until=ahead(settings.JOB_LEASE),
        beat_at=Now(),
        measured_from=F("done"),
        measured_at=Now(),
        started_at=Coalesce("started_at", Now()),
    )
    faults.point("jobs.claimed")
    # Read after the claim: a chunk that was in mid-commit until then is in it.
    return Job.objects.select_related("created_by").get(pk=job_id) if claimed else None


def never_gives_up(job: Job) -> bool:
    """Say whether a job is tried again for as long as it takes: one that takes something back."""
    kind = extend.job_kinds().get(job.kind)
    return bool(job.ending) or (kind is not None and kind.is_tireless)


def pause(job: Job) -> float:
    """Give the seconds before a job that just failed is tried again; they grow up to a limit."""
    if not never_gives_up(job):
        return float(settings.JOB_PAUSE * job.attempts)
    doubled = settings.JOB_PAUSE * 2.0 ** min(max(job.attempts - 1, 0), 20)
    return float(min(doubled, settings.JOB_LONGEST_PAUSE))


def held(job: Job) -> QuerySet[Job]:
    """Give the job's row as long as this holder has it."""
    return Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING)


def renew(job: Job) -> bool:
    """Extend the lease without claiming progress; say whether it is still held."""
    return bool(held(job).update(lease_until=ahead(settings.JOB_LEASE)))


def end(job: Job, state: str, **values: Any) -> None:
    """Bring the job to its end. Raises LeaseLost."""
    faults.point("jobs.end")
    if not held(job).update(
        state=state, token="", lease_until=None, beat_at=Now(), finished_at=Now(), **values
    ):
        raise LeaseLost
    faults.point("jobs.ended")


def set_back(job: Job, *, error: str = "", is_setback: bool = True) -> None:
    """Let go of a job before its end: it is queued again, and the caller sends it.

    After the third setback its end as a failure begins: what it wrote is taken back, and that is
    tried until it is done. `is_setback=False` hands it over without counting. Raises LeaseLost.
    """
    values: dict[str, Any] = {"state": Job.State.QUEUED, "error": error or job.error}
    if job.ending == Job.Ending.FAILURE and job.error:
        values["error"] = job.error  # people want to know why the work itself failed
    if not is_setback:
        values |= {"attempts": max(job.attempts - 1, 0)}
    elif job.attempts >= MOST_ATTEMPTS and not never_gives_up(job):
        values |= {"ending": Job.Ending.FAILURE, "attempts": 0}
    if not held(job).update(token="", lease_until=None, beat_at=Now(), **values):
        raise LeaseLost
