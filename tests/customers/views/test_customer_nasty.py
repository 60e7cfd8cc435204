"""Nasty input in the entry form: a field error or 4xx in the user's language, never 500."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.records.record import MOST_ROWS
from customers.models import BankAccount, Contact, Customer
from tests.customers.views.page_form import ADD, Page, edit_url, opened, sent_by

NASTY = [
    "a\x00b", "\u202eevil", "\ufdd0", "x" * 10_000, "<script>alert(1)</script>", "1e309",
    str(2**63), "-1", "NaN", "９" * 400, "' OR 1=1 --",
]  # fmt: skip


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_nasty_text_in_every_field_is_no_error_of_ours(
    desk: Client, make_customer: Callable[..., Customer], value: str
) -> None:
    customer = make_customer(accounts=[{"account_number": "0109033450012"}])
    for url, hints in ((ADD, "/customers/hints/"),
                       (edit_url(customer), f"/customers/{customer.pk}/hints/")):  # fmt: skip
        page = opened(desk, url)
        names = [name for name in page if name not in ("csrfmiddlewaretoken", "key")]
        for name in names:
            if not name.endswith(("-pk", "_FORMS")):
                page = page | {name: value}

        answers = [desk.post(url, page | {"action": "submit"}), desk.post(hints, page)]

        assert [answer.status_code for answer in answers] == [422, 200]
        assert b"<script>alert(1)" not in answers[0].content


@pytest.mark.parametrize(
    "name",
    ["key", "version", "region", "tags", "credit_days", "credit_limit", "founded_date", "parent",
     "contacts-primary", "contacts-0-line", "accounts-0-bank", "contacts-seen", "action",
     "contacts-TOTAL_FORMS", "contacts-INITIAL_FORMS"],
)  # fmt: skip
def test_nasty_value_in_one_field(
    desk: Client, make_customer: Callable[..., Customer], name: str
) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer))

    for value in ("", "a\x00", "-5", str(2**63), "1e309", "￥" * 5000, "9" * 5000):
        answer = desk.post(edit_url(customer), page | {"remark": "x", name: value})
        assert answer.status_code in (302, 409, 422), value


@pytest.mark.parametrize("action", ["draft", "submit"])
def test_missing_management_form_is_explained_and_removes_nothing(
    desk: Client, make_customer: Callable[..., Customer], action: str
) -> None:
    customer = make_customer(accounts=[{"branch": "海淀支行"}])  # which lacks its number
    page = opened(desk, edit_url(customer))
    del page["contacts-TOTAL_FORMS"], page["accounts-INITIAL_FORMS"]

    answer = desk.post(edit_url(customer), page | {"action": action})
    again = desk.post(edit_url(customer), sent_by(answer.content.decode()))

    assert answer.status_code == 422
    assert again.status_code == 302
    assert customer.contacts.count() == 1


def test_everything_missing_is_explained(desk: Client) -> None:
    assert desk.post(ADD, {}).status_code == 422
    assert desk.post("/customers/hints/", {}).status_code == 200


def test_rows_of_another_customer_are_refused(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer, other = make_customer(), make_customer()
    stolen = other.contacts.get()
    page = opened(desk, edit_url(customer)) | {"contacts-0-pk": str(stolen.pk)}
    new = opened(desk) | {"contacts-0-pk": str(stolen.pk), "contacts-0-name": "偷来的"}

    answers = [desk.post(edit_url(customer), page), desk.post(ADD, new)]

    stolen.refresh_from_db()
    assert [answer.status_code for answer in answers] == [400, 400]
    assert stolen.customer_id == other.pk
    assert stolen.name == "刘洋"


def test_row_given_twice_is_refused(desk: Client, make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer))
    page |= {"contacts-1-pk": page["contacts-0-pk"], "contacts-1-name": "又一次"}

    assert desk.post(edit_url(customer), page).status_code == 400


@pytest.mark.parametrize(("count", "status"), [(MOST_ROWS, 302), (MOST_ROWS + 1, 422), (1000, 422)])
def test_as_many_rows_as_a_customer_has_and_no_more(desk: Client, count: int, status: int) -> None:
    page = opened(desk) | {"name": "多联系人公司", "contacts-TOTAL_FORMS": str(count)}
    for index in range(count):
        page |= {f"contacts-{index}-name": f"联系人{index}"}

    answer = desk.post(ADD, page)

    assert answer.status_code == status
    assert Contact.objects.count() == (count if status == 302 else 0)


def test_unknown_references_are_field_errors(desk: Client, full: Page) -> None:
    page = (
        opened(desk) | full | {"region": "999999", "tags": ["999999"], "accounts-0-bank": "77777"}
    )

    answer = desk.post(ADD, page)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_region"' in html
    assert 'href="#id_accounts-0-bank"' in html
    assert not BankAccount.objects.exists()
