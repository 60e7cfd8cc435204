"""Questions about a whole file: texts that stand for nothing, codes that leap."""

from __future__ import annotations

import pytest

from customers.imports import desk
from customers.models import Customer
from tests.customers.imports.filled import CUSTOMERS, customer_row, press, started, workbook

pytestmark = pytest.mark.django_db


def file(*rows):
    return workbook({"客户": [CUSTOMERS, *rows]})


def errors(batch):
    return sorted(batch.issues.filter(is_error=True).values_list("kind", "column", "row"))


def said(batch, admin, **answers):
    return desk.match_values(batch, answers, press(admin))


def test_what_stands_for_nothing_is_asked_once_and_remembered(admin, world):
    rows = [customer_row(1, 备注="无", 标签="-"), customer_row(2, 统一社会信用代码="N/A")]
    batch = started(file(*rows), admin)
    asked = [(one.name, one.cells, one.chosen) for one in desk.questions_of(batch)]

    batch = said(batch, admin, placeholders="empty")
    later = started(file(customer_row(3, 备注="暂无")), admin)

    assert asked == [("placeholders", 3, "")]
    assert errors(batch) == errors(later) == []
    assert [one.chosen for one in desk.questions_of(later)] == ["empty"]
    desk.write(batch, "all", False, press(admin))
    first = Customer.objects.get(name="南京第1号机械有限公司")
    assert (first.remark, first.tags.count()) == ("", 0)
    kept = said(later, admin, placeholders="keep")
    desk.write(kept, "all", False, press(admin))
    assert Customer.objects.get(name="南京第3号机械有限公司").remark == "暂无"


def test_texts_that_are_kept_must_fit_their_column(admin, world):
    batch = said(started(file(customer_row(1, 地区="/", 备注="-")), admin), admin,
                 placeholders="keep")  # fmt: skip

    assert [(kind, row) for kind, _column, row in errors(batch)] == [("unknown-value", 2)]


@pytest.mark.parametrize(
    ("serials", "leaps"),
    [
        (["900", "1800", "2700"], []),
        (["2700", "900", "1800"], []),
        (["037", "900000001"], [3]),
        (["1500"], [2]),
    ],
)
def test_a_code_leaps_where_neither_counter_nor_file_leads_to_it(admin, world, serials, leaps):
    rows = [customer_row(n, 客户编码=f"BJ-JS-{one}") for n, one in enumerate(serials)]
    batch = started(file(*rows), admin)

    assert [row for _kind, _column, row in errors(batch)] == leaps
    assert {kind for kind, _column, _row in errors(batch)} <= {"leap"}


def test_the_counter_tells_where_codes_go_on(admin, world, make_customer):
    make_customer(code="BJ-JS-5000")
    batch = started(file(customer_row(1, 客户编码="BJ-JS-5001")), admin)

    assert errors(batch) == []


def test_a_leap_is_mended_or_said_to_be_right(admin, world, make_customer):
    make_customer(code="BJ-JS-037")
    data = file(customer_row(1, 客户编码="BJ-JS-900000001"))
    wrong, right = started(data, admin), started(data, admin)
    reason = str(wrong.issues.get(is_error=True).reason)

    mended = desk.fix_cell(wrong, 0, 2, 1, "BJ-JS-038", press(admin))
    right = said(right, admin, leaps="keep")

    assert "37" in reason
    assert "900000001" in reason
    assert errors(mended) == errors(right) == []
    assert desk.summary(right).customers.created == 1
