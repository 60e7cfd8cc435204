"""Files that hold no table, break off, or come back mended: what is said of each."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from django.utils.translation import override
from openpyxl import load_workbook

from core import jobs
from core.models import StoredFile
from core.refusal import Refused
from customers.exports import error_workbook
from customers.imports import desk
from customers.imports.steps import moves
from tests.customers.imports.filled import CUSTOMERS, customer_row, press, started, upload, workbook
from tests.customers.imports.steps.test_checking import faulty

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "content", "reasons"),
    [
        ("无表头.csv", "无锡甲公司,北京市\n", ["“CSV”", "没有找到表头行", "模板"]),
        ("空.csv", "\n\n", ["“CSV”", "没有找到表头行"]),
    ],
)
def test_a_file_without_a_table_says_of_each_sheet_why(admin, world, name, content, reasons):
    batch = started(content.encode(), admin, name)

    assert batch.state == "failed"
    assert [one for one in reasons if one not in batch.failure] == []


def test_a_hidden_sheet_is_named_where_nothing_else_is_read(admin, world):
    data = workbook({"客户": [CUSTOMERS, customer_row(1)], "备忘": [["怎么填"]]})
    book = load_workbook(BytesIO(data))
    book["客户"].sheet_state, book.active = "hidden", 1
    target = BytesIO()
    book.save(target)

    batch = started(target.getvalue(), admin)

    assert batch.state == "failed"
    assert "“客户”未读取：隐藏的工作表不读取" in batch.failure


def test_what_a_table_was_read_as_is_known_though_it_breaks_off(admin, world):
    batch = started('客户名称,备注\n甲,"乙\n'.encode("gb18030"), admin, "断.csv")

    assert batch.state == "failed"
    assert desk.encoding(batch).name == "gb18030"


def test_the_missing_column_is_named_in_the_language_of_the_reader(admin, world):
    batch = started("客户名称,手机\n甲公司,13800132207\n".encode(), admin, "联系.csv")

    with override("en"):
        told = desk.column_problems(batch)

    assert any("“Name”" in one for one in told), told


def test_rows_of_blanks_are_no_rows(admin, world):
    rows = [customer_row(1), [" "] * 5, ["\u3000", "\xa0"], customer_row(2)]
    batch = started(workbook({"客户": [CUSTOMERS, *rows]}), admin)

    assert batch.counts["sheets"]["0"]["read"] == 2
    assert desk.rows(batch, 0, "", 1, admin).total == 2


@pytest.mark.parametrize(("most", "is_worker"), [(10**6, False), (100, False), (100, True)])
def test_the_mended_file_comes_back_into_the_same_import(
    admin, world, monkeypatch, settings, most, is_worker
):
    batch = started(faulty(), admin)
    monkeypatch.setattr(moves, "SMALL_BYTES", most)
    settings.IMPORT_REQUEST_SECONDS = 0 if is_worker else 600
    mended = workbook(
        {
            "客户": [
                CUSTOMERS,
                *([""] for _row in range(3)),
                customer_row(4),
                customer_row(5),
                customer_row(6),
            ]
        }
    )

    batch = desk.upload_again(batch, upload(mended), "错误.xlsx", press(admin))
    assert (batch.state == "checking") is is_worker
    jobs.run_waiting()
    batch.refresh_from_db()

    assert desk.summary(batch).customers.created == 6
    assert StoredFile.objects.count() == 1  # the one that was uploaded first


def test_a_large_file_of_something_else_leaves_the_import_as_it_was_and_is_told(
    admin, world, monkeypatch
):
    batch = started(faulty(), admin)
    before = desk.summary(batch).customers
    monkeypatch.setattr(moves, "SMALL_BYTES", 100)

    batch = desk.upload_again(batch, upload(workbook({"别的": [["a"]]})), "a.xlsx", press(admin))

    assert (batch.state, desk.summary(batch).customers) == ("checked", before)
    assert desk.summary(batch).notes[0].startswith("更正后的文件没有采用：")
    assert StoredFile.objects.count() == 1


def test_rows_that_are_not_in_the_import_are_not_dropped_silently(admin, world):
    batch = started(faulty(), admin)
    longer = workbook({"客户": [CUSTOMERS, *(customer_row(n) for n in range(1, 8))]})

    with pytest.raises(Refused, match="第 8 行"):
        desk.upload_again(batch, upload(longer), "全部.xlsx", press(admin))


def test_the_error_workbook_of_another_import_is_refused(admin, world):
    other, batch = started(faulty(), admin), started(faulty(), admin)
    target = BytesIO()
    error_workbook.write(target, desk.error_workbook_rows(other), batch=other.number)

    with pytest.raises(Refused, match=other.number):
        desk.upload_again(batch, upload(target.getvalue()), "错误.xlsx", press(admin))


def test_a_table_is_read_anew_by_a_job_that_came_with_the_state(admin, world):
    """Else a worker that looks for imports standing still gives it a second job."""
    batch = started("客户名称\n甲公司\n".encode("gb18030"), admin, "甲.csv")
    within = {}

    def watch(execute, sql, params, many, context):
        if sql.startswith('UPDATE "customers_importbatch"') and "checking" in params:
            within.setdefault("state", list(connection.savepoint_ids))
        elif sql.startswith('INSERT INTO "core_job"'):
            within.setdefault("job", list(connection.savepoint_ids))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        desk.read_anew(batch, "utf-16", press(admin))

    assert within["job"] == within["state"]
