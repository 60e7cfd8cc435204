"""The workbook of the journey: twelve kinds of error, one in each wrong row, and their cure."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook

from tests.cast import valid_uscc
from tests.customers.imports.filled import (
    ACCOUNTS,
    CONTACTS,
    CUSTOMERS,
    account_row,
    contact_row,
    customer_row,
    workbook,
)

COUNT = 14
NAME, USCC = 0, 1
WRONG = {
    2: {"客户名称": ""},
    3: {"统一社会信用代码": "91110108"},
    4: {"销售部门": "销售一处"},
    5: {"销售部门": "销售一处"},
    6: {"客户类型": "代理"},
    7: {"地区": "火星"},
    8: {"业务员": "没有此人"},
    9: {"统一社会信用代码": valid_uscc(700_001)},
    10: {"客户名称": "#N/A"},
    11: {"客户行号": "K1"},
}
WRONG_CONTACTS = {12: {"手机": "12"}, 13: {"姓名": ""}}
WRONG_ACCOUNTS = {14: {"银行账号": 6.22202021234e18}, 1: {"开户银行": "火星银行"}}


def right() -> dict[str, list[list[object]]]:
    """Give the sheets as they should be, the heads among them."""
    numbers = range(1, COUNT + 1)
    return {
        "客户": [list(CUSTOMERS), *(customer_row(n) for n in numbers)],
        "联系人": [list(CONTACTS), *(contact_row(n) for n in numbers)],
        "银行账户": [list(ACCOUNTS), *(account_row(n) for n in numbers)],
    }


def wrong() -> bytes:
    """Give the workbook with its faults."""
    sheets = right()
    for name, faults in zip(sheets, (WRONG, WRONG_CONTACTS, WRONG_ACCOUNTS), strict=True):
        for number, cells in faults.items():
            for head, value in cells.items():
                sheets[name][number][sheets[name][0].index(head)] = value
    return workbook(sheets)


def mended(error_workbook: bytes) -> bytes:
    """Put every row of the error workbook right, as a person would in Excel."""
    book, good = load_workbook(BytesIO(error_workbook)), right()
    for name, rows in good.items():
        if name not in book.sheetnames:
            continue
        for row in book[name].iter_rows(min_row=2):
            number = int(row[-1].value)  # the last column says which row of the file it is
            for cell, value in zip(row, rows[number - 1], strict=False):
                cell.value = value or None
    target = BytesIO()
    book.save(target)
    return target.getvalue()
