"""Rules and used codes of before are those of customers, there and back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.guard import resetting

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("customers", "0016_labels_of_times")]
AFTER = [("customers", "0017_codes_by_subject")]


def migrated(target):
    with resetting():
        MigrationExecutor(connection).migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def latest():
    """Bring the tables back to where the code is, whatever happened."""
    yield
    migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_what_was_there_belongs_to_customers(make_customer, world, latest):
    customer = make_customer()

    apps = migrated(BEFORE)
    before = list(
        apps.get_model("customers", "UsedCode").objects.values_list("code", "customer_id")
    )
    apps = migrated(AFTER)

    used = apps.get_model("customers", "UsedCode").objects
    rules = apps.get_model("customers", "CodeRule").objects
    assert before == [(customer.code, customer.pk)]
    assert list(used.values_list("subject_type", "subject_id", "code")) == [
        ("customers.customer", customer.pk, customer.code)
    ]
    assert set(rules.values_list("subject", flat=True)) == {"customers.customer"}
