"""Imports of a few customers that real workers carry out, and the proof that nothing went amiss."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core import verify
from core.models import Change, Counter, Job, User
from customers.imports import desk
from customers.imports.kept import outcomes
from customers.models import BankAccount, Contact, Customer, ImportBatch, ImportOutcome, UsedCode
from customers.services.aggregates import AGGREGATE
from tests.core.jobs.processes import Workers
from tests.customers.imports.filled import complete, press, started

COUNT = 60


def begun(
    step: str, admin: User, in_worker: Callable[[], None], numbers: Sequence[int] = ()
) -> ImportBatch:
    """Bring an import to the point where a worker is to do this step of it."""
    data = complete(numbers or range(1, COUNT + 1))
    if step == "check":
        in_worker()
        return started(data, admin)
    batch = started(data, admin)
    if step == "write":
        in_worker()
        return desk.write(batch, "all", False, press(admin))
    batch = desk.write(batch, "all", False, press(admin))
    in_worker()
    return desk.undo(batch, press(admin))


def assert_whole(batch: ImportBatch, admin: User, crew: Workers, count: int = COUNT) -> None:
    """Everything arrived once, nothing is held back, no code was lost, all numbers agree."""
    assert batch.state == "done", (batch.failure, crew.logs())
    assert Customer.objects.count() == count
    assert Customer.objects.values("name").distinct().count() == count
    assert not Customer.objects.exclude(pending_batch=None).exists()
    assert UsedCode.objects.count() == count
    last = Counter.objects.filter(rule__startswith="customer:").values_list("last", flat=True)
    assert list(last) == [count]
    result = desk.result(batch, admin)
    assert (result.customers.read, result.customers.created) == (count, count)
    assert_reconciled(batch, count)


def assert_reconciled(batch: ImportBatch, count: int) -> None:
    """Of one import of new customers: outcomes, customers, children, history and codes agree."""
    batch.refresh_from_db()
    assert batch.job is not None
    assert (batch.job.state, batch.job.done, batch.job.token) == ("done", count, "")
    assert not Job.objects.filter(state__in=Job.OPEN).exists()
    assert batch.counts["result"]["customers"]["created"] == count
    done = list(outcomes.of(batch, ImportOutcome.Phase.WRITE))
    assert len({one.number for one in done}) == len(done) == count
    written = Customer.objects.filter(import_batch=batch)
    pks = {one.pk for one in done}
    assert {one.pk: one.code for one in done} == dict(written.values_list("pk", "code"))
    codes = UsedCode.objects.filter(subject_id__in=pks).values_list("subject_id", "code")
    assert sorted(codes) == sorted((one.pk, one.code) for one in done)
    assert Contact.objects.filter(customer__in=pks).count() == count
    assert BankAccount.objects.filter(customer__in=pks).count() == count
    told = Change.objects.filter(operation=batch.operation, subject_type=AGGREGATE.subject_type)
    assert sorted(told.values_list("subject_id", "version")) == [(pk, 1) for pk in sorted(pks)]
    assert [tally.findings for tally in verify.run() if tally.wrong] == []
