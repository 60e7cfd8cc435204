"""The check as people meet it: all errors at once, grouped, mended in place, decided, stale."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from core import jobs, saving
from core.refusal import Refused, Stale
from customers.imports import desk
from customers.imports.steps.chunks import Chunk
from customers.models import Customer, ImportBatch
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by
from tests.customers.imports.filled import (
    CONTACTS,
    CUSTOMERS,
    complete,
    contact_row,
    customer_row,
    press,
    started,
    workbook,
)

pytestmark = pytest.mark.django_db
CODE, NAME, REGION, UNIT = 1, 2, 4, 8


def faulty() -> bytes:
    """Three right customers, and as many wrong in different ways."""
    return workbook(
        {
            "客户": [
                CUSTOMERS,
                *(customer_row(n) for n in range(1, 4)),
                customer_row(4, 统一社会信用代码="9111"),
                customer_row(5, 销售部门="销售一处"),
                customer_row(6, 销售部门="销售一处", 地区="火星"),
            ],
            "联系人": [CONTACTS, *(contact_row(n) for n in range(1, 7)), contact_row(99)],
        }
    )


def test_every_error_is_found_at_once_and_grouped(admin, world):
    batch = started(faulty(), admin)

    summary = desk.summary(batch)
    assert batch.state == "checked"
    assert (summary.customers.created, summary.customers.failed) == (3, 4)
    sheets = {sheet.name: sheet.counts for sheet in summary.sheets}
    assert (sheets["客户"].read, sheets["客户"].failed) == (6, 3)
    assert (sheets["联系人"].read, sheets["联系人"].failed) == (7, 4)
    unit = next(g for g in desk.groups(batch) if g.values[0].text == "销售一处")
    assert (unit.count, unit.suggestion) == (2, "销售一部")
    assert {line.text for line in desk.values(batch, admin)} == {"销售一处", "火星"}


def test_what_a_row_lacks_as_a_whole_stands_at_the_row(admin, world):
    batch = started(workbook({"客户": [CUSTOMERS, customer_row(1)]}), admin, submit=True)

    with override("zh-hans"):
        assert [tuple(group.cells) for group in desk.groups(batch)] == [("第 2 行",)]


def test_a_grid_shows_bad_cells_with_their_reasons(admin, world):
    batch = started(faulty(), admin)

    page = desk.rows(batch, 0, "failed", 1, admin)

    assert [row.number for row in page.rows] == [5, 6, 7]
    wrong = {cell.column: cell for row in page.rows for cell in row.cells if cell.kind == "error"}
    assert wrong[UNIT].text == "销售一处"
    assert wrong[UNIT].message


def test_a_cell_is_mended_in_place_and_the_rest_stays(admin, world):
    batch = started(faulty(), admin)

    batch = desk.fix_cell(batch, 0, 5, 6, "", press(admin))

    counts = desk.summary(batch).customers
    assert (counts.created, counts.failed) == (4, 3)
    assert desk.rows(batch, 0, "failed", 1, admin).total == 2


def test_one_answer_mends_all_equal_cells(admin, world):
    batch = started(faulty(), admin)
    group = next(g for g in desk.groups(batch) if g.values[0].text == "销售一处")

    count = desk.fix_group(batch, group.key, {"销售一处": "销售一部"}, press(admin))

    batch.refresh_from_db()
    assert count == 2
    assert desk.summary(batch).customers.failed == 3


def test_words_are_matched_and_remembered(admin, world):
    batch = started(faulty(), admin)
    line = next(one for one in desk.values(batch, admin) if one.text == "销售一处")

    batch = desk.match_values(batch, {line.key: "map:T1"}, press(admin))

    assert desk.summary(batch).customers.failed == 3
    assert desk.summary(started(faulty(), admin)).customers.failed == 3


def test_unknown_columns_are_asked_about_once(admin, world):
    data = workbook({"客户": [(*CUSTOMERS, "心情"), [*customer_row(1), "好"]]})
    batch = started(data, admin)
    assert batch.state == "mapping"
    line = next(one for one in desk.columns(batch) if one.column.header == "心情")

    batch = desk.match_columns(batch, {line.key: ""}, press(admin))

    assert batch.state == "checked"
    assert any("心情" in note for note in desk.summary(batch).notes)
    assert started(data, admin).state == "checked"


def test_all_or_nothing_refuses_a_file_with_errors(admin, world):
    batch = started(faulty(), admin)

    with pytest.raises(Refused):
        desk.write(batch, "all", False, press(admin))

    assert not Customer.objects.exists()


def test_only_the_good_rows_are_written_and_the_rest_is_told(admin, world):
    batch = desk.write(started(faulty(), admin), "good", False, press(admin))

    result = desk.result(batch, admin)
    assert batch.state == "done"
    assert (result.customers.created, result.customers.failed, result.customers.read) == (3, 4, 7)
    for counts in (result.customers, *(sheet.counts for sheet in result.sheets)):
        assert counts.read == (
            counts.created + counts.updated + counts.unchanged + counts.skipped + counts.failed
        )
    sheets = {sheet.name: sheet for sheet in desk.error_workbook_rows(batch)}
    assert [row.number for row in sheets["客户"].rows] == [5, 6, 7]


@pytest.mark.parametrize("size", [1, 100])
def test_all_or_nothing_writes_nothing_when_something_moved(admin, world, clerk, settings, size):
    settings.IMPORT_CHUNK = size
    desk.write(started(complete([1, 2]), admin), "all", False, press(admin))
    batch = started(complete([1, 2, 3], 备注="新"), admin)
    touched = Customer.objects.get(name="南京第2号机械有限公司")
    saving.change(
        AGGREGATE, touched.pk, {"remark": "人改的"}, version=touched.version, act=act_by(clerk)
    )

    batch = desk.write(batch, "all", False, press(admin))

    assert batch.state == "checked"
    moved = desk.summary(batch).moved
    assert [(row.pk, clerk.display_name in row.reason) for row in moved] == [(touched.pk, True)]
    assert Customer.objects.count() == 2


def test_good_rows_leave_alone_what_moved_since_the_check(admin, world, clerk):
    desk.write(started(complete([1, 2]), admin), "all", False, press(admin))
    batch = started(complete([1, 2, 3], 备注="新"), admin)
    touched = Customer.objects.get(name="南京第2号机械有限公司")
    saving.change(
        AGGREGATE, touched.pk, {"remark": "人改的"}, version=touched.version, act=act_by(clerk)
    )

    batch = desk.write(batch, "good", False, press(admin))

    result = desk.result(batch, admin)
    assert [row.pk for row in result.changed_since] == [touched.pk]
    counts = result.customers
    assert (counts.created, counts.updated, counts.skipped) == (1, 1, 1)
    touched.refresh_from_db()
    assert touched.remark == "人改的"


def test_a_twin_made_since_the_check_is_told_not_doubled(admin, world):
    first, second = started(complete([1, 2]), admin), started(complete([2, 3]), admin)

    desk.write(first, "all", False, press(admin))
    second = desk.write(second, "good", False, press(admin))

    result = desk.result(second, admin)
    assert (result.customers.created, result.customers.skipped) == (1, 1)
    assert len(result.changed_since) == 1
    assert Customer.objects.filter(name="南京第2号机械有限公司").count() == 1


def test_a_step_on_an_old_page_is_stale(admin, world):
    batch = started(complete([1]), admin)
    old = ImportBatch.objects.get(pk=batch.pk)
    desk.write(batch, "all", False, press(admin))

    with pytest.raises((Stale, Refused)):
        desk.write(old, "all", False, press(admin))

    assert Customer.objects.count() == 1


def test_people_without_the_right_import_nothing(clerk, world):
    with pytest.raises(Refused):
        started(complete([1]), clerk)

    assert not ImportBatch.objects.visible_to(clerk).exists()


def test_an_unreadable_file_is_a_failed_import_with_a_sentence(admin, world):
    batch = started(b"no workbook at all", admin)

    assert batch.state == "failed"
    assert batch.failure


def test_with_submit_the_customers_are_submitted_in_the_same_step(admin, world):
    batch = started(complete([1, 2]), admin)

    batch = desk.write(batch, "all", True, press(admin))

    assert batch.state == "done", (batch.failure, desk.groups(batch))
    assert (
        list(Customer.objects.values_list("state", "submitted_by")) == [("submitted", admin.pk)] * 2
    )
    assert desk.result(batch, admin).submitted == 2


def test_who_cannot_be_submitted_is_left_out_with_the_reason(admin, world, monkeypatch):
    def told(customers, _user):
        return {one.pk: "号码已被占用。" for one in customers if "第2号" in one.name}

    monkeypatch.setitem(Customer.workflow.joined, "numbers_free", told)
    batch = started(complete([1, 2, 3]), admin)

    batch = desk.write(batch, "good", True, press(admin))

    result = desk.result(batch, admin)
    assert (result.customers.created, result.customers.failed, result.submitted) == (2, 1, 2)
    assert [one.reason for one in result.not_written] == ["不能提交：号码已被占用。"]
    assert not Customer.objects.filter(name__contains="第2号").exists()


def test_however_often_somebody_is_left_out_the_others_are_written(admin, world, monkeypatch):
    def first_of(customers, _user):
        return {customers[0].pk: "轮到它了。"} if len(customers) > 1 else {}

    monkeypatch.setitem(Customer.workflow.joined, "numbers_free", first_of)
    batch = started(complete(range(1, 9)), admin)

    batch = desk.write(batch, "good", True, press(admin))

    result = desk.result(batch, admin)
    assert (result.customers.created, result.customers.failed) == (1, 7)


def test_a_cell_that_is_not_there_cannot_be_mended(admin, world):
    batch = started(faulty(), admin)

    for sheet, row, column in ((0, 1, 2), (0, 99, 2), (0, 5, 99), (9, 5, 2)):
        with pytest.raises(Refused):
            desk.fix_cell(batch, sheet, row, column, "x", press(admin))


def test_a_check_that_waits_can_be_stopped(admin, world, settings):
    settings.IMPORT_REQUEST_SECONDS = 0
    batch = started(complete([1]), admin)
    assert batch.state == "uploaded"

    batch = desk.cancel(batch, press(admin))

    assert batch.state == "cancelled"


def test_a_customer_leads_back_to_its_import(admin, clerk, world):
    batch = desk.write(started(complete([1]), admin), "all", False, press(admin))

    customer = Customer.objects.get()
    origin = desk.origin(customer, clerk)

    assert (origin.batch, customer.import_sheet, customer.import_row) == (batch, "客户", 2)
    assert not origin.may_open
    assert desk.origin(customer, admin).may_open


def test_somebody_else_of_the_administrators_may_go_on(admin, make_user, units, world):
    other = make_user("admin-two", "admin", unit=units.root)
    batch = started(faulty(), admin)

    assert batch in desk.visible_to(other)
    assert desk.write(batch, "good", False, press(other)).state == "done"
    assert set(Customer.objects.values_list("created_by", flat=True)) == {other.pk}


@pytest.mark.parametrize("lost", ["right", "account"])
def test_who_lost_the_right_meanwhile_writes_nothing(lost, admin, world, settings):
    batch = started(complete([1, 2]), admin)
    settings.IMPORT_REQUEST_SECONDS = 0
    batch = desk.write(batch, "all", False, press(admin))
    if lost == "right":
        admin.groups.clear()
    else:
        admin.is_active = False
        admin.save()

    jobs.run_waiting()

    batch.refresh_from_db()
    assert batch.state == "failed"
    assert not Customer.objects.exists()


def test_who_loses_the_right_between_two_chunks_writes_no_further(
    admin, world, settings, monkeypatch
):
    batch = started(complete([1, 2]), admin)
    settings.IMPORT_CHUNK, settings.IMPORT_REQUEST_SECONDS = 1, 0
    write = Chunk.write

    def last(self, part):
        done = write(self, part)
        admin.groups.clear()
        return done

    monkeypatch.setattr(Chunk, "write", last)
    batch = desk.write(batch, "all", False, press(admin))

    jobs.run_waiting()

    batch.refresh_from_db()
    assert (batch.state, batch.outcomes.filter(phase="write").count()) == ("failed", 1)
    assert not Customer.objects.exists()


def test_more_rows_of_a_kind_than_a_form_takes_are_refused_by_the_check(admin, world, monkeypatch):
    monkeypatch.setattr("core.records.record.MOST_ROWS", 2)
    contacts = [contact_row(1, 姓名=f"王{n}", 手机=f"1380000000{n}", 主联系人="") for n in range(3)]
    batch = started(
        workbook({"客户": [CUSTOMERS, customer_row(1)], "联系人": [CONTACTS, *contacts]}), admin
    )

    told = list(batch.issues.filter(is_error=True).values_list("reason", flat=True))

    assert len(told) == 1
    assert "最多 2 行，现为 3 行" in str(told[0])


def test_a_region_is_meant_by_its_letters(admin, world):
    rows = [customer_row(1, 地区="BJ"), customer_row(2, 地区="sh")]
    batch = desk.write(
        started(workbook({"客户": [CUSTOMERS, *rows]}), admin), "all", False, press(admin)
    )

    assert batch.state == "done", batch.failure
    regions = Customer.objects.order_by("pk").values_list("region__name", flat=True)
    assert list(regions) == ["北京市", "上海市"]


def test_equal_names_that_something_tells_apart_are_noted_only(admin, world):
    same = {"客户名称": "王伟", "统一社会信用代码": ""}
    rows = [customer_row(1, **same), customer_row(2, **same)]
    apart = started(workbook({"客户": [CUSTOMERS, *rows]}), admin)
    equal = started(
        workbook({"客户": [CUSTOMERS, *(row[:5] + ["同一地址"] + row[6:] for row in rows)]}), admin
    )

    assert desk.summary(apart).customers.created == 2
    assert desk.summary(equal).customers.failed == 2
    hints = {str(one.hint) for one in equal.issues.filter(is_error=True)}
    assert all("编码" not in hint and "地址" in hint for hint in hints)
