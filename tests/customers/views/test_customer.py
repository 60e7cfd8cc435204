"""Entering customers in the browser: who may, what is written, what is said when it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from tests.customers.views.page_form import ADD, Page, edit_url, opened, sent_by

# Who may


@pytest.mark.parametrize("url", [ADD, "/customers/1/edit/"])
def test_anonymous_is_sent_to_login(client: Client, db: None, url: str) -> None:
    assert client.get(url).url.startswith("/login/")


@pytest.mark.parametrize("name", ["reviewer", "viewer", "nobody"])
def test_who_may_not_enter_is_refused(
    client: Client, cast: Any, make_customer: Callable[..., Customer], name: str
) -> None:
    customer = make_customer()
    client.force_login(cast[name])

    answers = [client.get(ADD), client.get(edit_url(customer)), client.post("/customers/hints/")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_foreign_record_is_not_found(
    client: Client, outsider: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    client.force_login(outsider)

    assert client.get(edit_url(customer)).status_code == 404
    assert client.post(f"/customers/{customer.pk}/hints/").status_code == 404
    assert client.post(f"/customers/{customer.pk}/redraw/").status_code == 404


def test_foreign_record_is_not_written(
    client: Client, outsider: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    client.force_login(outsider)
    page = opened(client) | {"name": "别人的客户", "version": "1"}

    answer = client.post(edit_url(customer), page)

    customer.refresh_from_db()
    assert answer.status_code == 404
    assert customer.version == 1
    assert "别人的客户" in answer.content.decode()


@pytest.mark.parametrize("url", ["/customers/hints/", "/customers/1/redraw/"])
def test_get_is_refused_where_only_post_acts(desk: Client, url: str) -> None:
    assert desk.get(url).status_code == 405


# Saving


def test_draft_needs_one_field_only(desk: Client, clerk: Any) -> None:
    page = opened(desk) | {"phone": "010-62587731", "action": "draft"}

    answer = desk.post(ADD, page)

    customer = Customer.objects.get()
    assert answer.url == f"/customers/{customer.pk}/"
    assert (customer.phone, customer.state) == ("010-62587731", "draft")
    assert (customer.department, customer.created_by) == (clerk.unit, clerk)


def test_empty_form_is_no_customer(desk: Client) -> None:
    answer = desk.post(ADD, opened(desk) | {"action": "draft"})

    assert answer.status_code == 422
    assert not Customer.objects.exists()
    assert "至少填写一项" in answer.content.decode()


def test_submit_from_the_new_form(desk: Client, full: Page) -> None:
    answer = desk.post(ADD, opened(desk) | full | {"action": "submit"})

    customer = Customer.objects.get()
    assert answer.status_code == 302
    assert (customer.state, customer.code) == ("submitted", "BJ-JS-001")
    assert customer.contacts.get().mobile == "13800132207"
    assert customer.contacts.get().is_primary
    assert customer.tax_number == customer.uscc


def test_incomplete_submit_writes_nothing_and_keeps_the_typing(desk: Client, full: Page) -> None:
    typed = full | {"registered_address": "", "phone": "12", "remark": "展会认识"}

    answer = desk.post(ADD, opened(desk) | typed | {"action": "submit"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Customer.objects.exists()
    assert 'href="#id_registered_address"' in page
    assert 'href="#id_phone"' in page
    assert "展会认识" in page
    assert sent_by(page)["contacts-0-name"] == ["刘洋"]


def test_save_and_add_another_opens_a_new_form(desk: Client, full: Page) -> None:
    answer = desk.post(ADD, opened(desk) | full | {"action": "another"})

    assert answer.url == ADD
    assert Customer.objects.get().state == "draft"


def test_same_form_five_times_makes_one_customer(desk: Client, full: Page) -> None:
    page = opened(desk) | full | {"action": "submit"}

    answers = [desk.post(ADD, page) for _time in range(5)]

    customer = Customer.objects.get()
    assert {answer.url for answer in answers} == {f"/customers/{customer.pk}/"}


def test_same_key_with_other_content_is_asked_again(desk: Client, full: Page) -> None:
    page = opened(desk) | full
    desk.post(ADD, page)

    answer = desk.post(ADD, page | {"name": "另一家公司"})

    again = sent_by(answer.content.decode())
    assert answer.status_code == 409
    assert Customer.objects.count() == 1
    assert again["name"] == ["另一家公司"]
    assert again["key"] != page["key"]


def test_taken_number_is_named_at_its_field_on_submit(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    other = make_customer("submitted")

    answer = desk.post(ADD, opened(desk) | full | {"uscc": other.uscc, "action": "submit"})

    assert answer.status_code == 422
    assert other.code in answer.content.decode()
    assert Customer.objects.count() == 1


def test_equal_name_needs_a_reason_to_submit(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    make_customer("submitted", name=full["name"])
    refused = desk.post(ADD, opened(desk) | full | {"action": "submit"})
    page = sent_by(refused.content.decode()) | {"same_name_reason": "另一家分公司"}

    answer = desk.post(ADD, page | {"action": "submit"})

    assert refused.status_code == 422
    assert 'href="#id_same_name_reason"' in refused.content.decode()
    assert answer.status_code == 302
    assert Customer.objects.get(same_name_reason="另一家分公司").state == "submitted"


def test_edit_changes_header_rows_and_tags(
    desk: Client, world: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(contacts=[{"name": "甲"}, {"name": "乙"}])
    page = opened(desk, edit_url(customer))
    page |= {"short_name": "恒信", "tags": [world.tag.code], "contacts-0-DELETE": "on"}
    page |= {"contacts-2-name": "丙", "contacts-primary": "2", "contacts-2-line": "0"}

    answer = desk.post(edit_url(customer), page)

    customer.refresh_from_db()
    assert answer.status_code == 302
    assert (customer.short_name, customer.version) == ("恒信", 2)
    assert list(customer.tags.all()) == [world.tag]
    rows = customer.contacts.order_by("line").values_list("name", "is_primary")
    assert list(rows) == [("丙", True), ("乙", False)]


def test_untouched_form_writes_nothing(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer("returned", accounts=[{"account_number": "0109033450012"}])

    answer = desk.post(edit_url(customer), opened(desk, edit_url(customer)))

    before, version = customer.version, Customer.objects.get(pk=customer.pk).version
    assert answer.status_code == 302
    assert version == before


def test_english_page_has_no_chinese_words_of_ours(desk: Client, clerk: Any) -> None:
    clerk.language = "en"
    clerk.save(update_fields=["language"])

    html = desk.get(ADD).content.decode()

    assert "Submit for review" in html
    assert "提交审核" not in html
