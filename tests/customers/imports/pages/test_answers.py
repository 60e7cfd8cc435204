"""What nobody may answer on the pages of an import: another customer, a value without the right."""

from __future__ import annotations

import pytest

from core.refusal import Refused
from customers.imports import desk
from customers.imports.fields import targets
from customers.imports.pages import asking
from tests.customers.imports.filled import CUSTOMERS, customer_row, press, started, workbook

pytestmark = pytest.mark.django_db


def file(*rows):
    return workbook({"客户": [CUSTOMERS, *rows]})


def test_a_row_is_decided_for_one_of_its_candidates_only(admin, make_customer, world):
    make_customer("enabled", name="同名机械有限公司")
    other = make_customer("enabled", name="另一家有限公司")
    batch = started(file(customer_row(1, 客户名称="同名机械有限公司")), admin)

    for answer in (f"update:{other.pk}", "update:", "merge"):
        with pytest.raises(Refused):
            desk.decide(batch, 0, 2, answer, press(admin))

    assert not batch.decisions.exists()


def test_values_are_added_by_those_only_who_may(admin, clerk, world):
    batch = started(file(customer_row(1, 销售部门="销售九部")), admin)

    (may,), (may_not,) = desk.values(batch, admin), desk.values(batch, clerk)

    assert (may.may_create, may_not.may_create) == (True, False)
    with pytest.raises(Refused):
        asking.create(targets.by_key()[may.field], may.text, press(clerk))
