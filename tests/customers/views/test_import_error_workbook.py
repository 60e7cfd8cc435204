"""The error workbook of an import: no holes, a reason in every row, known again when it comes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from customers.models import Customer
from tests.customers.imports.filled import CUSTOMERS, customer_row, upload, workbook
from tests.customers.views.imports import page_of, refused_for_a_contact, sent, url
from tests.customers.views.page_form import sent_by

pytestmark = pytest.mark.django_db


def error_book(client: Any, batch: Any) -> Any:
    answer = client.get(url(batch, "errors/"))
    return load_workbook(BytesIO(b"".join(answer.streaming_content)))


def test_the_error_workbook_has_no_holes_and_a_reason_in_every_row(office):
    batch = sent(office, refused_for_a_contact())
    book = error_book(office, batch)

    for name in ("客户", "联系人"):
        rows = list(book[name].iter_rows(min_row=2, values_only=True))
        assert all(row[-2] for row in rows), name
    assert [row[-1] for row in book["客户"].iter_rows(min_row=2, values_only=True)] == ["3"]
    assert [row[-1] for row in book["联系人"].iter_rows(min_row=2, values_only=True)] == ["3", "4"]


def test_the_error_workbook_as_a_new_file_does_not_ask_again(office):
    heads = (*CUSTOMERS, "没有的列")
    rows = [[*customer_row(1, 销售部门="没有的部门"), "甲"]]
    batch = sent(office, workbook({"客户": [heads, *rows]}))
    form = sent_by(page_of(office, batch, ""), "columns-form")
    office.post(url(batch, "columns/"), {**form, "column-0:11": ""})
    target = BytesIO()
    error_book(office, batch).save(target)

    again = sent(office, target.getvalue(), "错误.xlsx")

    assert again.state == "checked"


def test_a_row_of_the_error_workbook_without_its_number_is_named(office):
    batch = sent(office, refused_for_a_contact())
    book = error_book(office, batch)
    book["客户"].append(["", "", "新来的公司"])
    target = BytesIO()
    book.save(target)
    form = sent_by(page_of(office, batch, "again/"), "again-form")

    answer = office.post(url(batch, "again/"), {**form, "file": upload(target.getvalue())})

    assert answer.status_code == 422
    assert "“客户”第 3 行没有原行号" in answer.content.decode()
    assert Customer.objects.count() == 0


def test_an_import_that_nobody_checked_has_no_error_workbook(office):
    batch = sent(office, workbook({"客户": [(*CUSTOMERS, "心情"), [*customer_row(1), "好"]]}))
    assert batch.state == "mapping"

    assert office.get(url(batch, "errors/")).status_code == 404
