"""A file may change what the form may: the table of the form holds for every cell of it."""

from typing import Any

import pytest

from customers.imports.fields.issues import LOCKED
from customers.imports.plan.plans import UPDATE
from tests.customers.field_rights import ANY, read_table
from tests.customers.imports.steps.test_lookups import run

pytestmark = pytest.mark.django_db
NO_COLUMN = {"reason"}  # why another company has the same name is said on the form alone
CELLS = {
    "general": ("客户", "简称", "恒信"),
    "name": ("客户", "客户名称", "北京改名有限公司"),
    "financial": ("客户", "发票类型", "增值税专用发票"),
    "title": ("客户", "发票抬头", "北京恒信"),
    "tags": ("客户", "标签", "T1"),
    "contacts": ("联系人", "姓名", "李四"),
    "accounts": ("银行账户", "银行账号", "40000230"),
}


def answer(customer: Any, group: str, user: Any) -> str:
    sheet, head, value = CELLS[group]
    rows = [["客户编码", head], [customer.code, value]]
    if sheet == "联系人":
        rows = [[*rows[0], "手机"], [*rows[1], "13800138000"]]
    (plan,) = run({sheet: rows}, user)
    if plan.pk is None:
        return "."
    if any(one.kind == LOCKED for one in plan.issues):
        return "x"
    assert plan.action == UPDATE, plan
    return "r" if plan.asked else "+"


@pytest.mark.parametrize("state", ANY)
def test_every_cell_is_taken_as_the_table_says(make_customer, cast, state):
    customer = make_customer(state)
    expected = {
        who: {name: cell for name, cell in cells.items() if name not in NO_COLUMN}
        for who, place, cells in read_table()
        if place == state
    }

    found = {who: {name: answer(customer, name, cast[who]) for name in CELLS} for who in expected}

    assert len(expected) == 7
    assert found == expected
