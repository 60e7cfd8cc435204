"""What nobody may answer on the pages of an import: what is of another, or comes too late."""

from __future__ import annotations

from io import BytesIO

import pytest

from core.refusal import Refused
from customers.exports import error_workbook
from customers.imports import desk
from customers.imports.fields import targets
from customers.imports.pages import asking
from customers.models import ImportBatch
from tests.customers.imports.filled import (
    CUSTOMERS,
    customer_row,
    press,
    started,
    upload,
    workbook,
)

pytestmark = pytest.mark.django_db


def file(*rows):
    return workbook({"客户": [CUSTOMERS, *rows]})


def test_a_row_is_decided_for_one_of_its_candidates_only(admin, make_customer, world):
    make_customer("enabled", name="同名机械有限公司")
    other = make_customer("enabled", name="另一家有限公司")
    batch = started(file(customer_row(1, 客户名称="同名机械有限公司")), admin)

    for answer in (f"update:{other.pk}", "update:", f"update:{'9' * 5_000}", "merge"):
        with pytest.raises(Refused):
            desk.decide(batch, 0, 2, answer, press(admin))

    assert not batch.decisions.exists()
    desk.decide(batch, 0, 2, "create:x", press(admin))
    assert batch.decisions.get().customer_id is None


def test_values_are_added_by_those_only_who_may(admin, clerk, world):
    batch = started(file(customer_row(1, 销售部门="销售九部")), admin)

    (may,), (may_not,) = desk.values(batch, admin), desk.values(batch, clerk)

    assert (may.may_create, may_not.may_create) == (True, False)
    with pytest.raises(Refused):
        asking.create(targets.by_key()[may.field], may.text, press(clerk))


def test_the_error_workbook_of_another_import_is_refused(admin, world):
    data = file(customer_row(1, 地区="火星"))
    first, second = started(data, admin), started(data, admin)
    target = BytesIO()
    error_workbook.write(target, desk.error_workbook_rows(first), batch=first.number)

    with pytest.raises(Refused, match=first.number):
        desk.upload_again(second, upload(target.getvalue()), "错误.xlsx", press(admin))


def test_a_file_that_was_checked_before_it_failed_is_not_read_anew(admin, world):
    batch = started("客户名称\n北京甲乙丙公司\n".encode("gbk"), admin, name="客户.csv")
    assert desk.encoding(batch)
    ImportBatch.objects.filter(pk=batch.pk).update(state="failed")
    batch.refresh_from_db()

    assert desk.encoding(batch) is None
    with pytest.raises(Refused):
        desk.read_anew(batch, "utf-8", press(admin))
