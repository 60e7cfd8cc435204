"""Files that went through LibreOffice: a template filled and saved again, an .xls with odd cells.

Only where `soffice` is installed; what an .xls holds is checked everywhere in test_xls.py.
"""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from customers.exports import workbook
from customers.imports import desk
from customers.models import Customer
from tests.customers.exports.sheets import joined
from tests.customers.imports.filled import CUSTOMERS, customer_row, press, started
from tests.customers.imports.test_round_trip import problems, typed_into

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed"),
]
PATIENCE = 120

Resave = Callable[[bytes, str], bytes]


@pytest.fixture
def resaved(tmp_path: Path) -> Resave:
    """Open a workbook in LibreOffice and save it in another form."""

    def resave(data: bytes, form: str) -> bytes:
        source = tmp_path / "in" / "客户.xlsx"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(data)
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        target = ["--outdir", str(tmp_path / "out"), str(source)]
        subprocess.run(
            [str(SOFFICE), profile, "--headless", "--convert-to", form, *target],
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )
        return (tmp_path / "out" / f"客户.{form}").read_bytes()

    return resave


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_a_template_saved_by_libreoffice_is_imported_without_an_error(form, resaved, admin, world):
    data = resaved(typed_into(joined(workbook.parts(admin)), range(1, 51)), form)

    batch = started(data, admin, f"客户.{form}")

    assert batch.state == "checked", batch.failure
    assert problems(batch) == []
    batch = desk.write(batch, "all", False, press(admin))
    assert batch.state == "done", batch.failure
    assert Customer.objects.count() == 50
    customer = Customer.objects.get(name="南京第7号机械有限公司")
    assert [row.account_number for row in customer.bank_accounts.all()] == ["6222021234500000007"]
    assert [(row.name, row.mobile) for row in customer.contacts.all()] == [("王7", "13800000007")]
    assert sorted(customer.tags.values_list("code", flat=True)) == ["T1", "T2"]


# Under which head it stands, what is typed, its number format, and what the message must quote.
ODD: list[tuple[str, Any, str, str]] = [
    ("备注", "=NA()", "General", "#N/A"),
    ("备注", "=1/0", "General", "#DIV/0!"),
    ("注册地址", "=nothing_of_that_name", "General", "#NAME?"),
    ("注册地址", True, "General", "TRUE"),
    ("注册地址", datetime.date(2024, 5, 1), "yyyy-mm-dd", "2024-05-01"),
    ("统一社会信用代码", 6222021234567890123, "0", "6.22202123456789E+"),
]


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_odd_cells_are_named_by_sheet_and_cell(form, resaved, admin, world):
    batch = started(resaved(with_odd_cells(), form), admin, f"客户.{form}")

    assert batch.state == "checked", batch.failure
    told = batch.issues.filter(is_error=True).order_by("row", "pk")
    assert [(issue.sheet, f"{issue.column}{issue.row}") for issue in told] == [
        (0, f"{get_column_letter(column_of(head))}{row}")
        for row, (head, *_rest) in enumerate(ODD, start=6)
    ]
    values = [issue.value for issue in told]
    assert [v[: len(odd[3])] for v, odd in zip(values, ODD, strict=True)] == [o[3] for o in ODD]


def with_odd_cells() -> bytes:
    """Make a workbook with blank rows above, a blank column before, and one odd cell a row."""
    book = Workbook()
    sheet = book.active
    sheet.title = "客户"
    rows = {4: CUSTOMERS, **{row: customer_row(row) for row in range(6, 6 + len(ODD))}}
    for row, cells in rows.items():
        for column, text in enumerate(cells, start=2):
            sheet.cell(row, column, text or None)
    for row, (head, value, number_format, _shown) in enumerate(ODD, start=6):
        cell = sheet.cell(row, column_of(head), value)
        cell.number_format = number_format
    return saved(book)


def column_of(head: str) -> int:
    """Give the column under a head, as openpyxl counts it."""
    return CUSTOMERS.index(head) + 2


def saved(book: Workbook) -> bytes:
    """Give a workbook as bytes."""
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_values_of_an_old_workbook_are_taken_as_they_stand(resaved, admin, world):
    book = Workbook()
    sheet = book.active
    sheet.title = "客户"
    heads = (*CUSTOMERS, "邮编", "成立日期", "信用额度", "启用信用管理", "信用期限")
    row = dict(zip(heads, customer_row(1), strict=False))
    row |= {"邮编": "010020", "成立日期": datetime.date(2014, 5, 1), "信用额度": 1234567.89}
    row |= {"启用信用管理": True, "信用期限": "=10*3", "备注": '="第"&1&"行"'}
    for column, (head, value) in enumerate(row.items(), start=1):
        sheet.cell(3, column, head)
        sheet.cell(5, column, value or None)

    batch = started(resaved(saved(book), "xls"), admin, "客户.xls")

    assert problems(batch) == []
    desk.write(batch, "all", False, press(admin))
    customer = Customer.objects.get()
    assert customer.postcode == "010020"
    assert str(customer.founded_date) == "2014-05-01"
    assert (str(customer.credit_limit), customer.credit_days) == ("1234567.89", 30)
    assert customer.credit_managed
    assert customer.remark == "第1行"
    assert customer.import_row == 5
