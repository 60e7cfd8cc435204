"""A new customer that starts as another one: what is copied is a fact of the field table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.catalog import BANK_ACCOUNT, CONTACT, CUSTOMER
from customers.models import Customer
from tests.customers.views.page_form import ADD, opened

LEFT = {"code", "uscc", "tax_number", "credit_managed", "credit_limit", "credit_days"}
CONTACTS = [
    {"name": "刘洋", "mobile": "13800132207"},
    {"name": "周敏", "email": "zhou@example.com", "is_primary": True},
]


@pytest.fixture
def source(make_customer: Callable[..., Customer], world: Any) -> Customer:
    return make_customer(
        "enabled", short_name="恒信", contacts=CONTACTS, tags=[world.tag],
        accounts=[{"account_number": "6222020200112233445"}],
    )  # fmt: skip


def test_the_field_table_says_what_is_not_copied() -> None:
    assert {row.name for row in CUSTOMER if row.form and not row.copied} == LEFT
    assert [row.name for row in BANK_ACCOUNT if not row.copied] == ["account_number"]
    assert all(row.copied for row in CONTACT)


def test_a_copy_starts_with_everything_but_numbers_and_saves_a_new_draft(
    desk: Client, source: Customer
) -> None:
    page = opened(desk, f"{ADD}?from={source.pk}")

    desk.post(ADD, page | {"name": "北京恒信科技有限公司上海分公司"})

    copy = Customer.objects.exclude(pk=source.pk).get()
    assert (copy.state, copy.short_name, copy.region) == ("draft", "恒信", source.region)
    assert (copy.uscc, copy.tax_number, copy.parent) == ("", "", None)
    assert copy.code not in ("", source.code)
    assert list(copy.tags.all()) == list(source.tags.all())
    assert list(copy.contacts.order_by("line").values_list("name", "is_primary")) == [
        ("刘洋", False), ("周敏", True),
    ]  # fmt: skip
    assert not copy.bank_accounts.exists()
    assert source.contacts.count() == len(CONTACTS)


def test_a_branch_belongs_to_the_same_group(desk: Client, source: Customer) -> None:
    page = opened(desk, f"{ADD}?from={source.pk}&branch=1")

    desk.post(ADD, page | {"name": "北京恒信科技有限公司上海分公司"})
    branch = Customer.objects.exclude(pk=source.pk).get()
    sister = opened(desk, f"{ADD}?from={branch.pk}&branch=1")

    assert branch.parent == source
    assert source.code in sister["parent"][0]


def test_the_detail_page_offers_both(desk: Client, source: Customer) -> None:
    html = desk.get(f"/customers/{source.pk}/").content.decode()

    assert f'href="{ADD}?from={source.pk}"' in html
    assert f'href="{ADD}?from={source.pk}&amp;branch=1"' in html


def test_a_record_one_does_not_see_is_not_copied(
    client: Client, outsider: Any, source: Customer
) -> None:
    client.force_login(outsider)

    for asked in (source.pk, "x", "999999999", "9" * 30):
        assert client.get(f"{ADD}?from={asked}").status_code == 404
