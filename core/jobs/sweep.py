"""Finds what workers lost: jobs whose lease ran out, jobs that no delivery leads to, old rows.

Every worker sweeps; several at once do no harm. It carries no job out. Below stand the proofs for
`manage.py verify`, which read only.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core import extend, faults, kept
from core.jobs import delivery, files, lease
from core.models import IdempotencyKey, Job, StoredFile, WorkerBeat

_AT_ONCE = 100
_DAY = 24 * 60 * 60
# A form that is sent a second time after so many days is no slip of the mouse any more.
KEYS_KEPT = timedelta(days=30)
_SLICE = 2_000  # so many rows are deleted at once, for nobody to wait long for his turn

log = logging.getLogger(__name__)


def sweep() -> int:
    """Queue again what was lost, and begin the end of what was lost three times; say how many."""
    return _requeue_run_out() + _resend_undelivered()


def mend() -> int:
    """Set going again what the apps find standing still; say how much."""
    return sum(look() for look in extend.menders())


def prune() -> None:
    """Delete what no longer means anything: results of deliveries, dead workers, half-stored files,
    sessions that are over, keys of forms that were sent long ago.

    A delivery that is running after a week belonged to a worker that died.
    """
    ended = timezone.now() - timedelta(days=1)
    old = timezone.now() - timedelta(days=7)
    DBTaskResult.objects.filter(
        Q(finished_at__lt=ended) | Q(status=TaskResultStatus.RUNNING, started_at__lt=old)
    ).delete()
    WorkerBeat.objects.filter(seen_at__lt=lease.ahead(-_DAY)).delete()
    StoredFile.objects.filter(is_complete=False, at__lt=ended).delete()
    _delete_in_slices(
        apps.get_model("sessions.Session").objects.filter(expire_date__lt=timezone.now())
    )
    _delete_in_slices(IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEYS_KEPT))
    kept.prune()


def _delete_in_slices(rows: QuerySet) -> None:
    while keys := list(rows.values_list("pk", flat=True)[:_SLICE]):
        rows.model._base_manager.filter(pk__in=keys).delete()


def _requeue_run_out() -> int:
    lost = Job.objects.filter(lease.run_out()).order_by("pk")
    if not lost.exists():  # most of the time, and then nobody has to wait for us
        return 0
    with transaction.atomic():
        # A row that is locked belongs to a holder in mid-chunk: alive, whatever its lease says.
        jobs = list(
            lost.select_related("created_by").select_for_update(skip_locked=True, of=("self",))[
                :_AT_ONCE
            ]
        )
        for job in jobs:
            log.warning("Job %s (%s): %s left it; queued again.", job.pk, job.kind, job.worker)
            lease.set_back(job, error=_interrupted(job))
            delivery.send(job)
        faults.point("jobs.sweep")
    return len(jobs)


def _interrupted(job: Job) -> str:
    if job.attempts < lease.MOST_ATTEMPTS or job.error or lease.never_gives_up(job):
        return ""
    with translation.override(job.created_by.language):
        return _("The work was interrupted three times at the same place.")


def _resend_undelivered() -> int:
    """A worker that died between taking a delivery and claiming its job leaves a job like that."""
    waiting = list(_waiting_long())
    coming = _coming(waiting) if waiting else set()
    lost = [job for job in waiting if job.task not in coming]
    count = 0
    for job in lost:
        with transaction.atomic():
            still = Job.objects.filter(
                pk=job.pk, state=Job.State.QUEUED, token=job.token, task=job.task
            )
            if still.update(beat_at=lease.ahead(0)):
                delivery.send(job)
                count += 1
    return count


def _waiting_long() -> QuerySet[Job]:
    return Job.objects.filter(
        state=Job.State.QUEUED, beat_at__lt=lease.ahead(-settings.JOB_LEASE)
    ).order_by("pk")[:_AT_ONCE]


def _coming(jobs: Sequence[Job]) -> set[str]:
    """Give the deliveries of these jobs that a worker will take, now or when their time comes."""
    told = [job.task for job in jobs if job.task]
    found = DBTaskResult.objects.filter(pk__in=told, status=TaskResultStatus.READY)
    return {str(pk) for pk in found.values_list("pk", flat=True)}


_FILES = 50


def check_jobs(tally: Any) -> None:
    """Every open job has a living holder or waits; one that nobody cares for is found."""
    tally.look(Job.objects.count())
    long_ago = lease.ahead(-20 * settings.JOB_LEASE)
    for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=long_ago):
        tally.find(str(job), "its worker is gone and no other has taken it (start a worker)")
    for job in Job.objects.exclude(state__in=Job.OPEN).filter(finished_at=None):
        tally.find(str(job), "it is over but does not say since when")


def check_files(tally: Any) -> None:
    """Every stored file has the bytes that were stored."""
    for stored in StoredFile.objects.filter(is_complete=True).order_by("pk").iterator(_FILES):
        tally.look()
        try:
            for _piece in files.read(stored):
                pass
        except files.Damaged:
            tally.find(f"file {stored.pk}", "its bytes do not fit its size and hash")


CHECKS = {"jobs: none is stuck": check_jobs, "files: bytes fit their hash": check_files}
