"""What a whole record needs to be submitted, and what must fit together before."""

import datetime

import pytest

from core.aggregate import is_blank
from core.records.record import Problem
from customers.rules import record
from customers.rules.record import Needed

USCC = "91350100M000100Y43"
REQUIRED = [
    Needed("name", "Customer name", "basic"),
    Needed("tax_number", "Tax number", "finance", record.FOR_COMPANIES),
    Needed("credit_limit", "Credit limit", "finance", record.WITH_CREDIT),
    Needed("credit_days", "Credit days", "finance", record.WITH_CREDIT),
]
CONTACT = {"name": "李雷", "mobile": "13800132207", "is_primary": True}
ACCOUNT = {"account_number": "0200003319200123456", "is_default": True, "is_invoice": True}


def fields_of(values=None, *, kind=record.COMPANY, contacts=(CONTACT,), accounts=()):
    """The names of the fields that keep this record from being submitted."""
    complete = {"name": "恒信", "uscc": USCC, "tax_number": USCC, "credit_managed": False}
    complete |= values or {}
    found = record.submit_problems(complete, kind=kind, required=REQUIRED)
    found += record.contact_problems(contacts, complete)
    found += record.account_problems(accounts, complete)
    return [problem.field for problem in found]


def test_a_complete_record_has_no_problems():
    assert fields_of() == []
    assert (
        fields_of({"credit_managed": True, "credit_limit": 0, "credit_days": 0}, accounts=[ACCOUNT])
        == []
    )


@pytest.mark.parametrize("empty", ["", None])
def test_a_missing_field_is_named_with_its_section(empty):
    found = record.submit_problems({"name": empty}, kind=record.OVERSEAS, required=REQUIRED)

    assert found == [Problem("name", "Customer name is missing.", "basic")]


@pytest.mark.parametrize(
    ("kind", "expected"), [("company", ["tax_number"]), ("person", []), ("overseas", []), ("", [])]
)
def test_tax_number_is_needed_by_companies_only(kind, expected):
    assert fields_of({"tax_number": ""}, kind=kind) == expected


def test_credit_needs_limit_days_and_an_account():
    assert fields_of({"credit_managed": True}) == ["credit_limit", "credit_days", "bank_accounts"]


@pytest.mark.parametrize(
    ("kind", "expected"), [("company", ["uscc"]), ("person", []), ("overseas", [])]
)
def test_credit_code_is_checked_for_companies_only(kind, expected):
    assert fields_of({"uscc": USCC[:-1] + "4"}, kind=kind) == expected


@pytest.mark.parametrize(
    ("kind", "number", "wrong"),
    [
        ("company", "1" * 15, False),
        ("company", "1" * 18, True),
        ("company", USCC, False),
        ("company", "DE123456789", True),
        ("person", "1" * 18, False),
        ("person", "1" * 16, True),
        ("overseas", "DE123456789", False),
        ("", "1" * 18, True),
    ],
)
def test_tax_number_by_kind(kind, number, wrong):
    assert ("tax_number" in record.cross_problems({"tax_number": number}, kind=kind)) is wrong


@pytest.mark.parametrize(
    ("kind", "code", "wrong"),
    [
        ("company", "100190", False),
        ("company", "10115", True),
        ("person", "SW1A 1AA", True),
        ("overseas", "10115", False),
        ("", "10115", False),
    ],
)
def test_postcode_by_kind(kind, code, wrong):
    assert ("postcode" in record.cross_problems({"postcode": code}, kind=kind)) is wrong


def test_establishment_is_not_in_the_future():
    today = datetime.date(2026, 11, 23)
    tomorrow = today + datetime.timedelta(days=1)

    assert record.cross_problems({"founded_date": today}, kind="company", today=today) == {}
    assert record.cross_problems({"founded_date": tomorrow}, kind="company") == {}
    assert record.cross_problems({"founded_date": tomorrow}, kind="company", today=today) == {
        "founded_date": "The date of establishment is in the future."
    }


@pytest.mark.parametrize(
    ("contacts", "messages"),
    [
        ([], ["At least one contact needs a phone or mobile number."]),
        (
            [{"name": "李雷", "is_primary": True}],
            ["At least one contact needs a phone or mobile number."],
        ),
        ([{"name": "", "phone": "010-62587731", "is_primary": True}], ["Contact 1 has no name."]),
        ([{**CONTACT, "is_primary": False}], ["Mark one contact as the primary one."]),
        ([CONTACT, CONTACT], ["Only one contact can be the primary one."]),
        ([CONTACT, {"name": "韩梅梅"}], []),
    ],
)
def test_contacts(contacts, messages):
    assert [problem.message for problem in record.contact_problems(contacts, {})] == messages


def test_a_problem_of_a_child_row_says_which():
    found = record.contact_problems([CONTACT, {"name": ""}], {})

    assert [(problem.field, problem.section, problem.row) for problem in found] == [
        ("contacts", "contacts", 1)
    ]


@pytest.mark.parametrize(
    ("accounts", "messages"),
    [
        ([], []),
        ([ACCOUNT], []),
        ([ACCOUNT, {"account_number": ""}], ["Bank account 2 has no account number."]),
        ([ACCOUNT, {**ACCOUNT, "is_invoice": False}], ["Only one account can be the default."]),
        (
            [ACCOUNT, {**ACCOUNT, "is_default": False}],
            ["Only one account can be the one for invoices."],
        ),
    ],
)
def test_accounts(accounts, messages):
    found = record.account_problems(accounts, {"credit_managed": False})

    assert [problem.message for problem in found] == messages


def test_tax_number_defaults_to_the_credit_code_of_a_company():
    assert record.with_defaults({"uscc": USCC}, kind="company")["tax_number"] == USCC
    assert (
        record.with_defaults({"uscc": USCC, "tax_number": "1" * 15}, kind="company")["tax_number"]
        == "1" * 15
    )
    assert "tax_number" not in record.with_defaults({"uscc": USCC}, kind="person")
    assert "tax_number" not in record.with_defaults({"uscc": ""}, kind="company")


@pytest.mark.parametrize(
    ("value", "blank"),
    [
        ("", True),
        (None, True),
        ([], True),
        (0, False),
        (False, False),
        ("a", False),
        (object(), False),
    ],
)
def test_blank(value, blank):
    assert is_blank(value) is blank


def test_account_held_in_the_customers_own_name():
    assert record.is_same_name("北京恒信（科技）有限责任公司", "北京恒信(科技)有限公司")
    assert not record.is_same_name("李雷", "北京恒信科技有限公司")


def test_an_unknown_case_is_never_needed():
    assert not record.is_needed("", {}, kind="company")


def test_a_customer_carries_fifty_tags_at_most():
    assert record.tag_problem(record.MOST_TAGS) == ""
    assert "50" in record.tag_problem(record.MOST_TAGS + 1)
