"""What the entry form tells while it is filled in, and codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from core.models import Change
from customers.models import Customer
from tests.customers.views.page_form import ADD, Page, edit_url, opened, sent_by


def test_new_code_for_a_fresh_draft(
    desk: Client, world: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer)) | {"region": world.shanghai.code}
    desk.post(edit_url(customer), page)
    html = desk.get(edit_url(customer)).content.decode()

    answer = desk.post(f"/customers/{customer.pk}/redraw/", sent_by(html, "redraw-form"))

    customer.refresh_from_db()
    assert answer.url == edit_url(customer)
    assert customer.code == "SH-JS-001"


def test_typed_code_is_taken(desk: Client, full: Page) -> None:
    desk.post(ADD, opened(desk) | full | {"code": "vip-007"})

    assert Customer.objects.get().code == "VIP-007"


def test_hints_say_code_pinyin_gaps_and_equal_records(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    other = make_customer("submitted", name=full["name"])
    page = opened(desk) | full | {"uscc": other.uscc, "registered_address": ""}
    changes = Change.objects.count()

    answer = desk.post("/customers/hints/", page).json()

    assert answer["text"]["code"].endswith("BJ-JS-002")
    assert answer["text"]["pinyin"].endswith("bjhxkjyxgs")
    assert other.code in answer["text"]["taken-uscc"]
    assert answer["blocks"]["same-name"]
    assert "注册地址" in answer["html"]["missing"]
    assert other.code in answer["html"]["matches"]
    assert Change.objects.count() == changes


def test_hints_mask_what_is_out_of_scope(
    client: Client, outsider: Any, full: Page, make_customer: Callable[..., Customer]
) -> None:
    other = make_customer("submitted")
    client.force_login(outsider)

    answer = client.post("/customers/hints/", opened(client) | full | {"uscc": other.uscc})

    assert other.code not in answer.content.decode()
    assert other.name not in answer.content.decode()
    assert answer.json()["text"]["taken-uscc"]


def test_hints_of_a_record_do_not_count_itself(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()

    answer = desk.post(f"/customers/{customer.pk}/hints/", opened(desk, edit_url(customer))).json()

    assert answer["text"]["taken-uscc"] == ""
    assert answer["text"]["taken-name"] == ""


def test_number_of_queries_does_not_grow_with_rows(
    desk: Client, make_customer: Callable[..., Customer], django_assert_max_num_queries: Any
) -> None:
    few = make_customer(contacts=[{"name": "甲"}])
    many = make_customer(
        contacts=[{"name": f"联系人{n}"} for n in range(30)],
        accounts=[{"account_number": f"0109033450{n:04d}"} for n in range(30)],
    )

    for customer in (few, many):
        with django_assert_max_num_queries(50):
            desk.get(edit_url(customer))
