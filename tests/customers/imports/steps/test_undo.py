"""Undo: what was added goes, what was changed comes back, what was touched since stays."""

from __future__ import annotations

from typing import Any

import pytest

from core import saving, verify
from core.refusal import Refused
from customers.imports import desk
from customers.models import Customer
from customers.services import customer as customer_service
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by
from tests.customers.imports.filled import (
    ACCOUNTS,
    CONTACTS,
    CUSTOMERS,
    account_row,
    contact_row,
    customer_row,
    press,
    started,
    workbook,
)
from tests.customers.imports.filled import (
    complete as filled_file,
)

pytestmark = pytest.mark.django_db
SYSTEM = {"version", "updated_at", "updated_by_id"}


def told(customer: Customer) -> dict[str, Any]:
    """Give everything about a customer but what the system keeps about its writing."""
    own = Customer.objects.filter(pk=customer.pk).values().get()
    return {
        **{name: value for name, value in own.items() if name not in SYSTEM},
        "contacts": list(customer.contacts.order_by("line").values_list("name", "mobile", "line")),
        "accounts": list(
            customer.bank_accounts.order_by("line").values_list(
                "account_number", "bank_id", "currency_id", "is_default", "line"
            )
        ),
        "tags": sorted(customer.tags.values_list("pk", flat=True)),
    }


def everything() -> dict[int, Any]:
    """Give all customers as `told`."""
    return {customer.pk: told(customer) for customer in Customer.objects.all()}


def changed(numbers: Any) -> bytes:
    """A file that changes header, tags, a contact and an account of these, and adds as many."""
    numbers = list(numbers)
    new = [n + 500 for n in numbers]
    return workbook(
        {
            "客户": [
                CUSTOMERS,
                *(customer_row(n, 备注="改过", 标签="T1", 地区="上海市") for n in numbers),
                *(customer_row(n) for n in new),
            ],
            "联系人": [
                CONTACTS,
                *(contact_row(n, 姓名=f"李{n}", 手机=f"139{n:08d}", 主联系人="") for n in numbers),
            ],
            "银行账户": [ACCOUNTS, *(account_row(n, 户名="新户名") for n in numbers)],
        }
    )


def test_undo_restores_everything(admin, world):
    desk.write(started(filled_file(range(1, 6)), admin), "all", False, press(admin))
    before = everything()
    batch = started(changed(range(1, 6)), admin)
    summary = desk.summary(batch)
    assert (summary.customers.updated, summary.customers.created) == (5, 5), summary.kinds
    batch = desk.write(batch, "all", False, press(admin))
    assert batch.state == "done", batch.failure
    assert everything() != before

    batch = desk.undo(batch, press(admin))

    assert batch.state == "undone", (batch.failure, batch.job.error)
    assert everything() == before
    result = desk.result(batch, admin)
    assert [(bucket.name, bucket.count) for bucket in result.undo] == [
        ("reverted", 10),
        ("kept", 0),
        ("failed", 0),
    ]
    assert all(tally.wrong == 0 for tally in verify.run())


def test_undo_restores_who_may_see_a_customer(admin, clerk, outsider, world):
    desk.write(started(filled_file([1]), admin), "all", False, press(admin))
    one = Customer.objects.get()
    moved = started(workbook({"客户": [CUSTOMERS, customer_row(1, 销售部门="销售二部")]}), admin)
    batch = desk.write(moved, "all", False, press(admin))

    def seen() -> list[bool]:
        there = Customer.objects.filter(pk=one.pk)
        return [there.visible_to(user).exists() for user in (clerk, outsider)]

    assert seen() == [False, True]

    desk.undo(batch, press(admin))

    assert seen() == [True, False]


def test_undo_keeps_what_was_touched_since_and_says_by_whom(admin, world, clerk):
    desk.write(started(filled_file(range(1, 4)), admin), "all", False, press(admin))
    batch = desk.write(started(changed(range(1, 4)), admin), "all", False, press(admin))
    touched = Customer.objects.get(name="南京第2号机械有限公司")
    saving.change(
        AGGREGATE, touched.pk, {"remark": "人改的"}, version=touched.version, act=act_by(clerk)
    )

    batch = desk.undo(batch, press(admin))

    kept = next(b for b in desk.result(batch, admin).undo if b.name == "kept")
    assert [(row.pk, clerk.display_name in row.reason) for row in kept.rows] == [(touched.pk, True)]
    touched.refresh_from_db()
    assert touched.remark == "人改的"


def test_undo_keeps_created_ones_that_others_use(admin, world, complete):
    batch = desk.write(started(filled_file([1, 2]), admin), "all", False, press(admin))
    group = Customer.objects.get(name="南京第1号机械有限公司")
    customer_service.save(
        None, complete(parent=group), version=None, submit=False, act=act_by(admin)
    )

    batch = desk.undo(batch, press(admin))

    buckets = {bucket.name: bucket.count for bucket in desk.result(batch, admin).undo}
    assert buckets == {"reverted": 1, "kept": 1, "failed": 0}
    assert Customer.objects.filter(pk=group.pk).exists()


def test_undo_does_not_change_how_long_the_write_took(admin, world):
    batch = desk.write(started(filled_file([1]), admin), "all", False, press(admin))
    took = desk.result(batch, admin).seconds
    assert took > 0

    batch = desk.undo(batch, press(admin))

    assert desk.result(batch, admin).seconds == took


def test_undo_of_an_undo_is_not_offered(admin, world):
    batch = desk.write(started(filled_file([1]), admin), "all", False, press(admin))
    batch = desk.undo(batch, press(admin))

    with pytest.raises(Refused):
        desk.undo(batch, press(admin))


def test_undo_takes_submitted_ones_back(admin, world):
    desk.write(started(filled_file([1]), admin), "all", False, press(admin))
    before = everything()
    batch = desk.write(started(changed([1]), admin), "good", True, press(admin))
    assert batch.state == "done", batch.failure
    assert Customer.objects.filter(state="submitted").count() >= 1

    desk.undo(batch, press(admin))

    after = everything()
    for stored in (*before.values(), *after.values()):
        for stamp in ("submitted_at", "submitted_by_id"):
            stored.pop(stamp)
    assert after == before
    assert all(tally.wrong == 0 for tally in verify.run())


def written_slip(admin):
    """Write a customer whose code leaps by a slip, which somebody took for right."""
    slip = workbook({"客户": [CUSTOMERS, customer_row(1, 客户编码="BJ-JS-900000001")]})
    batch = desk.match_values(started(slip, admin), {"leaps": "keep"}, press(admin))
    return desk.write(batch, "all", False, press(admin))


def test_after_an_undo_codes_follow_those_that_are_left(admin, world, make_customer):
    make_customer(code="BJ-JS-037")
    batch = written_slip(admin)
    assert make_customer().code == "BJ-JS-900000002"
    saving.delete(
        AGGREGATE, Customer.objects.get(code="BJ-JS-900000002").pk, version=1, act=act_by(admin)
    )

    desk.undo(batch, press(admin))

    assert make_customer().code == "BJ-JS-900000003"  # somebody was given one behind it


def test_a_slip_in_a_code_is_forgotten_with_its_import(admin, world, make_customer):
    make_customer(code="BJ-JS-037")
    batch = written_slip(admin)

    desk.undo(batch, press(admin))

    assert make_customer().code == "BJ-JS-038"
    with pytest.raises(Refused, match="BJ-JS-900000001"):
        make_customer(code="BJ-JS-900000001")
