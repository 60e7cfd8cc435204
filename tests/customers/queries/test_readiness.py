"""What is missing before a record can be submitted: one source for form, submit and checklist."""

import pytest
from django.utils import translation

from core.models.base import writing
from core.records.part import Part, fetch
from customers.catalog import CONTACT
from customers.models import Contact, Customer
from customers.parts import PARTS
from customers.queries import readiness


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_the_needed_fields_are_those_with_a_star():
    needed = readiness.needed()

    assert [need.name for need in needed] == [
        "name", "customer_type", "region", "registered_address", "tax_number", "credit_limit",
        "credit_days", "department", "salesperson",
    ]  # fmt: skip
    assert {need.case for need in needed} == {"always", "company", "credit"}


def test_a_complete_record_lacks_nothing(make_customer):
    assert readiness.of_customer(make_customer()) == []


@pytest.mark.parametrize(
    "name",
    ["name", "customer_type", "region", "registered_address", "department", "salesperson"],
)
def test_a_missing_field_is_named_with_its_section(make_customer, clerk, name):
    customer = make_customer()
    empty = "" if name in ("name", "registered_address") else None
    setattr(customer, name, empty)

    problems = readiness.of_customer(customer)

    assert [(one.field, one.section, one.row) for one in problems] == [
        (name, "other" if name in ("department", "salesperson") else "basic", None)
    ]


def test_a_customer_under_credit_needs_limit_days_and_an_account(make_customer):
    problems = readiness.of_customer(make_customer(credit_managed=True))

    assert {one.field for one in problems} == {"credit_limit", "credit_days", "bank_accounts"}


def test_a_limit_of_zero_is_a_limit(make_customer):
    customer = make_customer(
        credit_managed=True,
        credit_limit=0,
        credit_days=0,
        accounts=[{"account_number": "40000230"}],
    )

    assert readiness.of_customer(customer) == []


def test_rows_are_counted_in_the_order_of_the_form(make_customer):
    customer = make_customer(
        contacts=[{"name": "张三", "mobile": "13800000001"}, {"name": "李四"}, {"name": "王五"}]
    )
    last = customer.contacts.get(line=2)
    with writing():
        customer.contacts.filter(line=1).update(name="")
        Contact.objects.filter(pk=last.pk).update(line=5)

    (problem,) = readiness.of_customer(customer)

    assert (problem.field, problem.row) == ("contacts", 1)


def test_a_wrong_cell_is_told_with_its_table_and_row(make_customer):
    customer = make_customer()
    with writing():
        customer.contacts.update(fax="12")

    (problem,) = readiness.of_customer(customer)

    assert problem.message.startswith("Contacts, row 1, Fax: ")


def test_stored_and_typed_records_are_judged_alike(make_customer, world):
    customer = make_customer(registered_address="")
    values = {name: getattr(customer, name) for name in ("name", "region", "uscc", "tax_number")}

    typed = readiness.of_values(
        {
            **values,
            "customer_type": world.dealer,
            "department": world.units.first,
            "salesperson": world.salesperson,
        },
        kind="company",
        rows={"contacts": [{"name": "刘洋", "mobile": "13800132207", "is_primary": True}]},
    )

    assert typed == readiness.of_customer(customer)


def test_a_loaded_record_is_judged_without_asking_for_every_reference(
    make_customer, django_assert_num_queries
):
    pk = make_customer().pk
    customer = Customer.objects.select_related("customer_type").get(pk=pk)
    fetch(PARTS, [customer])

    with django_assert_num_queries(0):
        readiness.of_customer(customer)


def test_a_part_without_a_rule_of_its_own_needs_its_required_fields(monkeypatch):
    bare = Part("contacts", "customer", CONTACT)
    monkeypatch.setattr(readiness, "PARTS", (bare,))

    found = readiness.of_values({}, kind="", rows={"contacts": [{"name": "甲"}, {"name": ""}]})

    told = [(one.row, one.column, one.plain) for one in found if one.field == "contacts"]
    assert told == [(1, "name", "Required to submit.")]


def test_what_is_wrong_is_told_apart_from_what_is_missing(world):
    values = {"customer_type": world.dealer, "uscc": "123", "tax_number": "123", "email": "a@"}
    rows = {"contacts": [{"name": "", "fax": "12"}, {"name": "乙"}], "bank_accounts": []}

    wrong = readiness.wrong(values, rows)

    assert [(one.field, one.row, one.column) for one in wrong] == [
        ("uscc", None, ""), ("email", None, ""), ("contacts", 0, "fax")
    ]  # fmt: skip
    assert wrong == [one for one in readiness.missing(values, rows) if one.is_wrong(values)]
