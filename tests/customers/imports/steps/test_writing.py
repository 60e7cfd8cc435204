"""From a file to customers: everything arrives once, counts add up, codes and history are there."""

from __future__ import annotations

import pytest

from core import verify
from core.models import Change
from core.records import timeline
from customers.imports import desk
from customers.models import Customer, UsedCode
from customers.services.kinds import KIND
from tests.customers.imports.filled import (
    CUSTOMERS,
    complete,
    customer_row,
    press,
    started,
    workbook,
)

pytestmark = pytest.mark.django_db


def test_fifty_customers_arrive_without_an_error(admin, world):
    batch = started(complete(range(1, 51)), admin)

    assert batch.state == "checked", batch.failure
    summary = desk.summary(batch)
    assert [group.reason for group in desk.groups(batch) if group.is_error] == []
    assert summary.customers.created == 50

    batch = desk.write(batch, "all", False, press(admin))

    assert batch.state == "done", (batch.failure, batch.job.error)
    assert Customer.objects.count() == 50
    customer = Customer.objects.get(name="南京第7号机械有限公司")
    assert (customer.import_sheet, customer.import_row) == ("客户", 8)
    assert customer.code.startswith("BJ-JS-")
    assert UsedCode.objects.filter(code=customer.code, subject_id=customer.pk).exists()
    assert [c.name for c in customer.contacts.all()] == ["王7"]
    assert customer.contacts.get().is_primary
    assert customer.bank_accounts.get().account_number == "6222021234500000007"
    assert customer.tags.count() == 2
    assert customer.pending_batch is None
    entry = Change.objects.get(subject_type="customers.customer", subject_id=customer.pk)
    assert entry.source == f"import #{batch.number} 客户 8"
    told = timeline.page(KIND, customer, admin).entries
    assert told[0].source == f"引入 {batch.number} 客户 8"
    result = desk.result(batch, admin)
    assert result.customers.created == result.customers.read == 50
    assert [(s.counts.read, s.counts.created) for s in result.sheets] == [(50, 50)] * 3
    assert all(tally.wrong == 0 for tally in verify.run())


def test_the_same_file_twice_changes_nothing(admin, world):
    data = complete(range(1, 11))
    desk.write(started(data, admin), "all", False, press(admin))
    before = list(Customer.objects.order_by("pk").values())

    again = started(data, admin)

    summary = desk.summary(again)
    assert (summary.customers.unchanged, summary.customers.read) == (10, 10)
    assert list(Customer.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("size", [1, 2])
def test_two_companies_of_one_name_arrive_whatever_the_chunk(size, admin, world, settings):
    settings.IMPORT_CHUNK = size
    name = "同名机械有限公司"
    rows = [customer_row(n, 客户名称=name, 客户编码=f"TM-{n}") for n in (1, 2)]
    batch = started(workbook({"客户": [CUSTOMERS, *rows]}), admin)
    assert desk.summary(batch).customers.created == 2

    batch = desk.write(batch, "all", False, press(admin))

    assert desk.result(batch, admin).customers.created == 2
    assert Customer.objects.filter(name=name, pending_batch=None).count() == 2
