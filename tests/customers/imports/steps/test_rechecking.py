"""A mended cell is checked with those that share a key, and comes out as if all were checked."""

from __future__ import annotations

from typing import Any

import pytest

from customers.imports import desk
from customers.imports.steps import moves, rechecking
from customers.models import ImportBatch
from tests.cast import valid_uscc
from tests.customers.imports.filled import (
    CONTACTS,
    CUSTOMERS,
    checked_whole,
    contact_row,
    customer_row,
    picture,
    press,
    started,
    workbook,
)

pytestmark = pytest.mark.django_db
NAME, REGION, USCC, UNIT = 2, 4, 6, 8


def faulty() -> bytes:
    """Right rows, wrong ones, and two that share a credit code."""
    return workbook(
        {
            "客户": [
                CUSTOMERS,
                customer_row(1),
                customer_row(2, 销售部门="销售一处"),
                customer_row(3, 地区="火星"),
                customer_row(4, 统一社会信用代码=valid_uscc(700_005)),
                customer_row(5),
            ],
            "联系人": [CONTACTS, *(contact_row(n) for n in range(1, 6)), contact_row(2, 手机="x")],
        }
    )


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (3, UNIT, "销售一部"),
        (3, UNIT, "销售三处"),
        (4, REGION, "上海市"),
        (5, USCC, valid_uscc(700_004)),
        (2, USCC, valid_uscc(700_005)),
        (2, NAME, ""),
        (6, NAME, "南京第1号机械有限公司"),
    ],
)
def test_a_mended_cell_comes_out_as_in_a_whole_check(row, column, text, admin, world, monkeypatch):
    batch = started(faulty(), admin)
    monkeypatch.setattr(moves, "go", forbidden)

    desk.fix_cell(batch, 0, row, column, text, press(admin))

    monkeypatch.undo()
    part = picture(batch)
    assert part == checked_whole(batch, admin)


def forbidden(*given: Any, **named: Any) -> ImportBatch:
    """Nothing but the customers concerned may be checked."""
    raise AssertionError(given)


def test_mending_one_of_two_twins_mends_both(admin, world):
    batch = started(faulty(), admin)
    before = desk.summary(batch).customers.failed

    desk.fix_cell(batch, 0, 5, USCC, valid_uscc(700_004), press(admin))

    batch.refresh_from_db()
    assert desk.summary(batch).customers.failed < before


def test_a_cell_that_joins_rows_has_everything_checked(admin, world):
    batch = started(faulty(), admin)

    with pytest.raises(rechecking.NotEnough):
        rechecking.recheck(batch, [(1, 2, 1)])


def test_more_than_a_few_rows_are_checked_with_everything(
    admin, world, monkeypatch, django_assert_num_queries
):
    batch = started(faulty(), admin)
    monkeypatch.setattr(rechecking, "MOST_ROWS", 1)

    with pytest.raises(rechecking.NotEnough):  # the customer has a contact too
        rechecking.recheck(batch, [(0, 2, REGION)])
    with django_assert_num_queries(0), pytest.raises(rechecking.NotEnough):
        rechecking.recheck(batch, [(0, 2, REGION), (0, 3, REGION)])
