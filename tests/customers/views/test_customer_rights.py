"""What one may change in the entry form, and what may be seen of account numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core import saving
from core.records.record import Record
from customers.lifecycle import IN_FORCE
from customers.models import Customer
from customers.services import customer as service
from customers.services.aggregates import REFERENCE
from tests.cast import act_by, move
from tests.customers.views.page_form import edit_url, opened, sent_by


@pytest.mark.parametrize("state", IN_FORCE)
def test_controlled_fields_keep_what_they_have_after_approval(
    desk: Client, make_customer: Callable[..., Customer], state: str
) -> None:
    customer = make_customer(state)
    page = opened(desk, edit_url(customer))

    answer = desk.post(
        edit_url(customer),
        page | {"short_name": "恒信", "name": "偷改的名称", "state": "draft", "code": "X-1"},
    )

    before = customer.name, customer.code
    assert {"tax_number", "code", "accounts-0-bank"}.isdisjoint(page)
    assert answer.status_code == 422  # a change of what was approved needs its reason
    customer.refresh_from_db()
    assert (customer.name, customer.code, customer.short_name) == (*before, "")

    asked = {"short_name": "恒信", "name": "偷改的名称", "state": "draft", "code": "X-1"}
    answer = desk.post(edit_url(customer), page | asked | {"change_reason": "客户更名"})

    customer.refresh_from_db()
    assert answer.status_code == 302
    assert (customer.name, customer.code) == before
    assert (customer.short_name, customer.state) == ("恒信", state)
    assert [one.state for one in customer.changes.all()] == ["submitted"]


def test_finance_begins_at_its_fields_and_reads_once_why_others_are_locked(
    client: Client, finance: Any, admin: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer("enabled")
    other = make_customer(name=customer.name)

    client.force_login(finance)
    html = client.get(edit_url(customer)).content.decode()
    found = client.post(f"/customers/{customer.pk}/hints/", sent_by(html)).json()
    client.force_login(admin)
    for_admin = client.get(edit_url(customer)).content.decode()

    assert re.findall(r"<(?:select|input|textarea)[^>]* autofocus[^>]*", html)[0].count(
        "tax_number"
    )
    section = html.split('<section class="panel" id="basic">')[1].split("</section>")[0]
    told = "审核后只有"
    assert section.split("</div>")[0].count(told) == 1
    assert section.count(told) == 1
    assert told not in for_admin
    assert other.code not in found["html"]["matches"]
    assert "已锁定" in found["marks"]["basic"]
    assert "已锁定" not in found["marks"]["finance"]
    rows = html.split('id="contacts"')[1].split("</section>")[0]
    assert 'class="cell-title">刘洋 <span class="tag" data-tone="info">主联系人' in rows
    assert 'data-label="手机">13800132207</td>' in rows


def test_submitted_record_sends_to_its_page(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer("submitted")

    assert desk.get(edit_url(customer)).url == f"/customers/{customer.pk}/"


def test_return_reason_stands_on_top(desk: Client, make_customer: Callable[..., Customer]) -> None:
    customer = make_customer("returned")

    page = desk.get(edit_url(customer)).content.decode()

    assert "资料有误" in page
    assert "审核甲" in page


def test_disabled_value_stays_but_cannot_be_chosen_anew(
    desk: Client, world: Any, system_user: Any, make_customer: Callable[..., Customer]
) -> None:
    own = make_customer(category=world.category)
    other = make_customer()
    saving.change(
        REFERENCE["category"], world.category.pk, {"is_active": False},
        version=world.category.version, act=act_by(system_user),
    )  # fmt: skip

    kept = desk.post(edit_url(own), opened(desk, edit_url(own)) | {"remark": "新备注"})
    chosen = desk.post(
        edit_url(other), opened(desk, edit_url(other)) | {"category": world.category.code}
    )

    own.refresh_from_db()
    assert kept.status_code == 302
    assert own.category == world.category
    assert chosen.status_code == 422


def test_group_customer_by_code_or_name(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    head, by_code, by_name = make_customer("submitted"), make_customer(), make_customer()

    for customer, text in ((by_code, head.code.lower()), (by_name, head.name)):
        page = opened(desk, edit_url(customer)) | {"parent": text}
        assert desk.post(edit_url(customer), page).status_code == 302

    assert set(head.subsidiaries.all()) == {by_code, by_name}


def test_group_customer_unknown_foreign_or_circular(
    desk: Client, outsider: Any, make_customer: Callable[..., Customer]
) -> None:
    foreign = make_customer("submitted", by=outsider, department=outsider.unit)
    customer = make_customer("submitted")
    below = make_customer(parent=customer)
    move(customer, "withdraw", customer.submitted_by)

    for text in ("没有这家", foreign.code, customer.code, below.name):
        page = opened(desk, edit_url(customer)) | {"parent": text}
        answer = desk.post(edit_url(customer), page)
        assert answer.status_code == 422, text
        assert text in answer.content.decode()

    customer.refresh_from_db()
    assert customer.parent is None


def test_hidden_number_is_kept_replaced_or_removed(
    client: Client, colleague: Any, world: Any, make_customer: Callable[..., Customer]
) -> None:
    numbers = ["010903345001201", "110908123410", "622848001234567"]
    customer = make_customer(accounts=[{"account_number": number} for number in numbers])
    client.force_login(colleague)
    html = client.get(edit_url(customer)).content.decode()
    page = sent_by(html)
    page |= {"accounts-0-branch": "中关村支行", "accounts-1-DELETE": "on"}
    page |= {"accounts-2-account_number": "9558 8001 2345 678"}

    answer = client.post(edit_url(customer), page)

    stored = customer.bank_accounts.order_by("line").values_list("account_number", "branch")
    assert answer.status_code == 302
    assert not any(number in html for number in numbers)
    assert "**** 1201" in html
    assert list(stored) == [(numbers[0], "中关村支行"), ("955880012345678", "")]


def test_hidden_number_stays_hidden_in_errors_hints_and_conflicts(
    client: Client, colleague: Any, make_customer: Callable[..., Customer], clerk: Any
) -> None:
    number = "010903345001201"
    customer = make_customer(accounts=[{"account_number": number}])
    client.force_login(colleague)
    page = opened(client, edit_url(customer)) | {"phone": "1" * 99}
    record = Record({"remark": "x"}, {"bank_accounts": []})
    refused = client.post(edit_url(customer), page)
    hints = client.post(f"/customers/{customer.pk}/hints/", page)
    service.save(customer.pk, record, version=1, submit=False, act=act_by(clerk))

    stale = client.post(edit_url(customer), page | {"phone": "", "accounts-0-branch": "x"})

    assert (refused.status_code, stale.status_code) == (422, 409)
    for answer in (refused, hints, stale):
        assert number not in answer.content.decode()


def test_finance_keeps_the_open_financial_fields_of_a_live_customer(
    client: Client, finance: Any, world: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer("enabled")
    client.force_login(finance)
    page = opened(client, edit_url(customer))

    answer = client.post(
        edit_url(customer), page | {"settlement_method": world.settlement.code, "remark": "偷改"}
    )

    customer.refresh_from_db()
    assert {"remark", "name", "region"}.isdisjoint(page)
    assert {"tax_number", "credit_limit", "change_reason"} <= page.keys()
    assert answer.status_code == 302
    assert (customer.settlement_method, customer.remark) == (world.settlement, "")
