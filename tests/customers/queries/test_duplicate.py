"""Equal numbers and names: who has them, masked outside one's scope."""

import pytest
from django.db import connection

from customers.models import Customer
from customers.queries import duplicate
from tests.cast import move, valid_uscc

NUMBER = valid_uscc(960_001)


def fields(hits):
    return sorted((hit.field, hit.pk) for hit in hits)


def test_equal_numbers_are_found_by_field(make_customer, clerk):
    first = make_customer(uscc=NUMBER)
    second = make_customer()

    hits = duplicate.same_numbers(
        {"uscc": NUMBER, "tax_number": second.tax_number, "code": first.code},
        exclude_pk=None,
        user=clerk,
    )

    assert fields(hits) == [
        ("code", first.pk),
        ("tax_number", second.pk),
        ("uscc", first.pk),
    ]


def test_a_record_is_not_its_own_duplicate(make_customer, clerk):
    customer = make_customer(uscc=NUMBER)

    assert duplicate.same_numbers({"uscc": NUMBER}, exclude_pk=customer.pk, user=clerk) == []
    assert duplicate.same_names(customer.name_key, exclude_pk=customer.pk, user=clerk) == []


@pytest.mark.parametrize("values", [{}, {"uscc": "", "code": None}, {"name": "甲"}])
def test_nothing_given_asks_nothing(clerk, django_assert_num_queries, values):
    with django_assert_num_queries(0):
        assert duplicate.same_numbers(values, exclude_pk=None, user=clerk) == []
        assert duplicate.same_names("", exclude_pk=None, user=clerk) == []


def test_a_number_is_reserved_from_submit_on(make_customer, clerk):
    draft = make_customer(uscc=NUMBER)

    def reserved():
        (hit,) = duplicate.same_numbers({"uscc": NUMBER}, exclude_pk=None, user=clerk)
        return hit.reserved, hit.state

    assert reserved() == (False, "draft")
    move(draft, "submit", clerk)
    assert reserved() == (True, "submitted")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads few rows as they lie")
@pytest.mark.parametrize("field", duplicate.UNIQUE_NUMBERS)
def test_no_customer_is_read_but_those_with_the_number(make_customer, clerk, field):
    customer = make_customer("submitted", uscc=NUMBER)
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        duplicate.same_numbers({field: getattr(customer, field)}, exclude_pk=None, user=clerk)
        duplicate.reserved_numbers_of([customer], field, clerk)
    plans = []
    for sql, params in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            plans += [row[-1] for row in cursor.fetchall()]

    assert len(asked) >= 2
    assert [plan for plan in plans if plan.startswith("SCAN customers_customer")] == []


def test_names_are_compared_as_they_are_normalised(make_customer, clerk):
    one = make_customer(name="北京恒信（中国）科技有限公司")
    other = make_customer(name="北京恒信(中国)科技有限责任公司")
    make_customer(name="北京恒信科技有限公司")

    (hit,) = duplicate.same_names(one.name_key, exclude_pk=one.pk, user=clerk)

    assert (hit.pk, hit.field, hit.name) == (other.pk, "name", other.name)
    assert str(hit) == f"{other.code} {other.name}"


def test_a_hit_outside_ones_scope_is_masked(make_customer, outsider):
    hidden = make_customer(name="华南科技有限公司", uscc=NUMBER)

    (hit,) = duplicate.same_numbers({"uscc": NUMBER}, exclude_pk=None, user=outsider)

    assert (hit.pk, hit.visible, hit.code, hit.name) == (hidden.pk, False, "", "华*科技")
    assert str(hit) == "华*科技"


def test_somebody_without_a_department_sees_what_is_their_own(make_customer, clerk, outsider):
    own, other = make_customer(name="华南科技有限公司"), make_customer(name="华南科技有限公司")
    clerk.unit = outsider.unit = None

    assert own in Customer.objects.visible_to(clerk)
    assert not Customer.objects.visible_to(outsider).exists()
    assert [hit.visible for hit in duplicate.same_names_of([own], clerk)[own.pk]] == [True]
    (hit,) = duplicate.same_names_of([own], outsider)[own.pk]
    assert (hit.pk, hit.visible, hit.name) == (other.pk, False, "华*科技")


def test_the_number_of_questions_does_not_grow_with_the_hits(
    make_customer, clerk, django_assert_num_queries
):
    for _one in range(3):
        make_customer(uscc=NUMBER)
    duplicate.same_numbers({"uscc": NUMBER}, exclude_pk=None, user=clerk)

    with django_assert_num_queries(2):
        hits = duplicate.same_numbers({"uscc": NUMBER}, exclude_pk=None, user=clerk)

    assert len(hits) == 3


def test_a_submitted_hit_is_found_behind_any_number_of_drafts(make_customer, clerk, monkeypatch):
    monkeypatch.setattr(duplicate, "MOST_HITS", 2)
    for _one in range(3):
        make_customer(uscc=NUMBER)
    last = make_customer("submitted", uscc=NUMBER)

    hits = duplicate.same_numbers({"uscc": NUMBER}, exclude_pk=None, user=clerk)

    assert last.pk in {hit.pk for hit in hits if hit.reserved}
