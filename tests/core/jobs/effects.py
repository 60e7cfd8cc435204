"""A job whose effects can be counted: one row for every number, twice is a second row.

It needs no table of its own: the rows are empty stored files named after the number.
"""

from __future__ import annotations

import time
from collections import Counter

from core import extend, faults
from core.jobs import Run
from core.models import StoredFile

KIND = "test.count"


def register() -> None:
    """Make the job known."""
    extend.add_job_kind(extend.JobKind(KIND, count, take_back))


def count(run: Run) -> None:
    """Write the numbers from 0 on, `chunk` at a time, `pause` seconds in between."""
    total, size = run.params["total"], run.params.get("chunk", 10)
    run.phase("count", total)
    while (first := run.checkpoint.get("next", 0)) < total:
        faults.point("test.between")
        time.sleep(run.params.get("pause", 0.0))
        with run.chunk() as step:
            numbers = range(first, min(first + size, total))
            write(run, numbers)
            step.done += len(numbers)
            step.checkpoint = {"next": numbers[-1] + 1}
            if first >= run.params.get("fail_at", total):
                raise ZeroDivisionError
            time.sleep(run.params.get("inside", 0.0))
    run.result = {"numbers": run.checkpoint["next"]}


def take_back(run: Run) -> None:
    """Delete what was written, a few at a time, and leave one mark that says so."""
    while rows := list(written(run.job_id).values_list("pk", flat=True)[:20]):
        faults.point("test.take_back")
        with run.chunk():
            StoredFile.objects.filter(pk__in=rows).delete()
    with run.chunk():
        StoredFile.objects.create(name=f"taken back {run.job_id} {run.ending}", by=run.by)


def write(run: Run, numbers: range) -> None:
    """Make the rows of these numbers."""
    StoredFile.objects.bulk_create(
        StoredFile(name=f"{run.job_id}/{number}", by=run.by) for number in numbers
    )


def written(job_id: int):
    """Give the rows of a job."""
    return StoredFile.objects.filter(name__startswith=f"{job_id}/").order_by("pk")


def marks(job_id: int) -> list[str]:
    """Give why things were taken back, one word for each time."""
    found = StoredFile.objects.filter(name__startswith=f"taken back {job_id} ")
    return [name.rsplit(" ", 1)[1] for name in found.values_list("name", flat=True)]


def tally(job_id: int, total: int) -> dict[str, int]:
    """Give how many numbers are missing and how many are there more than once."""
    names = Counter(written(job_id).values_list("name", flat=True))
    lost = sum(f"{job_id}/{number}" not in names for number in range(total))
    return {"lost": lost, "twice": sum(times > 1 for times in names.values())}
