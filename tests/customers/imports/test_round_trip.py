"""A template, downloaded, filled and imported; an export that, imported again, changes nothing."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from customers.exports import workbook
from customers.exports.records import Chosen
from customers.imports import desk
from customers.models import Customer
from tests.customers.exports.sheets import body, book, joined
from tests.customers.imports import filled
from tests.customers.imports.filled import press, started

pytestmark = pytest.mark.django_db

SHEETS = {
    "客户": (filled.CUSTOMERS, filled.customer_row),
    "联系人": (filled.CONTACTS, filled.contact_row),
    "银行账户": (filled.ACCOUNTS, filled.account_row),
}


def typed_into(data: bytes, numbers: range) -> bytes:
    """Fill the downloaded template below its sample rows, as a person would."""
    opened = book(data)
    for name, (heads, row_of) in SHEETS.items():
        sheet = opened[name]
        places = {str(cell.value).removesuffix(" *"): cell.column for cell in sheet[1]}
        for row, number in enumerate(numbers, start=3):
            for head, text in zip(heads, row_of(number), strict=True):
                if text:
                    place = next(at for told, at in places.items() if told.endswith(head))
                    sheet.cell(row, place, text)
    target = BytesIO()
    opened.save(target)
    return target.getvalue()


def problems(batch) -> list[str]:
    return [group.reason for group in desk.groups(batch) if group.is_error]


def test_a_filled_template_is_imported_without_an_error(admin, world):
    data = typed_into(joined(workbook.parts(admin)), range(1, 51))

    batch = started(data, admin)

    assert batch.state == "checked", batch.failure
    assert problems(batch) == []
    batch = desk.write(batch, "all", False, press(admin))
    assert batch.state == "done", batch.failure
    assert Customer.objects.count() == 50
    customer = Customer.objects.get(name="南京第7号机械有限公司")
    assert [row.account_number for row in customer.bank_accounts.all()] == ["6222021234500000007"]
    assert [row.name for row in customer.contacts.all()] == ["王7"]


def test_an_export_imported_again_changes_nothing(admin, world, make_customer):
    group = make_customer("submitted", name="集团公司")
    make_customer(
        "enabled", name="=子公司 “甲”", parent=group, tags=[world.tag, world.other_tag],
        credit_managed=True, credit_limit="1000", credit_days=30, registered_capital="1200000.50",
        founded_date=date(2001, 2, 3), remark="两行\n'+86 备注", short_name="@简称",
        contacts=[{"name": "-刘洋", "mobile": "13800132207", "is_primary": True},
                  {"name": "周敏", "phone": "010-88886666", "email": "a@b.cn"}],
        accounts=[{"account_number": "0622202123456789001", "currency": world.currency}],
    )  # fmt: skip
    make_customer("returned", name="退回的公司")
    before = list(Customer.objects.order_by("pk").values())
    chosen = Chosen(Customer.objects.all(), "name_sort", is_descending=False)

    batch = started(joined(workbook.parts(admin, chosen)), admin)

    assert batch.state == "checked", batch.failure
    assert problems(batch) == []
    found = desk.summary(batch).customers
    assert (found.read, found.unchanged) == (3, 3)
    assert list(Customer.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_list_with_its_default_columns_comes_back_and_changes_nothing(
    client, admin, world, make_customer, kind
):
    make_customer("enabled", name="甲公司", tags=[world.tag])
    make_customer(name="", short_name="只有简称")
    make_customer(name="", customer_type=None)
    before = list(Customer.objects.order_by("pk").values())
    client.force_login(admin)

    batch = started(body(client.post("/customers/export/", {"kind": kind})), admin, f"客户.{kind}")

    assert batch.state == "checked", batch.failure
    assert problems(batch) == []
    found = desk.summary(batch).customers
    assert (found.unchanged, found.skipped, found.created, found.updated) == (2, 1, 0, 0)
    assert list(Customer.objects.order_by("pk").values()) == before


def test_an_unnamed_draft_does_not_keep_a_workbook_from_being_written(admin, world, make_customer):
    make_customer(name="甲公司")
    make_customer(
        name="",
        customer_type=None,
        uscc="",
        tax_number="",
        contacts=[{"name": "刘洋", "mobile": "13800132207"}],
    )
    chosen = Chosen(Customer.objects.all(), "name_sort", is_descending=False)

    batch = started(joined(workbook.parts(admin, chosen)), admin)

    assert problems(batch) == []
    found = desk.summary(batch).customers
    assert (found.unchanged, found.skipped) == (1, 1)


@pytest.fixture
def unfinished(make_customer):
    """A draft that holds a fax and a mobile in a form that no rule takes, as people leave them."""
    contact = {"name": "刘洋", "mobile": "138-待补", "is_primary": True}
    account = {"account_number": "6222-尾号不详", "account_name": "甲公司"}
    return make_customer(
        name="甲公司", fax="问前台", phone="010-88886666", contacts=[contact], accounts=[account]
    )


def test_a_draft_wrong_in_form_comes_back_and_changes_nothing(admin, unfinished, make_customer):
    make_customer(name="乙公司", fax="021-33334444")
    chosen = Chosen(Customer.objects.all(), "name_sort", is_descending=False)

    batch = started(joined(workbook.parts(admin, chosen)), admin)

    assert problems(batch) == []
    found = desk.summary(batch).customers
    assert (found.unchanged, found.updated) == (2, 0)


def changed(data: bytes, sheet: str, head: str, row: int, text: str) -> bytes:
    """Type a text into one cell of a workbook that left."""
    opened = book(data)
    places = {str(cell.value).removesuffix(" *"): cell.column for cell in opened[sheet][1]}
    opened[sheet].cell(row, places[head], text)
    target = BytesIO()
    opened.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("sheet", "head", "row", "text"),
    [
        ("客户", "传真", 3, "问前台"),  # another record gets it anew
        ("客户", "传真", 2, "问后台"),  # the draft gets another one
        ("客户", "电话", 2, "问前台"),  # another field of the draft gets it
        ("联系人", "手机", 2, "138-没有"),
        ("银行账户", "银行账号", 2, "6222-不知道"),
    ],
)
def test_what_is_wrong_in_form_is_taken_from_nobody_else(
    admin, unfinished, make_customer, sheet, head, row, text
):
    make_customer(name="乙公司", fax="021-33334444")
    chosen = Chosen(Customer.objects.all(), "name_sort", is_descending=False)
    data = joined(workbook.parts(admin, chosen))

    batch = started(changed(data, sheet, head, row, text), admin)

    assert len(problems(batch)) == 1
    assert [one.row for one in batch.issues.filter(is_error=True)] == [row]


def test_what_is_wrong_in_form_is_told_before_it_is_submitted(admin, unfinished):
    chosen = Chosen(Customer.objects.all(), "name_sort", is_descending=False)
    data = joined(workbook.parts(admin, chosen))

    batch = started(changed(data, "客户", "备注", 2, "再问"), admin, submit=True)

    told = [(one.field, str(one.reason)) for one in batch.issues.filter(is_error=True)]
    assert [field for field, _reason in told if field] == ["customers.fax"]
    assert {"手机", "银行账号"} == {
        label for label in ("手机", "银行账号") if any(label in reason for _field, reason in told)
    }
