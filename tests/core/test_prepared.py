"""A prepared question answers as its queryset does, and has its SQL written once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.models import KeptForm, User
from core.prepared import Prepared, put
from customers.models import BankAccount, Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(make_customer: Any) -> list[Customer]:
    return [make_customer(name=f"第{number}公司") for number in (1, 2, 3)]


def test_rows_come_with_what_is_joined(
    three: list[Customer], django_assert_num_queries: Any
) -> None:
    joined = Customer.objects.select_related("created_by__unit", "region", "parent")
    ask = Prepared(lambda name: joined.filter(name=name))
    expected = joined.get(pk=three[1].pk)

    with django_assert_num_queries(1):
        found = ask("第2公司")
        told = [(one, one.created_by.unit, one.region, one.parent) for one in found]

    assert told == [(expected, expected.created_by.unit, expected.region, None)]
    assert vars(found[0]).keys() == vars(expected).keys()
    assert (found[0].created_at, found[0].credit_limit) == (
        expected.created_at, expected.credit_limit,
    )  # fmt: skip


def test_values_come_as_asked_for(three: list[Customer]) -> None:
    rows = Customer.objects.order_by("pk")
    pairs = Prepared(lambda key: rows.filter(pk__gt=key).values_list("name", "created_at"))
    names = Prepared(lambda key: rows.filter(pk__gt=key).values_list("name", flat=True)[:1])

    assert pairs(three[0].pk) == [(one.name, one.created_at) for one in three[1:]]
    assert names(three[0].pk) == ["第2公司"]
    assert names.first(three[2].pk) is None


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_list_may_have_any_length(three: list[Customer], count: int) -> None:
    ask = Prepared(lambda keys, name: Customer.objects.filter(pk__in=keys).exclude(name=name))

    found = ask([one.pk for one in three[:count]], "第3公司")

    assert {one.pk for one in found} == {one.pk for one in three[: min(count, 2)]}


def test_moments_are_compared_as_moments(clerk: User) -> None:
    now = timezone.now()
    for minutes in (1, 3):
        KeptForm.objects.create(
            user=clerk, key=f"key-{minutes}", place="/", body="",
            kept_at=now - timedelta(minutes=minutes),
        )  # fmt: skip
    ask = Prepared(lambda since: KeptForm.objects.filter(kept_at__gte=since))

    assert [one.key for one in ask(now - timedelta(minutes=2))] == ["key-1"]
    assert len(ask(now - timedelta(minutes=4))) == 2


def test_no_key_is_as_large_as_some_numbers(three: list[Customer]) -> None:
    ask = Prepared(lambda key: Customer.objects.filter(pk=key))

    assert (ask(2**63), ask(2**63 - 1)) == ([], [])


def test_a_number_may_be_larger_than_its_column(three: list[Customer]) -> None:
    ask = Prepared(lambda version: Customer.objects.filter(version__lt=version))

    assert set(ask(2**40)) == set(three)


def test_values_are_never_taken_for_sql(make_customer: Any) -> None:
    odd = "100%s '\\' %% $1 公司"
    customer = make_customer(name=odd, remark=odd)
    fixed = Customer.objects.filter(remark__contains=odd, name__endswith="$1 公司")
    ask = Prepared(lambda name: fixed.filter(name=name))

    assert (ask(odd), ask("$1 公司"), ask.count(odd)) == ([customer], [], 1)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans in no time")
def test_a_connection_keeps_the_plan_whatever_becomes_of_its_transaction(clerk: User) -> None:
    ask = Prepared(lambda name: User.objects.filter(username=name, display_name__gt="%"))

    with transaction.atomic():
        assert ask(clerk.username) == [clerk]
        transaction.set_rollback(True)
    assert (ask(clerk.username), ask.count("nobody")) == ([clerk], 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [sql for (sql,) in cursor.fetchall() if "display_name\" > '%'" in sql]

    assert len(kept) == 2  # the rows, and their number


def test_questions_alike_but_for_what_never_changes_are_two(three: list[Customer]) -> None:
    first, second = (
        Prepared(lambda pk, name=name: Customer.objects.filter(name=name, pk=pk))
        for name in ("第1公司", "第2公司")
    )

    for _twice in range(2):
        assert first(three[0].pk) == [three[0]]
        assert second(three[0].pk) == []
        assert second(three[1].pk) == [three[1]]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_asked_as_the_old_one_was(clerk: User) -> None:
    ask = Prepared(lambda name: User.objects.filter(username=name))

    assert ask(clerk.username) == [clerk]
    connection.close()

    assert ask(clerk.username) == [clerk]


def test_the_sql_is_written_once_for_each_length(three: list[Customer]) -> None:
    written = []

    def made(keys: Any) -> Any:
        written.append(len(keys))
        return Customer.objects.filter(pk__in=keys)

    ask = Prepared(made)
    for count in (1, 3, 2, 3, 1):
        ask([one.pk for one in three[:count]])

    assert written == [1, 4, 2]


def test_what_is_put_in_place_is_not_asked_again(
    make_customer: Any, django_assert_num_queries: Any
) -> None:
    customer = make_customer()
    account = BankAccount(customer=customer, account_name="户名")
    put(customer, "bank_accounts", [account])

    with django_assert_num_queries(0):
        assert list(customer.bank_accounts.all()) == [account]
