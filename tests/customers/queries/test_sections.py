"""A record as its pages read it: whole, in one go, and only for those who see it."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import User
from core.records import sections
from customers.models import Customer
from customers.parts import PARTS
from customers.services.kinds import KIND
from tests.cast import set_raw


@pytest.fixture
def everybody(
    clerk: User, outsider: User, reviewer: User, viewer: User, make_user: Any
) -> list[User]:
    return [clerk, outsider, reviewer, viewer, make_user("nowhere", "clerk", unit=None)]


def test_a_record_is_found_by_those_who_see_it(make_customer: Any, everybody: list[User]) -> None:
    ours, theirs = make_customer(), make_customer(by=everybody[1], department=None)
    own, held_back = make_customer(by=everybody[-1]), make_customer()
    set_raw(held_back, pending_batch=7)

    for user in everybody:
        seen = Customer.objects.visible_to(user)
        for customer in (ours, theirs, own, held_back):
            expected = customer if seen.filter(pk=customer.pk).exists() else None
            assert KIND.find(customer.pk, user) == expected, (user, customer)


def test_all_that_belongs_to_it_is_there(
    make_customer: Any, clerk: User, world: Any, django_assert_num_queries: Any
) -> None:
    contacts = [{"name": name, "mobile": "13800138000"} for name in ("王", "李")]
    customer = make_customer(contacts=contacts, tags=[world.tag, world.other_tag])
    make_customer()

    with django_assert_num_queries(2 + len(PARTS)):
        found = KIND.find(customer.pk, clerk)
        assert found is not None
        names = [one.name for one in found.contacts.all()]
        marks = {tag.pk for tag in found.tags.all()}
        accounts = list(found.bank_accounts.all())
        sections.of(KIND, found, clerk)

    assert (names, marks, accounts) == (["王", "李"], {world.tag.pk, world.other_tag.pk}, [])
