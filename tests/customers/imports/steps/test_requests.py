"""What is in force changes by request, in a file as on a form: planned, asked for, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from core import verify
from core.refusal import Refused
from customers.imports import desk
from customers.imports.fields import issues
from customers.models import Customer, CustomerChange
from tests.customers.asking import ask, decide
from tests.customers.imports.filled import ACCOUNTS, press, started, workbook
from tests.customers.imports.steps.test_lookups import account_of

pytestmark = pytest.mark.django_db
HEADS = ["客户编码", "客户名称", "备注"]


def renamed(customers: Any, *, remark: str = "可以改") -> bytes:
    """A file that gives each of these another name (◆) and another remark (free)."""
    rows = [[one.code, f"{one.name}新", remark] for one in customers]
    return workbook({"客户": [HEADS, *rows]})


def written(data: bytes, by: Any, **more: Any) -> Any:
    batch = desk.write(started(data, by), "all", False, press(by), reason="年度更名", **more)
    assert batch.state == "done", (batch.failure, list(batch.issues.values_list("reason")))
    return batch


def counts(batch: Any) -> tuple[int, ...]:
    found = desk.result(batch, batch.by).customers
    return (found.requested, found.updated, found.created, found.failed, found.skipped)


def test_the_check_tells_what_becomes_a_request(make_customer, admin, world):
    enabled, draft = make_customer("enabled"), make_customer("draft")

    batch = started(renamed([enabled, draft]), admin)

    found = desk.summary(batch).customers
    assert (found.requested, found.updated, found.failed) == (1, 1, 0)
    page = desk.rows(batch, 0, "requested", 1, admin)
    assert [row.customer.pk for row in page.rows] == [enabled.pk]


def test_free_values_are_written_and_controlled_ones_asked_for(make_customer, admin, world):
    customers = [make_customer("enabled"), make_customer("disabled"), make_customer("approved")]
    names = [one.name for one in customers]

    batch = written(renamed(customers), admin)

    stored = Customer.objects.order_by("pk")
    assert [(one.name, one.remark) for one in stored] == [(name, "可以改") for name in names]
    requests = CustomerChange.objects.order_by("record")
    assert [
        (one.state, one.reason, one.import_batch_id, one.asks.fields[0].new) for one in requests
    ] == [("submitted", "年度更名", batch.pk, f"{name}新") for name in names]
    assert counts(batch) == (3, 0, 0, 0, 0)
    rows, _pages = desk.result_rows(batch, "requested", 1, admin)
    assert [row.request_code for row in rows] == [one.code for one in requests]
    assert all(tally.wrong == 0 for tally in verify.run())


def test_a_request_of_an_import_takes_effect_when_it_is_approved(
    make_customer, admin, reviewer, world
):
    customer = make_customer("enabled")
    written(renamed([customer]), admin)

    decide(CustomerChange.objects.get(), "approve", reviewer)

    customer.refresh_from_db()
    assert (customer.name[-1], customer.state) == ("新", "enabled")


def test_accounts_are_asked_for_as_on_the_form(make_customer, admin, world):
    customer = make_customer("enabled", accounts=[account_of(world)])
    [kept] = customer.bank_accounts.all()
    new = {"银行账号": "6222021234500000777", "开户银行": "中国工商银行", "户名": customer.name}
    row = [new.get(head, "") for head in ACCOUNTS]
    row[ACCOUNTS.index("客户编码")], row[ACCOUNTS.index("币别")] = customer.code, "人民币"

    written(workbook({"银行账户": [ACCOUNTS, row]}), admin)

    request = CustomerChange.objects.get()
    assert request.area == "bank_accounts"
    assert [(one.op, one.new["account_number"]) for one in request.asks.rows] == [
        ("add", "6222021234500000777")
    ]
    assert list(customer.bank_accounts.values_list("pk", flat=True)) == [kept.pk]


def test_a_file_needs_a_reason_for_what_is_in_force(make_customer, admin, world):
    batch = started(renamed([make_customer("enabled")]), admin)

    with pytest.raises(Refused) as refused:
        desk.write(batch, "all", False, press(admin), reason=" ")

    assert set(refused.value.fields) == {"reason"}
    assert not CustomerChange.objects.exists()


def test_what_stands_in_an_open_request_is_refused_at_its_cell(make_customer, admin, clerk, world):
    customer = make_customer("enabled")
    held = ask(customer, clerk, {"name": "别的名字有限公司"})

    batch = started(renamed([customer]), admin)

    [issue] = batch.issues.filter(is_error=True)
    assert (issue.kind, issue.column, held.code in issue.reason) == (issues.LOCKED, "B", True)


@pytest.mark.parametrize("said", ["", "分立后的新公司"])
def test_an_equal_name_that_was_explained_once_is_asked_for_as_on_the_form(
    said, make_customer, admin, clerk, world
):
    other, customer = make_customer("enabled"), make_customer("enabled", same_name_reason=said)
    data = workbook({"客户": [HEADS, [customer.code, other.name, ""]]})

    batch = started(data, admin)

    found = batch.issues.filter(is_error=True, kind=issues.TAKEN, field="customers.name")
    assert (found.exists(), desk.summary(batch).customers.requested) == (not said, int(bool(said)))
    if not said:
        with pytest.raises(Refused, match="说明为什么是另一家公司"):
            ask(customer, clerk, {"name": other.name})
    else:
        desk.write(batch, "all", False, press(admin), reason="年度更名")
        assert [one.asks.fields[0].new for one in customer.changes.all()] == [other.name]


def test_what_was_asked_for_since_the_check_is_left_alone(make_customer, admin, clerk, world):
    customer, other = make_customer("enabled"), make_customer("enabled")
    batch = started(renamed([customer, other]), admin)
    ask(customer, clerk, {"name": "别的名字有限公司"})

    batch = desk.write(batch, "good", False, press(admin), reason="年度更名")

    assert counts(batch) == (1, 0, 0, 1, 0)
    customer.refresh_from_db()
    assert customer.remark == ""
    assert CustomerChange.objects.filter(import_batch=batch).get().record_id == other.pk


def test_undo_withdraws_what_nobody_approved_and_lists_what_was(
    make_customer, admin, reviewer, world
):
    waiting, approved = (make_customer("enabled") for _ in range(2))
    names = [one.name for one in (waiting, approved)]
    batch = written(renamed([waiting, approved]), admin)
    by_owner = {one.record_id: one for one in CustomerChange.objects.all()}
    decide(by_owner[approved.pk], "approve", reviewer)

    batch = desk.undo(batch, press(admin))

    stored = {one.pk: one for one in Customer.objects.all()}
    assert (stored[waiting.pk].name, stored[waiting.pk].remark) == (names[0], "")
    assert stored[approved.pk].name == f"{names[1]}新"
    states = dict(CustomerChange.objects.values_list("record", "state"))
    assert (states[waiting.pk], states[approved.pk]) == ("withdrawn", "approved")
    kept = next(one for one in desk.result(batch, admin).undo if one.name == "kept")
    [row] = kept.rows
    assert row.pk == approved.pk
    assert by_owner[approved.pk].code in row.reason
    assert reviewer.display_name in row.reason
    assert all(tally.wrong == 0 for tally in verify.run())


def test_undo_of_requests_alone_leaves_the_customers_version(make_customer, admin, world):
    customer = make_customer("enabled")
    batch = written(workbook({"客户": [HEADS[:2], [customer.code, "新名字有限公司"]]}), admin)
    before = Customer.objects.get().version

    batch = desk.undo(batch, press(admin))

    assert batch.state == "undone"
    assert Customer.objects.get().version == before == customer.version
    assert CustomerChange.objects.get().state == "withdrawn"
    assert [(one.name, one.count) for one in desk.result(batch, admin).undo] == [
        ("reverted", 1), ("kept", 0), ("failed", 0)
    ]  # fmt: skip


def test_a_name_that_another_customer_has_is_told_by_the_check(make_customer, admin, world):
    customer, other = make_customer("enabled"), make_customer("enabled")

    batch = started(workbook({"客户": [HEADS[:2], [customer.code, other.name]]}), admin)

    [issue] = batch.issues.filter(is_error=True)
    assert (issue.kind, issue.column) == (issues.TAKEN, "B")
