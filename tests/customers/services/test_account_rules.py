"""What a company asks of changes of bank accounts: time to wait, and that askers take turns."""

import datetime

import pytest
from django.utils import timezone, translation

from core.aggregate import RowInput
from core.saving import Refused
from customers.models import Policy
from customers.services import policy
from tests.cast import act_by
from tests.customers.services.test_changes import OTHER, ask, customer, decide, now, save

__all__ = ["customer"]
pytestmark = pytest.mark.django_db
THIRD = "6222020200112299998"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def set_policy(admin, **values):
    rules = Policy.current()
    stored = {name: getattr(rules, name) for name in ("four_eyes", "review_months")}
    policy.change({**stored, **values}, version=rules.version, act=act_by(admin))


def wanting(customer, number):
    kept = [RowInput(one.pk, {}) for one in now(customer).bank_accounts.order_by("line")]
    return {"bank_accounts": [*kept, RowInput(None, {"account_number": number})]}


def days(customer):
    today = timezone.localdate()
    rows = now(customer).bank_accounts.order_by("line")
    return [one.usable_from and (one.usable_from - today).days for one in rows]


def test_a_new_number_waits_as_long_as_the_company_says(customer, finance, reviewer, admin):
    set_policy(admin, account_wait_days=3)
    decide(ask(customer, finance, rows=wanting(customer, OTHER)), "approve", reviewer)

    assert days(customer) == [None, 3]
    new = now(customer).bank_accounts.get(account_number=OTHER)
    today = timezone.localdate()
    assert not new.is_usable(today)
    assert new.is_usable(today + datetime.timedelta(days=3))


def test_only_a_new_number_waits(customer, finance, reviewer, admin):
    set_policy(admin, account_wait_days=3)
    [stored] = customer.bank_accounts.all()
    renamed = {"bank_accounts": [RowInput(stored.pk, {"branch": "中关村支行"})]}
    decide(ask(customer, finance, rows=renamed), "approve", reviewer)
    assert days(customer) == [None]

    other = {"bank_accounts": [RowInput(stored.pk, {"account_number": OTHER})]}
    decide(ask(now(customer), finance, rows=other), "approve", reviewer)
    assert days(customer) == [3]


def test_without_a_time_of_waiting_a_number_is_used_at_once(customer, finance, reviewer):
    decide(ask(customer, finance, rows=wanting(customer, OTHER)), "approve", reviewer)

    assert days(customer) == [None, 0]


def test_askers_take_turns_where_the_company_wants_it(customer, finance, admin, reviewer):
    set_policy(admin, account_asker_twice=False)
    decide(ask(customer, finance, rows=wanting(customer, OTHER)), "approve", reviewer)

    with pytest.raises(Refused, match=f"{finance} asked for the last change"):
        save(now(customer), finance, rows=wanting(customer, THIRD))
    assert save(now(customer), finance, {"invoice_title": "新抬头"}).requested

    request = ask(now(customer), admin, rows=wanting(customer, THIRD))
    decide(request, "approve", reviewer)
    again = ask(
        now(customer),
        finance,
        rows={"bank_accounts": wanting(customer, THIRD)["bank_accounts"][:2]},
    )
    assert again.state == "submitted"


def test_one_person_may_ask_twice_unless_the_company_forbids_it(customer, finance, reviewer):
    decide(ask(customer, finance, rows=wanting(customer, OTHER)), "approve", reviewer)

    assert ask(now(customer), finance, rows=wanting(customer, THIRD)).state == "submitted"


def test_a_request_from_before_the_rule_is_not_approved_against_it(
    customer, finance, admin, reviewer
):
    decide(ask(customer, finance, rows=wanting(customer, OTHER)), "approve", reviewer)
    request = ask(now(customer), finance, rows=wanting(customer, THIRD))
    set_policy(admin, account_asker_twice=False)

    with pytest.raises(Refused, match="somebody else must ask"):
        decide(request, "approve", reviewer)


def test_what_somebody_else_asks_for_stays_in_a_request_that_is_changed(
    customer, finance, clerk, reviewer
):
    """A clerk who writes into a returned request of finance takes nothing out of it."""
    request = ask(customer, finance, {"invoice_title": "新抬头"}, rows=wanting(customer, OTHER))
    returned = decide(request, "return", reviewer, "名称也要改")

    again = ask(
        now(customer), clerk, {"name": "北京改名有限公司"}, request=returned.pk,
        version=returned.version,
    )  # fmt: skip

    assert again.pk == request.pk
    assert {one.name for one in again.asks.fields} == {"name", "invoice_title"}
    assert [one.new["account_number"] for one in again.asks.rows] == [OTHER]
