"""An export that waited while Kehu was brought up to date is still carried out."""

from importlib import import_module

import pytest
from django.apps import apps

from core import extend
from core.models import Job
from core.records.exports import job

migration = import_module("customers.migrations.0018_export_jobs")

pytestmark = pytest.mark.django_db


def test_a_job_of_before_gets_the_kind_of_now(admin):
    waiting = Job.objects.create(kind="export.customers", params={"log": 1}, created_by=admin)
    other = Job.objects.create(kind="import.check", params={}, created_by=admin)

    migration.rename(apps, None)

    kinds = dict(Job.objects.values_list("pk", "kind"))
    assert kinds == {waiting.pk: job.KIND, other.pk: "import.check"}
    assert extend.job_kind(kinds[waiting.pk]).handler is job.run
