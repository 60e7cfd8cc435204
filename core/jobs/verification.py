"""Proofs for `manage.py verify`: no job is stuck, no stored file has changed. Reads only."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from core.jobs import files, lease
from core.models import Job, StoredFile

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
