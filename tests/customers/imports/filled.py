"""Workbooks as people fill them, made by openpyxl for the tests of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from core.history import Act
from core.models import User
from customers.imports import desk
from customers.imports.desk import Options
from customers.imports.kept import shapes
from customers.imports.steps import moves
from customers.models import ImportBatch
from tests.cast import valid_uscc

CUSTOMERS = (
    "客户行号", "客户编码", "客户名称", "客户类型", "地区", "注册地址", "统一社会信用代码",
    "标签", "销售部门", "业务员", "备注",
)  # fmt: skip
CONTACTS = ("客户编码", "客户行号", "姓名", "手机", "主联系人")
ACCOUNTS = ("客户编码", "客户行号", "开户银行", "银行账号", "户名", "币别")

Rows = Sequence[Sequence[Any]]


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """Make a workbook of sheets of rows, the heads among them."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def customer_row(number: int, **over: Any) -> list[Any]:
    """Give a row that is right in everything; keywords (by head) replace cells."""
    row = dict.fromkeys(CUSTOMERS, "")
    row |= {
        "客户行号": f"K{number}",
        "客户名称": f"南京第{number}号机械有限公司",
        "客户类型": "经销商",
        "地区": "北京市",
        "注册地址": f"建设路 {number} 号",
        "统一社会信用代码": valid_uscc(700_000 + number),
        "标签": "T1、T2",
        "销售部门": "销售一部",
        "业务员": "李文静",
        "备注": f"第 {number} 行",
    }
    return list((row | over).values())


def contact_row(number: int, **over: Any) -> list[Any]:
    """Give a contact of the customer with this number."""
    row = dict.fromkeys(CONTACTS, "")
    row |= {
        "客户行号": f"K{number}",
        "姓名": f"王{number}",
        "手机": f"138{number:08d}",
        "主联系人": "是",
    }
    return list((row | over).values())


def account_row(number: int, **over: Any) -> list[Any]:
    """Give a bank account of the customer with this number."""
    row = dict.fromkeys(ACCOUNTS, "")
    row |= {
        "客户行号": f"K{number}",
        "开户银行": "中国工商银行",
        "银行账号": f"62220212345{number:08d}",
        "户名": f"南京第{number}号机械有限公司",
        "币别": "人民币",
    }
    return list((row | over).values())


def complete(numbers: Sequence[int], **over: Any) -> bytes:
    """Make a workbook of complete customers, each with a contact and an account."""
    return workbook(
        {
            "客户": [CUSTOMERS, *(customer_row(n, **over) for n in numbers)],
            "联系人": [CONTACTS, *(contact_row(n) for n in numbers)],
            "银行账户": [ACCOUNTS, *(account_row(n) for n in numbers)],
        }
    )


def upload(data: bytes, name: str = "客户.xlsx") -> SimpleUploadedFile:
    """Give bytes as an uploaded file."""
    return SimpleUploadedFile(name, data)


def started(data: bytes, by: User, name: str = "客户.xlsx", **options: Any) -> ImportBatch:
    """Upload a file and have it checked."""
    return desk.start(upload(data, name), name, Options(**options), by)


def press(by: User) -> Act:
    """Give the act of somebody who pressed a button on a page."""
    return Act(by=by, source="form", reason="", key=None)


def picture(batch: ImportBatch) -> dict[str, Any]:
    """Give everything that a check leaves behind, but for the time it took."""
    batch.refresh_from_db()
    return {
        "counts": {name: v for name, v in batch.counts.items() if name != "seconds"},
        "statuses": list(batch.blocks.order_by("sheet", "first").values_list("statuses")),
        "actions": list(batch.plans.order_by("first").values_list("actions")),
        "issues": sorted(
            batch.issues.values_list("sheet", "row", "column", "kind", "reason", "is_error")
        ),
        "customers": [
            (one.action, one.title, one.changes, one.rows)
            for block in batch.plans.order_by("first")
            for one in shapes.plans_of(block)
        ],
    }


def checked_whole(batch: ImportBatch, by: User) -> dict[str, Any]:
    """Check everything again and give the picture."""
    batch.refresh_from_db()
    return picture(moves.go(batch, press(by), "check"))
