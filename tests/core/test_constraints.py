"""What the database itself refuses, on both databases, and the sentence that people get for it."""

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import translation

from core import once, saving
from core.models.base import writing
from core.refusal import Duplicate, Refused
from customers.models import Customer
from customers.services.aggregates import AGGREGATE, CODE_RULE, POLICY, REFERENCE
from tests.cast import act_by, valid_uscc

USED = "This value is already used"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def run(aggregate, sql, *params):
    """Run raw SQL and explain what the database says to it."""
    with (
        once.explained(aggregate),
        transaction.atomic(),
        writing(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)


def set_customer(pk, assignment, *params):
    run(AGGREGATE, f"UPDATE customers_customer SET {assignment} WHERE id = {pk}", *params)


@pytest.mark.parametrize(
    ("state", "assignment", "constraint"),
    [
        ("approved", "state = 'gone'", "customer_state_known"),
        ("submitted", "state = 'approved'", "customer_approval_recorded"),
        ("approved", "approved_at = NULL", "customer_approval_recorded"),
        ("enabled", "approved_by_id = NULL", "customer_approval_recorded"),
        ("approved", "approved_by_id = submitted_by_id", "customer_four_eyes"),
        ("submitted", "code = ''", "customer_code_from_submit_on"),
    ],
)
def test_a_record_that_the_lifecycle_forbids_is_refused(
    make_customer, state, assignment, constraint
):
    customer = make_customer(state)

    with pytest.raises(Refused, match=constraint) as refused:
        set_customer(customer.pk, assignment)

    assert not isinstance(refused.value, Duplicate)


@pytest.mark.parametrize("number", ["code", "uscc", "tax_number"])
def test_a_number_of_another_submitted_customer_is_refused(make_customer, number):
    first, second = make_customer("submitted"), make_customer("submitted")

    with pytest.raises(Duplicate, match="already used") as taken:
        set_customer(second.pk, f"{number} = %s", getattr(first, number))

    assert list(taken.value.fields) == [number]


def test_a_code_is_refused_among_drafts_too(make_customer):
    first, second = make_customer(), make_customer()

    with pytest.raises(Duplicate, match="This code is already used."):
        set_customer(second.pk, "code = %s", first.code)


@pytest.mark.parametrize("number", ["uscc", "tax_number"])
def test_drafts_may_share_a_number_until_they_are_submitted(make_customer, number):
    first, second = make_customer("submitted"), make_customer()

    set_customer(second.pk, f"{number} = %s", getattr(first, number))

    with pytest.raises(Duplicate):
        set_customer(second.pk, "state = 'submitted'")


def test_empty_numbers_are_not_equal(make_customer):
    for customer in (make_customer("submitted"), make_customer("submitted")):
        set_customer(customer.pk, "uscc = '', tax_number = ''")


@pytest.mark.parametrize(
    ("table", "flag", "sentence"),
    [
        ("contact", "is_primary", "Only one contact can be the primary one."),
        ("bankaccount", "is_default", "Only one account can be the default."),
        ("bankaccount", "is_invoice", "Only one account can be the one for invoices."),
    ],
)
def test_a_mark_that_only_one_row_has_is_refused_on_a_second(make_customer, table, flag, sentence):
    customer = make_customer(
        contacts=[{"name": "张三", "mobile": "13800000001"}, {"name": "李四"}],
        accounts=[{"account_number": "40000230"}, {"account_number": "40000231"}],
    )

    with pytest.raises(Duplicate) as refused:
        run(
            AGGREGATE,
            f"UPDATE customers_{table} SET {flag} = %s WHERE customer_id = {customer.pk}",
            True,
        )

    assert sentence in refused.value.problems


@pytest.mark.parametrize("column", ["name", "code", "uscc", "remark", "name_sort"])
def test_an_overlong_text_is_refused(make_customer, column):
    with pytest.raises(Refused, match="too long"):
        set_customer(make_customer().pk, f"{column} = %s", "x" * 5000)


def test_a_nul_is_refused_where_the_database_cannot_keep_it(db):
    with pytest.raises(Refused), once.explained(AGGREGATE):
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")

    with pytest.raises(ValueError, match="another"), once.explained(AGGREGATE):
        raise ValueError("another mistake")


@pytest.mark.parametrize("column", ["credit_limit", "registered_capital"])
def test_an_amount_below_zero_is_refused(make_customer, column):
    with pytest.raises(Refused) as refused:
        set_customer(make_customer().pk, f"{column} = -1")

    assert list(refused.value.fields) == [column]


@pytest.mark.parametrize("days", [-1, 3651])
def test_credit_days_out_of_range_are_refused(make_customer, days):
    with pytest.raises(Refused) as refused:
        set_customer(make_customer().pk, "credit_days = %s", days)

    assert refused.value.fields == {"credit_days": "Give a whole number from 0 to 3,650."}


def test_only_one_code_rule_is_active(world, clerk):
    values = {"code": "T2", "name": "另一规则", "is_active": False}
    values["subject"] = AGGREGATE.subject_type
    other = saving.create(CODE_RULE, values, act=act_by(clerk))

    with pytest.raises(Duplicate, match="Only one rule can be active."):
        run(CODE_RULE, f"UPDATE customers_coderule SET is_active = %s WHERE id = {other.pk}", True)


def test_there_is_only_one_row_of_settings(db):
    with pytest.raises(Refused, match="policy_is_one_row"):
        run(
            POLICY,
            "INSERT INTO customers_policy (id, version, four_eyes, review_months,"
            " account_wait_days, account_asker_twice) VALUES (2, 1, %s, 12, 0, %s)",
            True,
            True,
        )


@pytest.mark.parametrize("stem", sorted(REFERENCE))
def test_a_code_of_reference_data_is_used_once(stem, world, clerk):
    aggregate = REFERENCE[stem]
    one = saving.create(aggregate, {"code": "ZZ8", "name": "甲"}, act=act_by(clerk))
    other = saving.create(aggregate, {"code": "ZZ9", "name": "乙"}, act=act_by(clerk))
    table = aggregate.root._meta.db_table

    with pytest.raises(Duplicate, match=USED) as taken:
        run(aggregate, f"UPDATE {table} SET code = %s WHERE id = {other.pk}", one.code)

    assert taken.value.fields == {"code": f"{USED}."}  # its label stands beside it
    assert taken.value.problems == [f"Code: {USED}."]


def test_a_code_is_remembered_once(make_customer):
    customer = make_customer()

    with pytest.raises(Duplicate, match="was used before"):
        run(
            AGGREGATE,
            "INSERT INTO customers_usedcode (subject_type, subject_id, code) "
            "VALUES ('customers.customer', 1, %s)",
            customer.code,
        )


def test_the_words_of_a_user_are_not_taken_for_the_name_of_a_constraint(make_customer):
    customer = make_customer("approved", name="customer_code_unique customer_uscc_unique")

    with pytest.raises(Refused) as refused:
        set_customer(customer.pk, "state = 'gone'")

    assert refused.value.fields == {}
    assert "customer_state_known" in refused.value.problems[0]
    assert not isinstance(refused.value, Duplicate)


def test_a_constraint_whose_name_is_part_of_another_is_not_blamed(make_customer):
    class Diagnosis:
        constraint_name = "customer_code_unique_of_another_table"

    class Cause(Exception):
        diag, pgcode = Diagnosis(), "23505"

    error = IntegrityError("duplicate key value violates customer_code_unique")
    error.__cause__ = Cause()

    with pytest.raises(IntegrityError), once.explained(AGGREGATE):
        raise error


def test_an_unknown_refusal_of_the_database_stays_an_error(make_customer):
    customer = make_customer()

    with pytest.raises(IntegrityError):
        set_customer(customer.pk, "name = NULL")


def test_a_reference_that_is_gone_when_all_is_written_is_explained(db):
    text = "FOREIGN KEY constraint failed"

    with pytest.raises(Refused, match="deleted or put to use"), once.explained_late():
        raise IntegrityError(text)


def test_other_late_errors_stay_errors(db):
    with pytest.raises(IntegrityError), once.explained_late():
        raise IntegrityError("UNIQUE constraint failed: x.y")


def test_every_constraint_of_customers_has_a_sentence_of_its_own_or_a_field():
    unnamed = [
        constraint.name
        for constraint in Customer._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and constraint.violation_error_message == constraint.default_violation_error_message
    ]

    assert unnamed == []


def test_drafts_with_one_credit_code_and_a_submitted_one_meet_in_the_service(make_customer):
    number = valid_uscc(990_001)
    make_customer("submitted", uscc=number)

    assert make_customer(uscc=number).state == "draft"
