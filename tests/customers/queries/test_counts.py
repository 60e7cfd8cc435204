"""Counts per state: by right, capped, one query, kept until something is written."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import pages
from core.models import User
from core.records import counts
from customers.queries import dashboard, waiting
from customers.services.kinds import KIND
from tests.cast import move


@pytest.fixture(autouse=True)
def _forgotten():
    cache.clear()


def of(user):
    """What the user sees in a new request."""
    return {
        name: n
        for name, (n, _more) in counts.by_state(KIND, User.objects.get(pk=user.pk)).items()
        if n
    }


def test_everybody_counts_what_he_sees(make_customer, admin, clerk, outsider):
    make_customer("draft"), make_customer("submitted"), make_customer("submitted")

    expected = {"draft": 1, "submitted": 2}
    assert [of(one) for one in (admin, clerk)] == [expected, expected]
    assert of(outsider) == {}


def test_they_agree_with_the_badge_after_every_move(make_customer, reviewer, clerk):
    customer, today = make_customer("submitted"), timezone.localdate()

    def told():
        seen = dashboard.number("waiting", fresh(reviewer), today)
        return of(reviewer).get("submitted", 0), seen.value

    for name, user in (("withdraw", clerk), ("submit", clerk), ("approve", reviewer)):
        before = told()
        customer = move(customer, name, user)
        now = told()
        assert before != now
        assert now[0] == now[1] == (waiting.badge(reviewer) or 0)


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("who", ["admin", "clerk"])
def test_many_are_capped(make_customer, cast, monkeypatch, who):
    monkeypatch.setattr(pages, "CAP", 1)
    make_customer("draft"), make_customer("draft"), make_customer("submitted")

    found = counts.by_state(KIND, cast[who])

    assert found["draft"] == (1, True)
    assert found["submitted"] == (1, False)
    assert found["enabled"] == (0, False)


def test_it_is_one_query_and_then_only_the_stamp(make_customer, admin):
    make_customer("draft")
    costs = []
    for _look in range(2):
        user = fresh(admin)
        assert user.is_active
        counts.sees_everything(user)
        with CaptureQueriesContext(connection) as seen:
            counts.by_state(KIND, user)
        asked = [one["sql"] for one in seen]
        costs.append((sum("customers_customer" in sql for sql in asked), len(asked)))

    assert costs[0][0] == 1
    assert costs[1] == (0, 1)
