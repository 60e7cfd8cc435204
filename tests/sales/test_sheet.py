"""Opportunities come in by a sheet: what it says is checked as in the form, and written or not."""

import datetime
from dataclasses import replace
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.forms.keyed import new_key
from core.models import Change
from core.records import sheet
from core.records.record_sheet import RecordSheet
from core.saving import Stale
from core.workbook import small
from core.workbook.small import TextRow
from sales.models import Opportunity
from sales.services.kinds import KIND
from tests.cast import act_by
from tests.core.workbook.sheets import workbook
from tests.sales.conftest import move

HEAD = ["商机编码", "商机名称", "客户", "预计金额", "预计签约日期", "赢率", "专属业务员"]
make = partial(RecordSheet, KIND)


def table(user, *rows):
    lines = [TextRow(number, list(row)) for number, row in enumerate(rows, start=1)]
    return sheet.understand(make(user), lines)


def checked(user, *rows):
    return sheet.check(make(user), table(user, HEAD, *rows))


def faults(user, *rows):
    return {(fault.row, fault.column) for fault in checked(user, *rows).faults}


def written(user, *rows):
    known = table(user, HEAD, *rows)
    digest = sheet.check(make(user), known).digest
    return sheet.write(make, known, digest=digest, act=act_by(user))


def row(customer, code="", name="新站", amount="1.2万", day="2026/12/1", chance="", seller=""):
    return [code, name, customer.code, amount, day, chance, seller]


@pytest.fixture
def buyer(make_customer):
    """A customer that things can be sold to."""
    return make_customer("enabled")


def test_a_row_without_a_code_begins_and_one_with_a_code_changes(admin, buyer, make_opportunity):
    old = make_opportunity(customer=buyer, name="旧名")

    result = written(admin, row(buyer), row(buyer, old.code, "新名", "5", "2027-01-31", "40"))

    new = Opportunity.objects.get(name="新站")
    assert result == "1,1,0"
    assert (new.state, new.amount, new.expected_date) == (
        "first",
        12000,
        datetime.date(2026, 12, 1),
    )
    assert new.code not in ("", old.code)
    old.refresh_from_db()
    assert (old.name, old.amount, old.probability) == ("新名", 5, 40)
    told = Change.objects.filter(subject_type=KIND.subject, subject_id=old.pk).latest("version")
    assert told.changes["fields"]["name"] == ["旧名", "新名"]


def test_every_fault_of_every_row_is_named(admin, buyer, make_opportunity):
    closed = make_opportunity("won", customer=buyer)

    found = faults(
        admin,
        row(buyer, "SJ-NO"),
        row(buyer, name="", amount="many", day="soon", chance="101"),
        ["", "无客户", "nobody", "1", "2026-12-01", "", "nobody"],
        row(buyer, closed.code, "改不了", "256000", "2026-12-20", "100"),
        row(buyer, closed.code, "又一次", "256000", "2026-12-20", "100"),
    )

    assert found == {
        (2, "商机编码"),
        (3, "商机名称"), (3, "预计金额"), (3, "预计签约日期"), (3, "赢率"),
        (4, "客户"), (4, "专属业务员"),
        (5, "商机名称"),
        (6, "商机编码"), (6, "商机名称"),
    }  # fmt: skip


def test_what_somebody_does_not_see_cannot_be_changed(clerk, outsider, buyer, make_opportunity):
    theirs = make_opportunity(by=outsider)

    assert faults(clerk, row(buyer, theirs.code)) == {(2, "商机编码")}


def test_who_only_looks_writes_nothing(viewer, buyer):
    (fault,) = checked(viewer, row(buyer)).faults

    assert (fault.row, fault.column) == (2, "")


def test_an_empty_cell_clears_and_a_missing_column_leaves_alone(admin, buyer, make_opportunity):
    old = make_opportunity(customer=buyer, remark="旧", competitors="甲", next_step="拜访")
    head = ["商机编码", "商机名称", "客户", "预计金额", "预计签约日期", "备注", "竞争对手"]
    rows = [old.code, old.name, buyer.code, "256000", "2026-12-20", "", "乙"]

    known = table(admin, head, rows)
    digest = sheet.check(make(admin), known).digest
    sheet.write(make, known, digest=digest, act=act_by(admin))

    old.refresh_from_db()
    assert (old.remark, old.competitors, old.next_step) == ("", "乙", "拜访")


def test_what_is_exported_changes_nothing(office, admin, make_opportunity):
    make_opportunity()
    make_opportunity("won")
    answer = office.post(reverse("sales:opportunity-export"), {"kind": "xlsx"})

    lines = small.read(b"".join(answer.streaming_content)).lines
    report = sheet.check(make(admin), sheet.understand(make(admin), lines))

    assert (report.faults, report.planned, report.unchanged) == ([], [], 2)


def test_one_fault_keeps_all_rows_out(admin, buyer):
    with pytest.raises(sheet.NotWritten):
        written(admin, row(buyer), row(buyer, name=""))

    assert not Opportunity.objects.exists()


def test_a_record_that_moved_since_the_check_is_not_overwritten(admin, buyer, make_opportunity):
    old = make_opportunity(customer=buyer)
    known = table(admin, HEAD, row(buyer), row(buyer, old.code, "文件"))
    digest = sheet.check(make(admin), known).digest
    move(old, "needs", admin)

    with pytest.raises(Stale):
        sheet.write(make, known, digest=digest, act=act_by(admin))

    assert not Opportunity.objects.filter(name__in=["文件", "新站"]).exists()


def test_questions_of_a_check_do_not_grow_with_the_rows(
    admin, buyer, django_assert_max_num_queries
):
    known = table(admin, HEAD, *[row(buyer, name=f"第{number}个") for number in range(40)])

    with django_assert_max_num_queries(95):  # savepoints of the rows; no question about any
        sheet.check(make(admin), known)


def test_more_rows_than_a_sheet_may_have_are_refused(admin, monkeypatch):
    monkeypatch.setattr(RecordSheet, "most", 2)
    lines = [["", "a", "b", "1", "2026-12-01", "", ""]] * 3

    assert len(table(admin, HEAD, *lines[:2]).rows) == 2
    with pytest.raises(sheet.Unreadable, match="2"):
        table(admin, HEAD, *lines)


def test_what_not_everybody_sees_is_no_column(admin):
    rows = [replace(row, see="bank") if row.name == "remark" else row for row in KIND.catalog]
    covered = replace(KIND, catalog=replace(KIND.catalog, rows=tuple(rows)))

    left = set(make(admin).fields) - set(RecordSheet(covered, admin).fields)

    assert left == {"remark"}


def test_a_file_is_checked_confirmed_and_written(office, buyer):
    place = reverse("sales:opportunity-import")
    data = workbook(HEAD[1:5], ["新站", buyer.code, 12000, datetime.date(2026, 12, 1)])

    preview = office.post(place, {"file": SimpleUploadedFile("商机.xlsx", data)})
    form = {"key": new_key(), "sheet": preview.context["form"].initial["sheet"]}
    before = Opportunity.objects.count()
    answers = [office.post(place, form) for _twice in range(2)]

    assert (preview.status_code, before) == (200, 0)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Opportunity.objects.get().expected_date == datetime.date(2026, 12, 1)


def test_the_empty_sheet_has_a_head_that_is_understood(office, admin):
    assert office.get(reverse("sales:opportunity-import")).status_code == 200

    answer = office.get(reverse("sales:opportunity-import-template"))
    (head,) = small.read(answer.content).lines

    known = sheet.understand(make(admin), [head, TextRow(2, ["x"])])
    assert known.unknown == []
    assert known.columns == list(make(admin).fields)


def test_only_who_may_import_comes_in(desk):
    assert desk.get(reverse("sales:opportunity-import")).status_code == 403
    page = desk.get(reverse("sales:opportunity-list")).content.decode()
    assert reverse("sales:opportunity-import") not in page
