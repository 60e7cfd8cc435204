"""A part says once what a row needs and how two rows are known as the same."""

import pytest

from core.aggregate import RowInput
from core.records.part import Part, Same, fetch
from core.records.record import Record
from customers.catalog import BANK_ACCOUNT, CUSTOMER
from customers.models import Customer
from customers.parts import BANK_ACCOUNTS, CONTACTS, PARTS
from customers.services import customer as service
from tests.cast import act_by

NUMBER = {"account_number": "62220001"}
LI = {"name": "李雷"}


def knows(part: Part, given: dict, *stored: dict) -> list[str]:
    """Give of each way in which the given row can be known how many of the stored rows fit."""
    return [
        f"{sum(way.fits(given, one) for one in stored)}{'?' if way.is_guess else ''}"
        for way in part.same_by
    ]


@pytest.mark.parametrize(
    ("given", "stored", "found"),
    [
        (LI | {"mobile": "1"}, LI | {"mobile": "1", "phone": "2"}, ["1", "0?"]),
        (LI | {"mobile": "1"}, LI | {"mobile": "3", "phone": "1"}, ["0", "0?"]),
        (LI | {"mobile": "1"}, LI | {"email": "a@b.cn"}, ["0", "1?"]),
        (LI | {"mobile": ""}, LI | {"mobile": ""}, ["0", "1?"]),
        (LI, LI | {"mobile": "3"}, ["0", "1?"]),
        (LI | {"mobile": "1"}, LI, ["0", "1?"]),
        ({"mobile": "1"}, {"mobile": "1"}, ["0", "0?"]),
    ],
)
def test_a_person_is_known_by_name_and_reach(given, stored, found):
    assert knows(CONTACTS, given, stored) == found


@pytest.mark.parametrize(
    ("given", "stored", "found"),
    [
        (NUMBER | {"currency": 1}, NUMBER | {"currency": 1}, ["1", "0?"]),
        (NUMBER | {"currency": 1}, NUMBER | {"currency": 2}, ["0", "0?"]),
        (NUMBER | {"currency": 1}, NUMBER | {"currency": None}, ["0", "0?"]),
        (NUMBER, NUMBER | {"currency": None}, ["1", "1?"]),
        (NUMBER, NUMBER | {"currency": 2}, ["0", "1?"]),
    ],
)
def test_an_account_is_known_by_number_and_currency(given, stored, found):
    assert knows(BANK_ACCOUNTS, given, stored) == found


def test_silence_may_fit_several_rows():
    assert knows(BANK_ACCOUNTS, NUMBER, NUMBER | {"currency": 1}, NUMBER | {"currency": 2}) == [
        "0",
        "2?",
    ]
    assert not Same("name", equal=("email",), one_of=("phone",)).is_guess


def test_what_a_row_needs_and_hides_stands_in_the_field_table():
    bare = Part("bank_accounts", "customer", BANK_ACCOUNT)

    assert (bare.needs, bare.head, bare.covered) == (("account_number",), *["account_number"] * 2)
    assert bare.flags == ("is_default", "is_invoice")
    assert bare.identity == bare.needs
    assert BANK_ACCOUNTS.identity == ("account_number", "currency")
    assert bare.pointing == ("bank", "currency")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_what_a_part_names_is_there(part):
    names = {row.name for row in part.catalog}

    assert part.needs
    assert {*part.shown, *part.identity, *part.examples} <= names
    assert set(part.always) <= set(part.flags)
    assert Customer._meta.get_field(part.name).related_model is part.model
    assert part.section in {section.name for section in CUSTOMER.sections}


@pytest.mark.django_db
def test_the_parts_of_many_records_are_read_in_a_query_each(
    make_customer, world, django_assert_num_queries
):
    account = NUMBER | {"bank": world.bank, "currency": world.currency}
    for _number in range(2):
        make_customer(accounts=[account])

    with django_assert_num_queries(1 + len(PARTS)):
        found = list(Customer.objects.all())
        fetch(PARTS, found)
        told = [f"{one.bank} {one.currency}" for each in found for one in each.bank_accounts.all()]

    assert len(told) == 2


@pytest.mark.django_db
def test_rows_come_in_their_order(make_customer, clerk):
    customer = make_customer(contacts=[{"name": name} for name in "甲乙"])
    rows = [RowInput(row.pk, {}) for row in customer.contacts.order_by("-line")]

    record = Record({}, {CONTACTS.name: rows})
    service.save(customer.pk, record, version=1, submit=False, act=act_by(clerk))

    assert [row.name for row in CONTACTS.of(customer)] == ["乙", "甲"]
