"""How far a job is, in numbers a page can put into words; it only reads.

All ages are taken by the database's clock, the one that the leases are kept by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult

from core.jobs import lease
from core.models import Job, WorkerBeat

# So many heartbeats may be missing before a worker counts as gone.
_MISSED = 4
_DAY = 24 * 60 * 60
_OWN = ("state", "ending", "phase", "done", "total", "has_worker", "error", "attempts")


@dataclass(frozen=True)
class Progress:
    """How far a job is; `seconds_left` is a guess or None.

    `attempts` counts those in a row without progress; the next comes in `seconds_to_next`.
    """

    state: str = ""
    ending: str = ""
    phase: str = ""
    done: int = 0
    total: int | None = None
    per_second: float | None = None
    seconds_left: int | None = None
    is_stalled: bool = False
    is_cancelling: bool = False
    has_worker: bool = False
    error: str = ""
    attempts: int = 0
    seconds_to_next: int | None = None

    @property
    def is_open(self) -> bool:
        """Say whether the job has not come to its end, so that the page should ask again."""
        return self.state in Job.OPEN

    @property
    def percent(self) -> int | None:
        """Give how much of the phase is done, if its size is known."""
        return min(100 * self.done // self.total, 100) if self.total else None


def has_worker() -> bool:
    """Say whether any worker has shown life lately."""
    return _living().exists()


def progress(job: Job) -> Progress:
    """Give how far a job is now. Raises Job.DoesNotExist."""
    rows = Job.objects.annotate(now=Now(), has_worker=Exists(_living()))
    found = rows.get(pk=job.pk)
    now: datetime = found.now
    speed = _speed(found) if found.state == Job.State.RUNNING else None
    left = None
    if speed and found.total is not None:
        left = round(max(found.total - found.done, 0) / speed)
    return Progress(
        **{name: getattr(found, name) for name in _OWN},
        per_second=speed,
        seconds_left=left,
        is_stalled=_is_stalled(found, now, found.has_worker),
        is_cancelling=found.is_open and found.cancel_requested_at is not None,
        seconds_to_next=_seconds_to_next(found, now),
    )


def _living() -> QuerySet[WorkerBeat]:
    return WorkerBeat.objects.filter(seen_at__gt=lease.ahead(-_MISSED * settings.JOB_BEAT))


def _speed(job: Job) -> float | None:
    if job.measured_at is None or job.beat_at is None or job.done <= job.measured_from:
        return None
    seconds = (job.beat_at - job.measured_at).total_seconds()
    return (job.done - job.measured_from) / seconds if seconds > 0 else None


def _seconds_to_next(job: Job, now: datetime) -> int | None:
    """Give how long a job that failed waits for its next try."""
    if job.state != Job.State.QUEUED or not job.task:
        return None
    after = DBTaskResult.objects.filter(pk=job.task).values_list("run_after", flat=True).first()
    # "At once" is stored as the end of time.
    left = round((after - now).total_seconds()) if after else 0
    return left if 0 < left < _DAY else 0


def _is_stalled(job: Job, now: datetime, has_worker: bool) -> bool:
    """A running job whose holder is silent, or a queued one that nobody will take."""
    if job.state == Job.State.RUNNING:
        silent = timedelta(seconds=settings.JOB_SILENCE)
        is_lost = job.lease_until is None or job.lease_until < now
        return is_lost or job.beat_at is None or job.beat_at < now - silent
    return job.state == Job.State.QUEUED and not has_worker
