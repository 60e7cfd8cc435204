"""Exports by a worker: what is work for one, once each, kept for a week, across an update too."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from core import extend
from core.jobs import delivery
from core.jobs import files as stored
from core.models import ExportLog, Job
from core.records.exports import files, job
from customers.models import Customer
from customers.services.kinds import KIND

migration = import_module("customers.migrations.0018_export_jobs")

pytestmark = pytest.mark.django_db


def test_a_job_of_before_gets_the_kind_of_now(admin):
    waiting = Job.objects.create(kind="export.customers", params={"log": 1}, created_by=admin)
    other = Job.objects.create(kind="import.check", params={}, created_by=admin)

    migration.rename(apps, None)

    kinds = dict(Job.objects.values_list("pk", "kind"))
    assert kinds == {waiting.pk: job.KIND, other.pk: "import.check"}
    assert extend.job_kind(kinds[waiting.pk]).handler is job.run


def noted(user):
    """Note an export of all customers that is about to be made."""
    everything = {"query": "", "words": []}
    return job.begin(
        KIND.subject, user, kind="csv", name="客户.csv", conditions=everything, columns=["客户名称"]
    )


@pytest.mark.django_db(transaction=True)
def test_a_job_that_comes_twice_makes_its_file_once(admin, make_customer):
    make_customer()
    job.ask(noted(admin), ["name"])
    waiting = Job.objects.get()
    delivery.execute(waiting.pk)
    made = ExportLog.objects.get()

    Job.objects.update(state=Job.State.QUEUED)
    delivery.execute(waiting.pk)

    again = ExportLog.objects.get()
    assert made.state == ExportLog.State.DONE
    assert (again.file_id, again.finished_at) == (made.file_id, made.finished_at)


def test_a_made_file_is_kept_for_seven_days_and_what_left_stays_noted(admin):
    for minutes in (-1, 1):
        log = noted(admin)
        log.file = stored.store(log.name, [b"x"], admin)
        log.finished_at = timezone.now() - timedelta(days=7, minutes=minutes)
        log.save()

    job.forget_old()

    kept = [log.file_id is not None for log in ExportLog.objects.order_by("pk")]
    assert kept == [True, False]


@pytest.mark.parametrize(
    ("customers", "contacts", "is_large"), [(2, 3, False), (3, 0, True), (1, 4, True)]
)
def test_as_much_as_leaves_at_once_is_no_work_for_a_worker(
    make_customer, monkeypatch, customers, contacts, is_large
):
    monkeypatch.setattr(files, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(files, "MOST_LINES", 3)
    rows = [{"name": f"联系人{number}"} for number in range(contacts)]
    for number in range(customers):
        make_customer(contacts=rows if not number else [])

    order = files.Order(Customer.objects.all(), [], lambda: iter(()), below=KIND.parts[:1])

    assert order.is_large is is_large
