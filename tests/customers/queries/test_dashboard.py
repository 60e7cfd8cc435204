"""The numbers of the dashboard: whose they are, what they cost, how long they are kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models.base import writing
from customers.models import Customer
from customers.parts import PARTS
from customers.queries import dashboard, review
from customers.rules.identity import normalised_name


@pytest.fixture
def today():
    return timezone.localdate()


def test_waiting_counts_what_the_reviewer_may_decide(make_customer, reviewer, today):
    for state in ("submitted", "submitted", "draft", "enabled"):
        make_customer(state)

    assert dashboard.number("waiting", reviewer, today) == dashboard.Number(2)
    assert dashboard.number("overdue", reviewer, today) == dashboard.Number(0)


def test_drafts_and_returned_are_only_the_users_own(make_customer, clerk, colleague, today):
    make_customer("draft", by=clerk)
    make_customer("returned", by=clerk)
    make_customer("draft", by=colleague)

    assert dashboard.number("drafts", clerk, today).value == 1
    assert dashboard.number("returned", clerk, today).value == 1
    assert dashboard.number("returned", colleague, today).value == 0
    assert [reason for _customer, reason in dashboard.newest_returned(clerk)] == ["资料有误"]


def test_draft_names_each_missing_field_once(make_customer, clerk):
    make_customer(name="", uscc="", contacts=[])

    ((_customer, missing),) = dashboard.newest_drafts(clerk)

    assert "客户名称" in missing
    assert "联系人" in missing
    assert len(missing) == len(set(missing))


def test_complete_draft_lacks_nothing(make_customer, clerk):
    customer = make_customer()

    assert dashboard.newest_drafts(clerk) == [(customer, [])]


def test_drafts_cost_the_same_for_one_as_for_five(
    make_customer, clerk, django_assert_max_num_queries
):
    for _number in range(5):
        make_customer()

    with django_assert_max_num_queries(6 + len(PARTS)):
        assert len(dashboard.newest_drafts(clerk)) == 5


def test_due_checks_count_enabled_records_only(make_customer, admin, today):
    make_customer("enabled")
    make_customer("approved")

    assert dashboard.number("due", admin, today).value == 0
    assert dashboard.number("due", admin, today + timedelta(days=400)).value == 1


def test_numbers_are_kept_for_a_while(make_customer, clerk, today, django_assert_num_queries):
    make_customer()
    dashboard.number("drafts", clerk, today)

    with django_assert_num_queries(0):
        assert dashboard.number("drafts", clerk, today).value == 1


def test_number_above_the_cap_says_so():
    assert str(dashboard.Number(10_000, True)) == "10,000+"
    assert str(dashboard.Number(1_284)) == "1,284"


def test_states_are_counted_within_the_users_sight(make_customer, clerk, outsider, admin):
    make_customer("enabled", by=clerk)
    make_customer("draft", by=clerk)

    assert dashboard.by_state(admin) == dashboard.by_state(clerk) == {"enabled": 1, "draft": 1}
    assert dashboard.by_state(outsider) == {}


def test_weeks_end_with_this_one(make_customer, admin, today):
    make_customer()

    weeks = dashboard.by_week(admin, today)

    assert len(weeks) == dashboard.WEEKS
    assert max(weeks) <= today < max(weeks) + timedelta(weeks=1)
    assert list(weeks.values()) == [0] * 11 + [1]


def test_new_ones_are_those_of_the_month(make_customer, admin, today):
    make_customer()

    assert dashboard.number("new", admin, today).value == 1
    assert dashboard.number("new", admin, today + timedelta(days=32)).value == 0


def test_oldest_waiting_comes_first(make_customer, reviewer):
    customers = [make_customer("submitted") for _number in range(3)]

    assert [customer for customer, _checked in dashboard.oldest_waiting(reviewer)] == customers


def test_waiting_records_stand_with_what_was_checked(make_customer, reviewer, world):
    make_customer("submitted")
    other = make_customer("submitted", accounts=[{"account_number": "4000023009200123456",
                                                  "account_name": "另一家公司"}])  # fmt: skip

    clean, odd = (checked for _customer, checked in dashboard.oldest_waiting(reviewer))

    assert (len(clean.passed), clean.doubtful, clean.failed) == (6, [], [])
    assert "account_names" in [line.name for line in odd.doubtful]
    assert odd == review.checklist(other, reviewer)


def test_waiting_records_cost_the_same_for_one_as_for_seven(make_customer, reviewer, world):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            dashboard.oldest_waiting(reviewer)
        return len(seen)

    account = {"account_number": "4000023009200123456", "bank": world.bank}
    make_customer("draft", name="同名公司")
    customer = make_customer("submitted", accounts=[account])
    with writing():
        Customer.objects.filter(pk=customer.pk).update(name_key=normalised_name("同名公司"))
    dashboard.oldest_waiting(reviewer)
    few = queries()
    for _number in range(5):
        make_customer("submitted", accounts=[account])

    assert queries() == few <= 12


def test_newest_changed_keeps_to_the_users_sight(make_customer, clerk, outsider):
    customer = make_customer()

    assert dashboard.newest_changed(clerk) == [customer]
    assert dashboard.newest_changed(outsider) == []
    assert Customer.objects.count() == 1
