"""Opportunities are entered and changed by the form of every kind, and come in by a sheet."""

import datetime

import pytest
from django.urls import reverse

from sales.models import Opportunity
from tests.cast import move as move_customer
from tests.customers.views.page_form import sent_by
from tests.sales.conftest import move

ADD = reverse("sales:opportunity-add")


def opened(desk, url):
    """Give what an untouched form of the page would send."""
    return sent_by(desk.get(url).content.decode(), "opportunity-form")


def edit_url(one):
    return reverse("sales:opportunity-edit", args=[one.pk])


@pytest.fixture
def typed(make_customer):
    return {
        "customer": make_customer("enabled").code,
        "name": "站用电源改造",
        "amount": "25.6万",
        "expected_date": "2026-12-20",
        "products-0-name": "直流屏",
        "products-0-quantity": "20",
    }


def test_a_clerk_enters_an_opportunity_that_gets_its_code_and_starts_at_ten_percent(
    desk, typed, clerk
):
    answer = desk.post(ADD, opened(desk, ADD) | typed)

    one = Opportunity.objects.get()
    assert answer.headers["Location"] == reverse("sales:opportunity-detail", args=[one.pk])
    assert one.code.startswith("SJ-")
    assert (one.probability, one.amount, one.scope_unit) == (10, 256_000, clerk.unit)
    assert [(row.name, row.quantity) for row in one.products.all()] == [("直流屏", 20)]


def test_what_is_missing_or_wrong_is_told_at_each_field_and_nothing_is_saved(desk, typed, world):
    typed |= {"customer": "", "expected_date": "", "probability": "101", "products-0-quantity": "0"}

    answer = desk.post(ADD, opened(desk, ADD) | typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    wrong = answer.context["form"].errors
    assert (wrong["customer"], wrong["expected_date"]) == (["必填。"], ["必填。"])
    assert wrong["probability"] == ["请填 0 到 100 之间的整数。"]
    told = [
        page.index(f'<a href="#id_{name}">')
        for name in ("customer", "probability", "expected_date")
    ]
    assert told == sorted(told)
    assert "请填 1 到 1,000,000,000 之间的整数。" in page
    assert not Opportunity.objects.exists()


def test_a_new_one_begins_with_the_customer_it_was_asked_for(desk, make_customer, outsider):
    customer = make_customer("enabled")
    hidden = make_customer("enabled", by=outsider, department=outsider.unit)

    assert opened(desk, f"{ADD}?customer={customer.pk}")["customer"] == [
        f"{customer.code} {customer}"
    ]
    assert opened(desk, f"{ADD}?customer={hidden.pk}")["customer"] == [""]


def test_a_customer_disabled_while_the_form_was_open_is_refused_at_its_field(
    desk, make_opportunity, make_customer, clerk, reviewer
):
    one, customer = make_opportunity(), make_customer("enabled")
    page = opened(desk, edit_url(one)) | {"customer": customer.code}
    move_customer(customer, "disable", reviewer)

    answer = desk.post(edit_url(one), page)

    assert answer.status_code == 422
    assert "已禁用 — 陈思远" in answer.content.decode()


def test_two_who_change_one_opportunity_at_once_are_shown_both(desk, make_opportunity, clerk):
    one = make_opportunity()
    page = opened(desk, edit_url(one)) | {"next_step": "拜访"}
    move(one, "needs", clerk)

    answer = desk.post(edit_url(one), page)

    assert answer.status_code == 409
    assert "拜访" in answer.content.decode()


def test_a_closed_opportunity_is_not_changed_until_it_is_reopened(desk, make_opportunity, clerk):
    won = make_opportunity("won")

    assert desk.get(edit_url(won)).status_code == 302
    move(won, "reopen", clerk)
    assert desk.get(edit_url(won)).status_code == 200


def test_the_day_it_is_expected_is_changed_and_told_in_the_history(desk, make_opportunity):
    one = make_opportunity()

    answer = desk.post(edit_url(one), opened(desk, edit_url(one)) | {"expected_date": "2027-01-31"})

    one.refresh_from_db()
    assert answer.status_code == 302
    assert one.expected_date == datetime.date(2027, 1, 31)
