"""Pages of an import name no customer, and lead to none, that whoever looks does not see."""

from __future__ import annotations

import pytest

from customers.imports import desk
from tests.customers.imports.filled import CUSTOMERS, customer_row, press, started, workbook

pytestmark = pytest.mark.django_db


def file(*rows):
    return workbook({"客户": [CUSTOMERS, *rows]})


def test_a_result_leads_only_to_customers_in_sight(admin, outsider, world):
    batch = desk.write(started(file(customer_row(1)), admin), "all", False, press(admin))

    (seen,), _pages = desk.result_rows(batch, "", 1, admin)
    (hidden,), _pages = desk.result_rows(batch, "", 1, outsider)

    assert seen.pk is not None
    assert hidden.pk is None


def test_candidates_out_of_sight_are_masked(admin, clerk, outsider, make_customer, world):
    there = make_customer("enabled", name="同名机械有限公司", by=clerk)
    batch = started(file(customer_row(1, 客户名称="同名机械有限公司")), admin)

    (seen,) = desk.rows(batch, 0, "undecided", 1, admin).rows[0].candidates
    (hidden,) = desk.rows(batch, 0, "undecided", 1, outsider).rows[0].candidates

    assert (seen.pk, seen.code, seen.name) == (there.pk, there.code, str(there))
    assert (hidden.pk, hidden.code) == (None, "")
    assert there.name not in hidden.name


def test_a_group_customer_out_of_sight_is_not_named(admin, clerk, outsider, make_customer, world):
    group = make_customer("enabled", name="大集团有限公司", by=clerk)
    below = make_customer("draft", name="小公司", by=clerk, parent=group)
    head = ["客户编码", "客户名称", "对应集团客户"]
    batch = started(workbook({"客户": [head, [below.code, below.name, "<清空>"]]}), admin)

    def old(user):
        return desk.rows(batch, 0, "updated", 1, user).rows[0].cells[2].old

    assert group.name in old(admin)
    assert old(outsider) == "****"
