"""Invented customers obey the rules that real ones obey, and are the same every time."""

from random import Random

import pytest

from customers.demo import cast, company, words
from customers.rules import contact, finance, identity, record

MANY = 400


@pytest.fixture(scope="module")
def invented() -> list[company.Company]:
    random = Random(7)
    return [company.invent(random, number) for number in range(MANY)]


def test_the_same_seed_gives_the_same_customers(invented):
    random = Random(7)

    assert [company.invent(random, number) for number in range(MANY)] == invented


def test_credit_codes_are_valid_and_different(invented):
    codes = [one.values["uscc"] for one in invented if "uscc" in one.values]

    assert [identity.uscc(code) for code in codes] == codes
    assert len(set(codes)) == len(codes) > MANY * 0.9


def test_phones_and_addresses_are_as_they_are_stored(invented):
    for one in invented:
        for row in (one.values, *one.contacts):
            for name in ("phone", "mobile"):
                assert not row.get(name) or contact.phone(row[name]) == row[name]
            assert not row.get("email") or contact.email(row["email"]) == row["email"]
        assert record.contact_problems(one.contacts, {}) == []


def test_bank_numbers_look_real(invented):
    accounts = [row for one in invented for row in one.accounts]

    for row in accounts:
        assert finance.account_number(row["account_number"]) == row["account_number"]
        assert finance.account_plausible(row["account_number"], row["bank"]).ok
        assert not row.get("cnaps") or finance.cnaps(row["cnaps"]) == row["cnaps"]
    assert len(accounts) > MANY / 2


def test_cards_of_persons_pass_luhn():
    random = Random(1)
    cards = [
        row["account_number"]
        for number in range(40)
        for row in company.invent(random, number, kind=company.PERSON).accounts
    ]

    assert cards
    assert all(finance.account_plausible(number).ok for number in cards)


def test_customers_abroad_can_be_called():
    for number in range(len(words.OVERSEAS)):
        one = company.invent(Random(number), number, kind=company.ABROAD)

        assert contact.phone(one.values["phone"]) == one.values["phone"]
        assert one.values["region"] == company.ABROAD


def test_mail_goes_to_nobody(invented):
    mails = [row["email"] for one in invented for row in one.contacts if "email" in row]

    assert all(mail.endswith(".example") for mail in mails)


@pytest.mark.parametrize("city", words.CITIES, ids=lambda city: city.name)
def test_every_city_has_a_department_with_people(city):
    department = cast.department_of(city.region)

    assert department in cast.CLERKS
    assert set(cast.SELLERS_OF[department]) <= {seller.code for seller in cast.SELLERS}
