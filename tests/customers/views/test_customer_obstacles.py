"""A draft whose number or name another record holds says so everywhere, by field and with links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from customers.queries import dashboard
from tests.cast import valid_uscc
from tests.customers.views.page_form import edit_url, opened

CONTACTS = [{"name": f"联系人{n}", "mobile": f"1380013{n:04d}", "fax": f"010-6251{n:04d}"}
            for n in range(12)]  # fmt: skip


@pytest.fixture
def other(make_customer: Callable[..., Customer]) -> Customer:
    return make_customer("submitted", uscc=valid_uscc(700_001))


@pytest.fixture
def draft(make_customer: Callable[..., Customer], other: Customer) -> Customer:
    return make_customer(uscc=other.uscc)


def missing_part(html: str) -> str:
    return html.partition("提交前还差")[2].partition("</section>")[0]


def test_the_detail_page_says_it_with_links_to_the_field_and_the_other_record(
    desk: Client, draft: Customer, other: Customer
) -> None:
    told = missing_part(desk.get(f"/customers/{draft.pk}/").content.decode())

    assert told.count(other.code) >= 1
    assert f'href="{edit_url(draft)}#id_uscc"' in told
    assert f'href="/customers/{other.pk}/"' in told
    assert "没有缺项" not in told


def test_a_refusal_names_the_fields_once(desk: Client, draft: Customer, other: Customer) -> None:
    data = {"key": "k" * 20, "version": draft.version}

    html = desk.post(f"/customers/{draft.pk}/do/submit/", data).content.decode()

    asked = html.partition('id="asked"')[2].partition("</ul>")[0]
    assert asked.count("<li>") == 1
    assert asked.count("统一社会信用代码") == 1
    assert asked.count("税号") == 1
    assert f'href="{edit_url(draft)}#id_uscc"' in asked
    assert f'href="/customers/{other.pk}/"' in asked


def test_the_form_names_each_field_once(desk: Client, draft: Customer, other: Customer) -> None:
    page = opened(desk, edit_url(draft))

    html = desk.post(edit_url(draft), page | {"action": "submit"}).content.decode()

    summary = html.partition('id="errors"')[2].partition("</ul>")[0]
    assert summary.count("<li>") == 2
    assert summary.count("#id_uscc") == 1
    assert summary.count("#id_tax_number") == 1


def test_out_of_scope_there_is_no_link_and_no_name(
    client: Client, make_customer: Callable[..., Customer], outsider: Any, world: Any,
    other: Customer,
) -> None:  # fmt: skip
    mine = make_customer(by=outsider, department=world.units.second, uscc=other.uscc)
    client.force_login(outsider)

    told = missing_part(client.get(f"/customers/{mine.pk}/").content.decode())

    assert "统一社会信用代码" in told
    assert other.code not in told
    assert f"/customers/{other.pk}/" not in told


def test_the_dashboard_says_it_too(draft: Customer, clerk: Any) -> None:
    ((_customer, missing),) = dashboard.newest_drafts(clerk)

    assert len(missing) == 2


def test_of_many_contacts_the_overview_shows_five_and_the_way_to_all(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(contacts=CONTACTS)

    overview = desk.get(f"/customers/{customer.pk}/").content.decode()
    everything = desk.get(f"/customers/{customer.pk}/?tab=contacts").content.decode()

    assert overview.count('data-label="传真"') == 5
    assert "?tab=contacts" in overview
    assert everything.count('data-label="传真"') == len(CONTACTS)
    assert "6251" in everything
