"""Measures how long others wait while a worker writes an import: python -m bench.waiting 10000.

On SQLite one writes at a time: 200 ordinary saves here, each as the form does it, beside a worker
in a process of its own. It empties the tables of customers: give it a database of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.imports import World, empty, filled  # noqa: E402
from bench.measuring import percentile, table  # noqa: E402
from core import jobs  # noqa: E402
from core.history import Act, FormKey  # noqa: E402
from core.jobs import files  # noqa: E402
from core.models import Job, User  # noqa: E402
from core.records.record import Record  # noqa: E402
from customers.import_lifecycle import CHECK, WRITE  # noqa: E402
from customers.imports.steps import moves  # noqa: E402
from customers.models import Customer, ImportBatch, ImportOutcome  # noqa: E402
from customers.services import customer as customer_service  # noqa: E402

PATIENCE = 60.0


def main() -> None:
    """Read the command line, measure alone and beside a worker, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.waiting", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two saves")
    options = parser.parse_args()
    if User.objects.exclude(username__startswith="bench-").filter(is_system=False).exists():
        sys.exit("This database is used by people; use one of its own for measurements.")
    empty()
    world = World()
    batch = checked(filled(options.count, world, with_codes=True), world.user)
    saves = Saves(world.user)
    alone = [saves.one() for _save in range(options.saves)]
    beside: list[float] = []
    with worker():
        job = begun(batch, world.user)
        while len(beside) < options.saves and is_running(job):
            beside.append(saves.one())
            time.sleep(options.pause)
        report(options.count, alone, beside, is_whole=is_running(job))
        wait_for_end(job)
    batch.refresh_from_db()
    assert batch.state == "done", (batch.state, batch.failure)


def checked(data: bytes, user: User) -> ImportBatch:
    """Store a file and check it, in this process."""
    batch = ImportBatch.objects.create(
        number=f"YR-{uuid4().hex[:10]}",
        name="bench.xlsx",
        file=files.store("bench.xlsx", iter((data,)), user),
        by=user,
        created_at=timezone.now(),
    )
    jobs.prepare(CHECK, {"batch": batch.pk}, by=user)
    jobs.run_waiting()
    batch.refresh_from_db()
    assert batch.state == "checked", (batch.state, batch.failure)
    return batch


class Saves:
    """A user who fills in forms: a new customer, then a change of it, and so on."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.customer: Customer | None = None
        self.count = 0

    def one(self) -> float:
        """Save once; give the milliseconds that it took."""
        self.count += 1
        new = self.customer is None
        values = {"name": f"测量时录入的第 {self.count} 家"} if new else {"remark": "改过"}
        record = Record(values)
        key = FormKey(uuid4().hex, "bench", uuid4().hex)
        act = Act(by=self.user, source="form", reason="", key=key)
        pk, version = (None, None) if new else (self.customer.pk, self.customer.version)
        began = time.perf_counter()
        saved = customer_service.save(pk, record, version=version, submit=False, act=act)
        spent = (time.perf_counter() - began) * 1000
        self.customer = saved if new else None
        return spent


@contextmanager
def worker() -> Iterator[None]:
    """Have a worker on the same database as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--interval", "0.05"],
        env={**os.environ, "KEHU_PROCESS": "worker"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def begun(batch: ImportBatch, user: User) -> Job:
    """Leave the write to the worker; give its job once the first chunk is in."""
    act = Act(by=user, source="form", reason="", key=None)
    moves.move(batch, act, "write", operation=uuid4())
    with transaction.atomic():
        job = jobs.enqueue(WRITE, {"batch": batch.pk}, by=user)
    end = time.monotonic() + PATIENCE
    while not ImportOutcome.objects.filter(batch=batch).exists():
        if time.monotonic() > end:
            sys.exit("No worker began to write.")
        time.sleep(0.01)
    return job


def is_running(job: Job) -> bool:
    """Say whether the worker still writes."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).exists()


def wait_for_end(job: Job) -> None:
    """Let the worker come to the end of the import."""
    while Job.objects.filter(pk=job.pk, state__in=Job.OPEN).exists():
        time.sleep(0.1)


def report(count: int, alone: list[float], beside: list[float], *, is_whole: bool) -> None:
    """Print the table, and whether the import lasted as long as the saves did."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{count:,} customers, {connection.vendor}, load average {load}")
    if not is_whole:
        print("The import was over before the last save: take more customers.")
    rows = []
    for title, spent in (("alone", sorted(alone)), ("beside the import", sorted(beside))):
        parts = [percentile(spent, share) for share in (0.5, 0.95, 0.99)]
        rows.append((title, len(spent), *(f"{one:.0f}" for one in (*parts, spent[-1]))))
    table(("milliseconds of a save", "saves", "p50", "p95", "p99", "longest"), rows)


if __name__ == "__main__":
    main()
