"""Which bulk edit made a change request: kept in it, also in those of before."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from customers.models import CustomerChange
from tests.customers.asking import ask
from tests.customers.bulk_edit.conftest import set_to
from tests.guard import resetting

BEFORE = [("customers", "0024_own_drafts_and_returned")]
AFTER = [("customers", "0026_change_operation_filled")]


def migrated(target):
    with resetting():
        MigrationExecutor(connection).migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def latest():
    """Bring the tables back to where the code is, whatever happened."""
    yield
    migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.fixture
def edit(carry_out, make_customer, finance, world):
    """Let a bulk edit ask for other days of two customers; a third one is asked for by hand."""
    customers = [make_customer("enabled") for _ in range(3)]
    made = carry_out(finance, customers[:2], credit_days=set_to(45), reason="统一账期")
    assert made.done == {"asked": 2}
    ask(customers[2], finance, {"credit_days": 45})
    return made


@pytest.mark.django_db(transaction=True)
def test_requests_of_before_know_the_edit_that_made_them(edit, latest):
    migrated(BEFORE)
    apps = migrated(AFTER)

    requests = apps.get_model("customers", "CustomerChange").objects.order_by("pk")
    assert list(requests.values_list("operation", flat=True)) == [edit.pk, edit.pk, None]


@pytest.mark.django_db
def test_the_list_of_an_edit_is_found_without_the_history(client, edit, finance):
    client.force_login(finance)
    url = f"/changes/?edit={edit.pk}"
    client.get(url)

    with CaptureQueriesContext(connection) as asked:
        page = client.get(url).content.decode()

    codes = CustomerChange.objects.order_by("pk").values_list("code", flat=True)
    assert [code in page for code in codes] == [True, True, False]
    assert not [one["sql"] for one in asked if '"core_change"' in one["sql"]]
