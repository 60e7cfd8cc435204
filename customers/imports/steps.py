"""Moves an import from step to step: one of two who act on the same revision wins.

It decides who may and when, and hands the work to a job, here or in the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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
from customers.imports.shown import Options
from customers.models import ImportBatch
from customers.models.import_batch import RIGHT

State = ImportBatch.State
# What a request can wait for: so many customers, or so few bytes of so many rows, some seconds.
SMALL_CUSTOMERS = 500
SMALL_BYTES, SMALL_ROWS = 1024 * 1024, 25_000
CHECK, WRITE, UNDO = "import.check", "import.write", "import.undo"


def require_right(user: User) -> None:
    """Raise Refused unless the user may import."""
    if RIGHT not in permissions_of(user):
        raise Refused([_("You do not have the right to import customers.")])


def begin(file: Any, name: str, options: Options, by: User) -> ImportBatch:
    """Keep the file and the batch in one transaction, and check it. Raises Refused."""
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
            policy=options.policy,
            submit=options.submit,
        )
    return work(batch, CHECK, by)


def keep(file: Any, name: str, by: User) -> Any:
    """Store an uploaded file. Raises Refused when it is too large."""
    limit = Limits().file_bytes
    try:
        return files.store(name, file.chunks(), by, limit=limit)
    except files.TooLarge as error:
        sentence = _("The file is larger than %(limit)d MB.") % {"limit": limit // 1024 // 1024}
        raise Refused([sentence]) from error


def is_small(batch: ImportBatch) -> bool:
    """Say whether the request can wait for it: for few customers, or for a small file.

    Before the check only the size is known; when too many rows come out of few bytes, it hands
    itself over to the worker.
    """
    counts = batch.counts
    if "customers" in counts and counts["customers"]["read"] <= SMALL_CUSTOMERS:
        return True
    rows = sum(one["read"] for one in counts.get("sheets", {}).values())
    return bool(batch.file.size <= SMALL_BYTES and rows <= SMALL_ROWS)


def move(
    batch: ImportBatch,
    act: Act,
    sources: Sequence[str],
    target: str,
    also: Callable[[], None] = lambda: None,
    **values: Any,
) -> None:
    """Bring the batch from one of these states into another, and do `also` with it.

    Raises Refused (right, state), Stale when somebody moved it on since `batch` was read.
    """
    require_right(act.by)
    if batch.state not in sources:
        raise Refused([not_now(batch)])
    with transaction.atomic():
        found = ImportBatch.objects.filter(pk=batch.pk, revision=batch.revision, state=batch.state)
        if not found.update(state=target, revision=F("revision") + 1, **values):
            raise Stale
        also()
    batch.refresh_from_db()


def not_now(batch: ImportBatch) -> str:
    """Say that a step is not possible in the state the import is in."""
    label = State(batch.state).label
    return _("Not possible while the import is “%(state)s”.") % {"state": label}


def work(batch: ImportBatch, kind: str, by: User) -> ImportBatch:
    """Have a step carried out: here when it is small, else by the worker; gives the batch after."""
    ask = jobs.prepare if is_small(batch) else jobs.enqueue
    with transaction.atomic():
        job = ask(kind, {"batch": batch.pk}, by=by)
        ImportBatch.objects.filter(pk=batch.pk).update(job=job)
    if is_small(batch):
        jobs.run_here(job)
    batch.refresh_from_db()
    return batch
